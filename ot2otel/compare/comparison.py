"""Compares two sides: pairs their spans, and judges each distinct pair once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from ot2otel.compare.columns import judged_contents
from ot2otel.compare.facts import Place
from ot2otel.compare.forms import Side
from ot2otel.compare.judgement import GRADES, Grade, Settled, StepFor
from ot2otel.compare.links import JudgedLink, judged_links
from ot2otel.compare.paired_spans import PairedSpans, positions_of
from ot2otel.compare.pairing import Pairing, SpanPairs, pair_sides
from ot2otel.compare.rows import AllTimes, Judged, Row, Times
from ot2otel.compare.rules.libraries.spans import new_span
from ot2otel.compare.rules.rule import Rule

# OpenTracing's tag for the library of which a span is.
_COMPONENT: Place = ("attributes", "component")


@dataclass(slots=True)
class Comparison:
    """Two sides, compared: every fact of either is in exactly one of the judgements."""

    before: Side
    after: Side
    pairing: Pairing
    judged: list[Judged] = field(default_factory=list)
    missing: list[Row] = field(default_factory=list)
    extra: list[Row] = field(default_factory=list)
    trees: Sequence[tuple[SpanPairs, Times]] = ()
    # The services of the before, each with a value of `component` there.
    components: Set[tuple[str, object]] = frozenset()

    def rule_of(self, row: Row) -> Rule | None:
        """Return the rule by which the span of a row without a counterpart is new, None if there is none."""
        return new_span(row.new, self.components) if row.new and not row.old else None


def compare(before: Side, after: Side, step_for: StepFor, *, all_traces: bool = False) -> Comparison:
    """Compare two sides that were read by the same `Forms`; with `all_traces` the trees have `AllTimes`."""
    pairing = pair_sides(before, after)
    spans = PairedSpans(pairing, AllTimes if all_traces else Times)
    components = {(content.service, content.value(_COMPONENT)) for content in before.counts}
    comparison = Comparison(before, after, pairing, trees=spans.trees, components=components)
    comparison.judged += judged_contents(spans.rows(), step_for)
    comparison.judged += spans.positions()
    comparison.judged += _judged_links(comparison)
    for nodes, grade, rows in (
        (spans.missing, Grade.GONE, comparison.missing),
        (spans.extra, Grade.NEW, comparison.extra),
    ):
        for node, times in nodes.items():
            row = Row(node[0], None, times) if grade is Grade.GONE else Row(None, node[0], times)
            rows.append(row)
            places = tuple(place for place, _ in node[0].facts()) + positions_of(node[1])
            rule = comparison.rule_of(row)
            settled = (
                Settled(GRADES[rule.effect], (), places, (rule,))
                if rule
                else Settled(grade, places if row.old else (), () if row.old else places)
            )
            comparison.judged.append(Judged([settled], (row,)))
    return comparison


def _judged_links(comparison: Comparison) -> Iterator[Judged]:
    rows: dict[JudgedLink, Times] = defaultdict(Times)
    for link in judged_links(comparison.before, comparison.after, comparison.pairing):
        rows[link._replace(traces=("", ""))].add(1, (link.traces,))
    return (Judged((link.settled,), (Row(link.old, link.new, times),)) for link, times in rows.items())
