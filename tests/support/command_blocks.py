"""The blocks of commands in the documents, each with its mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.runs import ROOT

DOCUMENTS = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md")),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "paths").glob("*.md"),
    ]
)
LANGUAGES = {"console", "sh", "bash"}
FENCE = re.compile(r"^ *```(\w*)")
MARK = re.compile(r"^ *<!-- ((?:run|by hand|foreign|not run): .*) -->$")
MAKING = "<!-- [[[cog"


@dataclass(frozen=True)
class Block:
    """A block of commands; `mark` is the text of the comment before it, and "" if there is none."""

    document: str
    line: int
    language: str
    text: str
    mark: str
    is_made: bool

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands as printed; the text of a script is one command."""
        if self.language != "console":
            return (self.text,)
        return tuple(re.findall(r"^\$ ((?:.*\\\n)*.*)$", self.text, re.MULTILINE))

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(document: str, text: str) -> tuple[list[Block], list[str]]:
    """Return the blocks of commands, and the places of marks that stand before none."""
    found: list[Block] = []
    before: int | None = None  # the line of the comment from which cog makes the lines read now
    lines = text.splitlines()
    used: set[int] = set()
    rest: Iterator[tuple[int, str]] = iter(enumerate(lines))
    for number, line in rest:
        if line.startswith(MAKING):
            before = number
        elif "[[[end]]]" in line:
            before = None
        fence = FENCE.match(line)
        if fence is None:
            continue
        content = [inner for _, inner in _until_the_fence_ends(rest)]
        if fence[1] not in LANGUAGES:
            continue
        marking = (number if before is None else before) - 1
        mark = MARK.match(lines[marking]) if marking >= 0 else None
        if mark is not None:
            used.add(marking)
        body = "".join(f"{inner}\n" for inner in content)
        found.append(Block(document, number + 1, fence[1], body, mark[1] if mark else "", before is not None))
    loose = [
        f"{document}:{number + 1}"
        for number, line in enumerate(lines)
        if MARK.match(line) and number not in used
    ]
    return found, loose


def _until_the_fence_ends(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if line.strip() == "```":
            return
        yield number, line


def read(document: Path) -> tuple[list[Block], list[str]]:
    """Return the blocks of a document of this repository, and its marks without a block."""
    return blocks(str(document.relative_to(ROOT)), document.read_text(encoding="utf-8"))


def marked(mark: str) -> list[Block]:
    """Return the blocks of all documents that have this mark."""
    return [block for document in DOCUMENTS for block in read(document)[0] if block.mark == mark]
