"""What `ot2otel diff` prints in a terminal, as a picture that loads nothing."""

from __future__ import annotations

import io
import re

from rich.console import Console

from docs.makers.blocks import PAGE_WIDTH, ROOT
from ot2otel import recording_file
from ot2otel.cli.delivery import closing
from ot2otel.compare.verdict import judge
from ot2otel.report.ending import Ending
from ot2otel.report.screen import Screen
from ot2otel.report.text import report

_OWN = ROOT / "tests" / "golden" / "own"
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def drawn(before: str, after: str) -> str:
    """Return the picture of the verdict on two recordings of tests/golden/own."""
    old, new = (recording_file.read(_OWN / f"{name}.jsonl") for name in (before, after))
    verdict = judge(old, new)
    console = Console(
        file=io.StringIO(), record=True, width=PAGE_WIDTH, force_terminal=True, color_system="truecolor"
    )
    for line in report([verdict], Screen(PAGE_WIDTH), closing=closing(Ending((verdict,)))):
        console.print(line)
    title = f"ot2otel diff {before}.jsonl {after}.jsonl"
    # Rich names a font on a server of others.
    return _FONTS.sub("", console.export_svg(title=title, unique_id="terminal"))
