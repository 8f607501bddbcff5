"""Trees side by side as a table: names, then kind and status of the before and of each after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from ot2otel.compare.judgement import Grade
from ot2otel.compare.trees import Cell
from ot2otel.compare.verdict import Verdict
from ot2otel.model import StatusCode
from ot2otel.report.beside import After, Block, Row, blocks
from ot2otel.report.screen import PLAIN, QUIET, STRONG, STYLES, Piece, Screen, fitted

# With more spans than this only the trees with a loss are shown, and of those about so many spans.
_FEW_SPANS = 12
_MOST_SPANS = 24
# Below this level a number tells the depth.
_DEEPEST = 9
_LEAST_NAME = 16
_LEAST_CELL = 6
_LONGEST_LABEL = 14
_NOTHING: Piece = ("", PLAIN)


@dataclass(frozen=True, slots=True)
class Heads:
    """The words around the trees: labels of the before and of each after, titles of the before's traces."""

    before: str
    afters: tuple[str, ...]
    titles: Mapping[str, str]

    def part(self, start: int, end: int) -> Heads:
        """Return those of some afters."""
        return Heads(self.before, self.afters[start:end], self.titles)


def table(verdicts: Sequence[Verdict], heads: Heads, screen: Screen, *, everything: bool) -> list[Text]:
    """Return the trees of verdicts with one before.

    Unless `everything` is wanted, many are cut to those with a loss. Afters that have no room beside each
    other, or of which it is not known what belongs together, stand below each other.
    """
    found = blocks(verdicts)
    if found is not None:
        place = {trace_id: number for number, trace_id in enumerate(heads.titles)}
        found.sort(
            key=lambda block: min((place.get(old, len(place)) for old, _ in block.examples), default=0)
        )
        shown, others = (found, "") if everything else _chosen(found)
        made = _Table(shown, heads, screen, cut=not everything)
        if len(verdicts) == 1 or made.fits:
            return [*made.lines(), *([Text(others, QUIET)] if others else [])]
    step = len(verdicts) // 2 if found is not None else 1
    lines: list[Text] = []
    for start in range(0, len(verdicts), step):
        lines += [Text()] if lines else []
        lines += table(
            verdicts[start : start + step], heads.part(start, start + step), screen, everything=everything
        )
    return lines


def _chosen(found: Sequence[Block]) -> tuple[Sequence[Block], str]:
    """Return the blocks to show, and the line about the others."""
    if sum(len(block.rows) for block in found) <= _FEW_SPANS:
        return found, ""
    lossy = [block for block in found if block.has_loss]
    shown: list[Block] = []
    spans = 0
    for block in lossy:
        if not shown or spans + len(block.rows) <= _MOST_SPANS:
            shown.append(block)
            spans += len(block.rows)
    left = (len(lossy) - len(shown), "with a loss"), (len(found) - len(lossy), "without a loss")
    words = " and ".join(f"{n} {'shape' if n == 1 else 'shapes'} {what}" for n, what in left if n)
    return shown, f"{'and ' if shown else ''}{words}: --trees" if words else ""


