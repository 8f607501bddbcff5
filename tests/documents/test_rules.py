"""docs/rules.md is what its maker makes of the rules, and explains each effect as the command does."""

from __future__ import annotations

from docs.makers.blocks import ROOT
from ot2otel.compare.catalog import rooms
from ot2otel.report.rules import MEANINGS, markdown

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_page_has_the_rules_as_they_are() -> None:
    made = PAGE.partition("]]] -->\n")[2].partition("<!-- [[[end]]]")[0]

    assert made == markdown(rooms()) + "\n"


def test_the_page_explains_each_effect() -> None:
    told = [line for line in PAGE.splitlines() if line.startswith("- **")]

    assert [line.partition(".")[0] for line in told] == [
        f"- **{effect.value}**: {meaning}" for effect, meaning in MEANINGS.items()
    ]
