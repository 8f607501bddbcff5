"""A terminal: its width, its characters, and lines that fit on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len, chop_cells
from rich.text import Text

from ot2otel.compare.judgement import Grade
from ot2otel.outline import printable

WIDEST = 120
# Narrower than this there are no rule names; than that no trees.
ROOM_FOR_RULES = 100
ROOM_FOR_TREES = 60

LOSS, GAIN, QUIET, PLAIN, STRONG = "bold red", "cyan", "dim", "", "bold"
STYLES: Mapping[Grade, str] = {
    Grade.GONE: LOSS,
    Grade.CHANGED: LOSS,
    Grade.DEGRADED: LOSS,
    Grade.NEW: GAIN,
    Grade.IMPROVED: GAIN,
    Grade.NOISE: QUIET,
    Grade.ADDED: QUIET,
    Grade.TRANSLATED: QUIET,
    Grade.BOOKKEEPING: QUIET,
    Grade.KEPT: QUIET,
}

# A text and its style.
Piece: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Marks:
    """The signs of a report."""

    grades: Mapping[Grade, str]
    arrow: str
    same: str
    branch: str
    times: str
    cut: str


UNICODE = Marks(
    {
        Grade.GONE: "⊖",
        Grade.CHANGED: "≠",
        Grade.DEGRADED: "▼",
        Grade.NEW: "+",
        Grade.IMPROVED: "▲",
        Grade.NOISE: "~",
        Grade.ADDED: "+",
        Grade.TRANSLATED: "→",
        Grade.BOOKKEEPING: "=",
        Grade.KEPT: "✓",
    },
    arrow="→",
    same="·",
    branch="└─",
    times="\N{MULTIPLICATION SIGN}",
    cut="…",
)
ASCII = Marks(
    {
        **UNICODE.grades,
        Grade.GONE: "x",
        Grade.CHANGED: "!",
        Grade.DEGRADED: "v",
        Grade.IMPROVED: "^",
        Grade.TRANSLATED: "->",
        Grade.KEPT: "ok",
    },
    arrow="->",
    same=".",
    branch="`-",
    times="x",
    cut="...",
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What a terminal can show: `width` columns, in `encoding`."""

    width: int = 80
    encoding: str = "utf-8"

    @property
    def marks(self) -> Marks:
        """The signs that the encoding has."""
        signs = "".join(
            [
                *UNICODE.grades.values(),
                UNICODE.arrow,
                UNICODE.same,
                UNICODE.branch,
                UNICODE.times,
                UNICODE.cut,
            ]
        )
        try:
            signs.encode(self.encoding)
        except UnicodeEncodeError:
            return ASCII
        return UNICODE

    def safe(self, text: str) -> str:
        """Return a text with all escaped that a terminal would obey or cannot show."""
        shown = printable(text)
        return shown.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def cut(self, text: str, width: int) -> str:
        """Return a text that may be printed, cut in the middle to `width` columns."""
        if cell_len(text) <= width:
            return text
        sign = self.marks.cut
        room = width - cell_len(sign)
        if room < 1:
            return sign[: max(width, 0)]
        end = _last(text, room // 2)
        return f"{_first(text, room - cell_len(end))}{sign}{end}"

    def row(self, cells: Sequence[Piece], widths: Sequence[int], gap: int = 2, indent: str = "") -> Text:
        """Return one line of cells, each cut to its width."""
        line = Text(indent)
        for number, ((text, style), width) in enumerate(zip(cells, widths, strict=True)):
            shown = self.cut(text, width)
            line.append(shown, style or None)
            if number < len(cells) - 1:
                line.append(" " * (width - cell_len(shown) + gap))
        line.rstrip()
        return line

    def folded(self, text: str, indent: str = "", style: str = PLAIN, first: str | None = None) -> list[Text]:
        """Return a text in lines; each begins with `indent`, the first with `first` if it is given."""
        begun = _folded(text, indent, indent if first is None else first, self.width)
        return [Text.assemble(start, (line, style)) for start, line in begun]


def _folded(text: str, indent: str, first: str, width: int) -> Iterable[tuple[str, str]]:
    start, line = first, ""
    for word in text.split(" "):
        for part in chop_cells(word, max(width - max(len(indent), len(first)), 2)) or [""]:
            if line and cell_len(start) + cell_len(line) + 1 + cell_len(part) > width:
                yield start, line
                start, line = indent, part
            else:
                line = f"{line} {part}" if line else part
    yield start, line


def fitted(widths: Sequence[int], floors: Iterable[tuple[int, int]], room: int) -> list[int]:
    """Return widths with a sum of at most `room`, if possible.

    Columns give way one after the other: a floor is the number of a column and the width to which it does.
    Where that is not enough, all are cut to one.
    """
    found = list(widths)
    for column, floor in [*floors, *((column, 1) for column in range(len(found)))]:
        over = sum(found) - room
        if over > 0:
            found[column] = max(min(found[column], floor), found[column] - over)
    return found


def _first(text: str, width: int) -> str:
    taken = ""
    for character in text:
        if cell_len(taken + character) > width:
            break
        taken += character
    return taken


def _last(text: str, width: int) -> str:
    return _first(text[::-1], width)[::-1]
