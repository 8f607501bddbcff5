"""Two traces span by span, with the facts of each pair of spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ot2otel.compare.facts import KIND, NAME, ORDER, STATUS, Place
from ot2otel.compare.forms import ORPHAN, Node, Placed, Side
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.verdict import Evidence, Verdict
from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span
from ot2otel.recording import Answer
from ot2otel.report.html import content, examples, facts
from ot2otel.report.html.alignment import Aligned, aligned
from ot2otel.report.html.examples import Example, Read
from ot2otel.report.html.found import Found
from ot2otel.report.html.strings import text
from ot2otel.report.html.tables import Tables

_MOST_EVENTS = 50  # of a span, on its bar
_ORDER = list(Grade)

_Spans = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Traces:
    """Makes the traces of one verdict."""

    verdict: Verdict
    evidence: Evidence
    found: Found
    tables: Tables

    def made(self, shown: Sequence[Sequence[Example]], before: Read, after: Read) -> list[content.Trace]:
        """Return the traces to show; raise Ot2OtelError if their spans are not those that were compared."""
        chosen = [example for each in shown for example in each]
        sides = [
            examples.collected(read(), self._ids({one.ids[side] for one in chosen}, side))
            for side, read in enumerate((before, after))
        ]
        found = []
        for number, group in enumerate(shown, 1):
            for place, one in enumerate(group, 1):
                name = f"{number}.{one.name}" if one.name else str(place)
                found.append(self._trace(name, one, sides[0], sides[1]))
        return found

    def _trace(self, name: str, example: Example, olds: _Spans, news: _Spans) -> content.Trace:
        before, after = example.ids
        rows = self.aligned(example, olds, news)
        starts = [
            min((one.span.start_ns for one in side if one), default=0)
            for side in ([row.old for row in rows], [row.new for row in rows])
        ]
        reordered = set(example.pairs.reordered)
        made = [self._row(row, starts, reordered) for row in rows]
        ends = [span.start + span.took for row in made for span in (row.before, row.after) if span]
        answer = self.verdict.before.requests.get(before)
        root = next((one for row in rows for one in (row.old, row.new) if one), None)
        return content.Trace(
            name,
            text(answer.request if answer else root.span.name if root else ""),
            _said(answer, self.verdict.after.requests.get(after)),
            text(before),
            text(after),
            max(ends, default=0),
            made,
            example.name,
        )

    def aligned(self, example: Example, olds: _Spans, news: _Spans) -> list[Aligned]:
        """Return the spans of both sides side by side."""
        before, after = example.ids
        return aligned(example.pairs, self._placed(olds, before, 0), self._placed(news, after, 1))

    def _ids(self, chosen: Iterable[str], side: int) -> list[str]:
        """Return the ids of the traces that make these up."""
        parts = self.evidence.parts[side]
        return [each for one in chosen if one for each in (one, *parts.get(one, ()))]

    def _placed(self, spans: _Spans, trace_id: str, side: int) -> list[Placed]:
        """Return the spans of a trace and of those that are its parts."""
        found: list[Placed] = []
        for each in dict.fromkeys(self._ids([trace_id], side)):
            if not spans[each]:
                raise Ot2OtelError(
                    f"The trace {each} is not there any more: the file changed while it was read. Try again."
                )
            first = len(found)
            found += [
                one if one.parent < 0 else one._replace(parent=one.parent + first)
                for one in self.evidence.forms.placed(spans[each], self._side(side))
            ]
        return found

    def _side(self, side: int) -> Side:
        return self.evidence.after if side else self.evidence.before

    def _row(self, row: Aligned, starts: Sequence[int], reordered: set[tuple[Node, Node]]) -> content.Row:
        old, new = row.old, row.new
        settled = self.found.settled(old.node.content if old else None, new.node.content if new else None)
        own = list(facts.own(row, settled))
        if old and new and (old.node, new.node) in reordered:
            own += [one for one in settled if one.old == (ORDER,) and one.grade is not Grade.KEPT]
        there = (old or new).node.content  # type: ignore[union-attr]  # a row has a span
        if old and new:
            findings = self.found.of_pair(there, own)
        else:
            findings = {self.found.of_span(Grade.GONE if old else Grade.NEW, there)}
        return content.Row(
            row.depth,
            text(there.service),
            _span(old, starts[0]),
            _span(new, starts[1]),
            _cells(own) if old and new else {},
            _worst(one.grade for one in own).value,
            self.tables.facts_of(row, own),
            sorted(findings),
            _moved(row),
        )


def _said(before: Answer | None, after: Answer | None) -> str:
    """Return what the answers to a request say, "" if it is not known which answer is this trace's."""
    if before is None:
        return ""
    if after is None or after == before:
        return f"answer {before.status}, {'the same on both sides' if after else 'before'}"
    other = "now with another text" if after.status == before.status else f"now {after.status}"
    return f"answer {before.status}, {other}"


def _worst(grades: Iterable[Grade]) -> Grade:
    return max(grades, key=_ORDER.index, default=Grade.KEPT)


def _is_position(one: Settled) -> bool:
    return (one.old or one.new)[0][0] in ("parent", "root", "trace")


def _moved(row: Aligned) -> str:
    """Return the new place of a span that moved, in words."""
    if not (row.old and row.new) or not (row.moved or row.old.node.parent != row.new.node.parent):
        return ""
    if row.new_parent is None:
        return "parent not recorded" if row.new.node.parent == ORPHAN else "own root"
    return f"under {text(row.new_parent.span.name)}"


_CELLS: Mapping[Place, str] = {NAME: "name", KIND: "kind", STATUS: "status"}


def _cells(own: Iterable[Settled]) -> dict[str, str]:
    found: dict[str, Grade] = {}
    for one in own:
        for place in (*one.old, *one.new):
            cell = "place" if _is_position(one) else _CELLS.get(place)
            if cell and one.grade is not Grade.KEPT:
                found[cell] = _worst({one.grade, found.get(cell, Grade.KEPT)})
    return {cell: grade.value for cell, grade in found.items()}


def _span(placed: Placed | None, start_ns: int) -> content.Span | None:
    if placed is None:
        return None
    span = placed.span
    return content.Span(
        text(span.name),
        span.kind.name,
        span.status.code.name,
        span.start_ns - start_ns,
        max(span.duration_ns, 0),
        [event.time_ns - start_ns for event in span.events[:_MOST_EVENTS]],
    )
