"""The pairs of forms of many traces: how often, both outlines, what changed, durations."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare import trees
from ot2otel.compare.judgement import Grade
from ot2otel.report.beside import Graded
from ot2otel.report.html import content, examples
from ot2otel.report.html.examples import Example, Group, Took
from ot2otel.report.html.found import Found
from ot2otel.report.html.strings import text

_MOST_OUTLINE = 24  # spans of a form's outline
_ORDER = list(Grade)


def forms(
    groups: Sequence[Group], shown: Sequence[Sequence[Example]], took: Took, found: Found, graded: Graded
) -> list[content.Form]:
    """Return the forms in their order, with the places of their examples among all that are shown."""
    made = []
    total, place = sum(group.count for group in groups), 0
    for group, chosen in zip(groups, shown, strict=True):
        counts = sorted(found.counts(group).items())
        grades = [found.told[number].grade for number, _ in counts if found.told[number].is_grave]
        made.append(
            content.Form(
                group.count,
                round(100 * group.count / total, 1),
                max(grades, key=_ORDER.index, default=Grade.KEPT).value,
                [_outline(row, graded) for row in group.rows[:_MOST_OUTLINE]],
                max(len(group.rows) - _MOST_OUTLINE, 0),
                counts,
                examples.durations(group, took),
                list(range(place, place + len(chosen))),
            )
        )
        place += len(chosen)
    return made


def _outline(row: trees.TreeRow, graded: Graded) -> tuple[content.Cell | None, content.Cell | None]:
    after = graded.after(row)
    parts = {"name": after.name, "kind": after.kind, "status": after.status, "place": after.place}
    grades = {name: grade.value for name, grade in parts.items() if grade is not Grade.KEPT}
    before = _cell(row.depth, row.before) if row.before else None
    if row.after is None:
        return before, None
    if row.before is None:
        return before, _cell(row.depth, row.after)
    return before, _cell(row.depth, row.after, grades, row.before.status.name)


def _cell(depth: int, cell: trees.Cell, grades: dict[str, str] | None = None, was: str = "") -> content.Cell:
    return content.Cell(
        depth, text(cell.service), text(cell.name), cell.kind.name, cell.status.name, grades or {}, was
    )
