"""The trees of a before and of one or more afters beside each other, each cell with what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ot2otel.compare.facts import literal
from ot2otel.compare.findings import Finding, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import TraceIds
from ot2otel.compare.trees import Cell, TreePair, TreeRow
from ot2otel.compare.verdict import Verdict
from ot2otel.report.telling import GRAVE


@dataclass(frozen=True, slots=True)
class After:
    """A span in an after, None if it is missing there, and what became of name, kind, status and place.

    The service belongs to the name; the place is the parent. The first three are GONE for a missing span, and
    NEW for one that is only here.
    """

    cell: Cell | None
    name: Grade
    kind: Grade
    status: Grade
    place: Grade = Grade.KEPT

    @property
    def has_loss(self) -> bool:
        """Tell whether something is lost or changed, or the span is new."""
        grades = (self.name, self.kind, self.status, self.place)
        return any(grade in (*GRAVE, Grade.NEW) for grade in grades)


@dataclass(frozen=True, slots=True)
class Row:
    """A span of the before beside its counterparts. Without a before, an after without the span is None."""

    depth: int
    before: Cell | None
    afters: tuple[After | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`times` as many traces look like this on every side."""

    rows: tuple[Row, ...]
    times: int
    examples: tuple[TraceIds, ...]

    @property
    def has_loss(self) -> bool:
        """Tell whether a cell shows a loss, or a span is missing or new."""
        return any(after is not None and after.has_loss for row in self.rows for after in row.afters)


def blocks(verdicts: Sequence[Verdict]) -> list[Block] | None:
    """Return the trees of verdicts with one before; None if it is not known which of them belong together."""
    graded = [(Graded(verdict.findings), verdict.trees) for verdict in verdicts]
    if len(verdicts) == 1:
        return [
            Block(
                tuple(Row(row.depth, row.before, (grades.after(row),)) for row in tree.rows),
                tree.times,
                tree.examples,
            )
            for grades, trees in graded
            for tree in trees
        ]
    sides = [by_before for _, trees in graded if (by_before := _by_before(trees)) is not None]
    if len(sides) < len(verdicts) or any(side.keys() != sides[0].keys() for side in sides):
        return None
    groups: dict[tuple[TreePair, ...], list[str]] = defaultdict(list)
    for trace_id in sides[0]:
        groups[tuple(side[trace_id] for side in sides)].append(trace_id)
    grades = [grades.after for grades, _ in graded]
    return [
        Block(tuple(_joined(trees, grades)), len(ids), tuple((each, "") for each in ids))
        for trees, ids in groups.items()
    ] + list(_alone(graded))


def _alone(graded: Sequence[tuple[Graded, Sequence[TreePair]]]) -> Iterator[Block]:
    """Yield the traces that one after alone has."""
    for number, (grades, trees) in enumerate(graded):
        for tree in trees:
            if not _has_before(tree):
                afters: list[After | None] = [None] * len(graded)
                rows = []
                for row in tree.rows:
                    afters[number] = grades.after(row)
                    rows.append(Row(row.depth, None, tuple(afters)))
                yield Block(tuple(rows), tree.times, tree.examples)


def _has_before(tree: TreePair) -> bool:
    return any(row.before is not None for row in tree.rows)


def _by_before(trees: Sequence[TreePair]) -> dict[str, TreePair] | None:
    """Return each span of the before with the rows above it that have none, and those after the last."""
    found: dict[str, TreePair] = {}
    for tree in filter(_has_before, trees):
        ids = {before for before, _ in tree.examples}
        if len(ids) < tree.times or found.keys() & ids:
            return None
        found |= dict.fromkeys((before for before, _ in tree.examples), tree)
    return found


def _joined(trees: Sequence[TreePair], grades: Sequence[Callable[[TreeRow], After]]) -> Iterator[Row]:
    """Yield the rows of pairs with the same tree before: its spans, and those that only an after has."""
    parts = [_split(tree) for tree in trees]
    for here in zip(*parts, strict=True):
        yield from _only_after([extra for _, extra in here], grades)
        rows = [row for row, _ in here if row is not None]
        if rows:
            afters = tuple(grade(row) for grade, row in zip(grades, rows, strict=True))
            yield Row(rows[0].depth, rows[0].before, afters)


def _only_after(waiting: list[list[TreeRow]], grades: Sequence[Callable[[TreeRow], After]]) -> Iterator[Row]:
    while any(waiting):
        first = next(rows[0] for rows in waiting if rows)
        afters = []
        for rows, grade in zip(waiting, grades, strict=True):
            same = bool(rows) and _place(rows[0]) == _place(first)
            afters.append(grade(rows.pop(0)) if same else None)
        yield Row(first.depth, None, tuple(afters))


def _split(tree: TreePair) -> list[tuple[TreeRow | None, list[TreeRow]]]:
    """Return each span of the before with the rows above it that have none, and those below the last one."""
    parts: list[tuple[TreeRow | None, list[TreeRow]]] = []
    extra: list[TreeRow] = []
    for row in tree.rows:
        if row.before is None:
            extra.append(row)
        else:
            parts.append((row, extra))
            extra = []
    return [*parts, (None, extra)]


def _place(row: TreeRow) -> tuple[int, str, str]:
    return (row.depth, row.after.service, row.after.name) if row.after else (row.depth, "", "")


@dataclass(frozen=True, slots=True)
class Graded:
    """The grades of cells, read off the findings of one verdict."""

    findings: Sequence[Finding]

    def after(self, row: TreeRow) -> After:
        """Return the after's cell of a row and its grades."""
        old, new = row.before, row.after
        if old is None or new is None:
            grade = Grade.NEW if old is None else Grade.GONE
            return After(new, grade, grade, grade)
        return After(
            new,
            _worst(
                self._grade(old, "name", old.name, new.name),
                self._grade(old, "resource.service.name", literal(old.service), literal(new.service)),
            ),
            self._grade(old, "kind", old.kind.name, new.kind.name),
            self._grade(old, "status.code", old.status.name, new.status.name),
            self._place(old) if row.moved else Grade.KEPT,
        )

    def _place(self, cell: Cell) -> Grade:
        """Return what became of the place of a span that moved."""
        fitting = [
            finding.grade
            for finding in self.findings
            if finding.service == cell.service and finding.field == "parent" and cell.name in finding.spans
        ]
        return _worst(*fitting) if fitting else Grade.CHANGED

    def _grade(self, cell: Cell, field: str, old: str, new: str) -> Grade:
        if old == new:
            return Grade.KEPT
        fitting = [
            finding.grade
            for finding in self.findings
            if finding.service == cell.service and _is_about(finding, field, cell, (old, new))
        ]
        return _worst(*fitting) if fitting else Grade.CHANGED


def _worst(*grades: Grade) -> Grade:
    return max(grades, key=list(Grade).index)


def _is_about(finding: Finding, field: str, cell: Cell, values: tuple[str, str]) -> bool:
    old, new = values
    if field == "name":
        return finding.old_field == field and (cell.name in finding.spans or finding.more_spans > 0)
    return old in _values(finding.olds, field) and new in _values(finding.news, field)


def _values(parts: Sequence[Part], field: str) -> set[str]:
    return {value for part in parts if part.field == field for value in part.values.split(", ")}