class _Table:
    """Rows of cells in groups of columns: the names, the before, and each after."""

    def __init__(self, found: Sequence[Block], heads: Heads, screen: Screen, *, cut: bool) -> None:
        self._screen = screen
        self._heads = heads
        # An after has a column for names only if some differ from the before's.
        self._renamed = [
            any(_is_renamed(row, number) for block in found for row in block.rows)
            for number in range(len(heads.afters))
        ]
        self._sizes = [1, 2, *(3 if renamed else 2 for renamed in self._renamed)]
        self._rows: list[list[Piece] | str] = []
        for block in found:
            self._add(block, cut=cut)
        grid = [row for row in self._rows if not isinstance(row, str)]
        self._widths = [max(cell_len(text) for text, _ in column) for column in zip(*grid, strict=True)]
        if grid:
            self._make_room_for_labels()

    @property
    def fits(self) -> bool:
        """Tell whether only names are cut."""
        if not self._widths:
            return True
        others = sum(self._widths) - sum(self._widths[number] for number in self._names)
        return others + _LEAST_NAME * len(self._names) + len(self._widths) - 1 <= self._screen.width

    def lines(self) -> list[Text]:
        """Return the lines."""
        if not self._widths:
            return []
        columns, width = len(self._widths), self._screen.width
        gap = 2 if sum(self._widths) + 2 * (columns - 1) <= width else 1
        names = self._names
        floors = [(number, _LEAST_NAME) for number in names]
        floors += [(number, _LEAST_CELL) for number in range(columns - 1, 0, -1) if number not in names]
        widths = fitted(self._widths, floors, width - gap * (columns - 1))
        return [
            self._labels(widths, gap),
            *(
                Text(self._screen.cut(row, width))
                if isinstance(row, str)
                else self._screen.row(row, widths, gap)
                for row in self._rows
            ),
        ]

    @property
    def _names(self) -> list[int]:
        """The columns of names."""
        starts = [sum(self._sizes[:number]) for number in range(len(self._sizes))]
        return [0, *(starts[number + 2] for number, renamed in enumerate(self._renamed) if renamed)]

    def _labels(self, widths: Sequence[int], gap: int) -> Text:
        cells, wide, start = [], [], 0
        for label, size in zip(("", self._heads.before, *self._heads.afters), self._sizes, strict=True):
            cells.append((label, PLAIN))
            wide.append(sum(widths[start : start + size]) + gap * (size - 1))
            start += size
        return self._screen.row(cells, wide, gap)

    def _make_room_for_labels(self) -> None:
        start = 1
        for label, size in zip((self._heads.before, *self._heads.afters), self._sizes[1:], strict=True):
            start += size
            there = sum(self._widths[start - size : start]) + size - 1
            self._widths[start - 1] += max(min(cell_len(label), _LONGEST_LABEL) - there, 0)

    def _add(self, block: Block, *, cut: bool) -> None:
        self._rows.append(self._title(block))
        services: list[str] = []  # of the spans above, by depth
        rows = block.rows[:_MOST_SPANS] if cut else block.rows
        for row in rows:
            cell = row.before or next(after.cell for after in row.afters if after is not None)
            if cell is None:
                continue
            del services[row.depth :]
            above = services[-1] if services else ""
            services += [cell.service] * (row.depth + 1 - len(services))
            cells = [(self._name(row.depth, cell, above), PLAIN if row.before else STYLES[Grade.NEW])]
            if row.before is None:
                cells += [_NOTHING, _NOTHING]
            else:
                failed = STRONG if row.before.status is StatusCode.ERROR else PLAIN
                cells += [(row.before.kind.name, PLAIN), (row.before.status.name, failed)]
            for number, after in enumerate(row.afters):
                cells += self._after(row.before, after, renamed=self._renamed[number])
            self._rows.append(cells)
        if len(rows) < len(block.rows):
            more = len(block.rows) - len(rows)
            self._rows.append(
                f"  {self._screen.marks.cut} {more} more {'span' if more == 1 else 'spans'}: --trees"
            )

    def _title(self, block: Block) -> str:
        titles = list(dict.fromkeys(self._heads.titles.get(old, "") for old, _ in block.examples))
        times = f" {self._screen.marks.times}{block.times}" if block.times > 1 else ""
        if block.times <= len(block.examples) and len(titles) == 1 and titles[0]:
            return self._screen.safe(titles[0]) + times
        old, new = block.examples[0] if block.examples else ("", "")
        example = self._screen.safe(old or new)
        if block.times == 1:
            return f"trace {example}"
        return f"{block.times} traces, such as {example}"

    def _name(self, depth: int, cell: Cell, above: str) -> str:
        name = self._screen.safe(cell.name) or "(no name)"
        if cell.service not in (above, cell.name) and cell.service:
            name = f"{self._screen.safe(cell.service)}: {name}"
        if depth == 0:
            return f"  {name}"
        indent = "   " * (min(depth, _DEEPEST) - 1)
        number = f"{depth} " if depth > _DEEPEST else ""
        return f"  {indent}{self._screen.marks.branch} {number}{name}"

    def _after(self, before: Cell | None, after: After | None, *, renamed: bool) -> list[Piece]:
        if after is None:
            return [_NOTHING] * (2 + renamed)
        marks = self._screen.marks
        if after.cell is None:
            gone = (f"{marks.grades[Grade.GONE]} gone", STYLES[Grade.GONE])
            return [gone, *[_NOTHING] * (1 + renamed)]
        cell, found = after.cell, []
        if renamed and before is None:
            found.append(_NOTHING)
        elif renamed and before is not None:
            name = self._screen.safe(cell.name) or "(no name)"
            if before.service != cell.service:
                name = f"{self._screen.safe(cell.service)}: {name}"
            same = (before.name, before.service) == (cell.name, cell.service)
            found.append(self._cell(Grade.KEPT if same else after.name, name))
        found.append(self._cell(after.kind, cell.kind.name))
        found.append(self._cell(after.status, cell.status.name))
        if after.place is not Grade.KEPT:
            text, _ = found[-2]
            kind = "" if after.kind is Grade.KEPT else f"{text}, "
            mark = "" if kind else f"{marks.grades[after.place]} "
            found[-2] = (f"{kind}{mark}moved", STYLES[_graver(after.kind, after.place)])
        return found

    def _cell(self, grade: Grade, value: str) -> Piece:
        marks = self._screen.marks
        if grade is Grade.KEPT:
            return marks.same, QUIET
        return f"{marks.grades[grade]} {value}", STYLES[grade]


def _graver(one: Grade, other: Grade) -> Grade:
    return max(one, other, key=list(Grade).index)


def _is_renamed(row: Row, number: int) -> bool:
    """Tell whether a span has another name or service in an after."""
    after = row.afters[number]
    if row.before is None or after is None or after.cell is None:
        return False
    return (row.before.name, row.before.service) != (after.cell.name, after.cell.service)
