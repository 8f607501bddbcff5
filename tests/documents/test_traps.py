"""docs/traps.md is what its maker makes of the scripts."""

from __future__ import annotations

import re

from docs.makers.blocks import ROOT
from ot2otel.traps import families, trap_named
from ot2otel.traps.report import markdown

PAGE = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")


def test_the_page_has_the_traps_as_they_are() -> None:
    made = PAGE.partition("]]] -->\n")[2].partition("<!-- [[[end]]]")[0]

    assert made == markdown(families()) + "\n"


def test_the_page_begins_with_commands_about_traps_that_exist() -> None:
    named = re.findall(r"^\$ ot2otel traps (?:--run )?([a-z-]+)", PAGE, re.MULTILINE)

    assert [name for name in named if name != "all" and trap_named(name) is None] == []
    assert "all" in named
