"""Compares two sides: pairs their spans, and judges each distinct pair once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from ot2otel.compare.facts import ORDER, PARENT, TIME, TRACE, Content, Place, Shape, unsaid
from ot2otel.compare.forms import CHILD, ORPHAN, ROOT, Node, Side, Trace
from ot2otel.compare.judgement import GRADES, Grade, Judgement, Settled, StepFor, Values, judge_spans
from ot2otel.compare.links import JudgedLink, judged_links
from ot2otel.compare.pairing import NodePair, Pairing, Round, SpanPairs, pair_sides, pair_spans
from ot2otel.compare.rules.libraries.spans import new_span
from ot2otel.compare.rules.origin import LIBRARY
from ot2otel.compare.rules.rule import Rule

# Example of a pair: the ids of the two traces, "" on a side that has none.
TraceIds: TypeAlias = tuple[str, str]

MOST_EXAMPLES = 3
# A group of pairs with more distinct contents than this is judged by columns.
_FEW_PAIRS = 40
# A fact with more distinct values than this in such a group is a column.
_FEW_VALUES = 6
# These decide which rules apply.
_NO_COLUMNS = frozenset({TIME, LIBRARY})
# OpenTracing's tag for the library of which a span is.
_COMPONENT: Place = ("attributes", "component")


@dataclass(slots=True)
class Times:
    """How often something was seen, and the first examples."""

    count: int = 0
    examples: list[TraceIds] = field(default_factory=list)

    def add(self, times: int, examples: Iterable[TraceIds]) -> None:
        """Count it some more times."""
        self.count += times
        for example in examples:
            if len(self.examples) == MOST_EXAMPLES:
                break
            if example not in self.examples:
                self.examples.append(example)


@dataclass(slots=True)
class AllTimes(Times):
    """Pairs of traces, all of them by their ids."""

    traces: list[TraceIds] = field(default_factory=list)

    def add(self, times: int, examples: Iterable[TraceIds]) -> None:
        """Count pairs of traces; `examples` are all of them."""
        found = list(examples)
        Times.add(self, times, found)
        self.traces += found


@dataclass(frozen=True, slots=True)
class Row:
    """Two contents side by side, and how often; None on one side for a span without a counterpart."""

    old: Content | None
    new: Content | None
    times: Times


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement and all pairs of spans that it holds for."""

    settled: Sequence[Settled]
    rows: Sequence[Row]


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
    spans = _Spans(pairing, AllTimes if all_traces else Times)
    components = {(content.service, content.value(_COMPONENT)) for content in before.counts}
    comparison = Comparison(before, after, pairing, trees=spans.trees, components=components)
    comparison.judged += _judged_contents(spans.rows(), step_for)
    comparison.judged += spans.positions()
    comparison.judged += _judged_links(comparison)
    for nodes, grade, rows in (
        (spans.missing, Grade.GONE, comparison.missing),
        (spans.extra, Grade.NEW, comparison.extra),
    ):
        for node, times in nodes.items():
            row = Row(node[0], None, times) if grade is Grade.GONE else Row(None, node[0], times)
            rows.append(row)
            places = tuple(place for place, _ in node[0].facts()) + _positions(node[1])
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


# The place of the fact that tells a span's parent, by what it is.
_PARENTS: Mapping[str, Place] = {CHILD: PARENT, ORPHAN: ("parent", "absent"), ROOT: ("root",)}


def _positions(parent: str) -> tuple[Place, ...]:
    """Return the places of the facts of a span's position."""
    return (_PARENTS[parent],) if parent == CHILD else (_PARENTS[parent], TRACE)


@dataclass(frozen=True, slots=True, eq=False)
class _Position:
    """What is settled about the position of two spans; there are few of them, each one object."""

    settled: tuple[Settled, ...]


_Pair: TypeAlias = tuple[Content, Content]


class _Sum(Times):
    """The times of several pairs of traces."""

    __slots__ = ()


_K = TypeVar("_K")


def _count_in(counted: dict[_K, Times], key: _K, times: Times) -> None:
    """Count it some more times. One that a single pair of traces has shares the times of that pair."""
    counted[key] = _plus(counted[key], times) if key in counted else times


def _plus(known: Times, more: Times) -> _Sum:
    if not isinstance(known, _Sum):
        summed = _Sum()
        summed.add(known.count, known.examples)
        known = summed
    known.add(more.count, more.examples)
    return known


class _Paired:
    """The row of a pair of contents, and its position where all pairs of spans have the same one."""

    __slots__ = ("position", "row")

    def __init__(self, row: Row, position: _Position | None) -> None:
        self.row = row
        self.position = position


class _Spans:
    """The pairs of spans of all pairs of traces, counted."""

    def __init__(self, pairing: Pairing, times: type[Times]) -> None:
        self._pairs: dict[_Pair, _Paired] = {}
        self.missing: dict[tuple[Content, str], Times] = {}
        self.extra: dict[tuple[Content, str], Times] = {}
        # Of the pairs that have several positions, and of parents with children in an order.
        self._positions: dict[_Position, dict[_Pair, Times]] = defaultdict(dict)
        self._known: dict[object, _Position] = {}
        # The spans of each distinct pair of traces, and how often it occurs.
        self.trees: list[tuple[SpanPairs, Times]] = []
        self._times = times
        self._rounds = pairing.rounds
        self._apart = _Apart(pairing)
        self._count(pairing)

    def rows(self) -> Iterator[Row]:
        """Yield each distinct pair of contents."""
        return (paired.row for paired in self._pairs.values())

    def positions(self) -> Iterator[Judged]:
        """Yield the judgements of the spans' positions: parent, trace, order."""
        by_position: dict[_Position, list[Row]] = defaultdict(list)
        for paired in self._pairs.values():
            if paired.position is not None:
                by_position[paired.position].append(paired.row)
        for position, pairs in self._positions.items():
            by_position[position] += [Row(*pair, times) for pair, times in pairs.items()]
        by_settled: dict[Settled, list[Row]] = defaultdict(list)
        for position, rows in by_position.items():
            for settled in position.settled:
                by_settled[settled] += rows
        return (Judged((settled,), rows) for settled, rows in by_settled.items())

    def _count(self, pairing: Pairing) -> None:
        # Many traces are alike, and so are their pairs.
        alike: dict[object, tuple[SpanPairs, Grade, Times]] = {}
        for old, new in pairing.traces:
            if old.roots == new.roots:
                key: object = old.roots
                if key not in alike:
                    alike[key] = (_identical(old.roots), Grade.KEPT, self._times())
            else:
                key = (old.roots, new.roots)
                if key not in alike:
                    alike[key] = (
                        pair_spans(_root_pairs(old, new, self._rounds), self._rounds),
                        Grade.KEPT,
                        self._times(),
                    )
            alike[key][2].add(1, ((old.trace_id, new.trace_id),))
        for old, new in pairing.trees:
            missing, extra = self._apart.of(old.trace_id, new.trace_id)
            together = Grade.KEPT if self._apart.together(old, new) else Grade.CHANGED
            key = (old.roots, new.roots, missing, extra, together)
            if key not in alike:
                roots = [(old.roots[0], new.roots[0])]
                alike[key] = (pair_spans(roots, self._rounds, missing, extra), together, self._times())
            alike[key][2].add(1, ((old.trace_id, new.trace_id),))
        for pairs, together, times in alike.values():
            self._add(pairs, together, times)
            self.trees.append((pairs, times))
        alone: dict[object, tuple[SpanPairs, Times]] = {}
        for side, counted in ((0, self.missing), (1, self.extra)):
            for trace_id, trees in self._apart.whole(side):
                example = ("", trace_id) if side else (trace_id, "")
                key = (side, tuple(trees))
                if key not in alone:
                    nodes = tuple(node for tree in trees for node in tree.walk())
                    pairs = SpanPairs(extra=nodes) if side else SpanPairs(missing=nodes)
                    alone[key] = (pairs, self._times())
                alone[key][1].add(1, (example,))
                once = Times(1, [example])
                for tree in trees:
                    for node in tree.walk():
                        _count_in(counted, (node.content, node.parent), once)
        self.trees += alone.values()

    def _add(self, found: SpanPairs, together: Grade, times: Times) -> None:
        for old, new in found.pairs:
            position = self._position(_stayed, old.parent, new.parent, together)
            self._add_pair((old.content, new.content), position, times)
        for old, new in found.moved:
            position = self._position(_moved, old.parent, new.parent)
            self._add_pair((old.content, new.content), position, times)
        for pairs, grade in ((found.ordered, Grade.KEPT), (found.reordered, Grade.CHANGED)):
            for old, new in pairs:
                counted = self._positions[self._position(_ordered, grade)]
                _count_in(counted, (old.content, new.content), times)
        for nodes, alone in ((found.missing, self.missing), (found.extra, self.extra)):
            for node in nodes:
                _count_in(alone, (node.content, node.parent), times)

    def _position(self, settle: Callable[..., tuple[Settled, ...]], *of: str | Grade) -> _Position:
        key = (settle, *of)
        position = self._known.get(key)
        if position is None:
            position = self._known[key] = _Position(settle(*of))
        return position

    def _add_pair(self, pair: _Pair, position: _Position, times: Times) -> None:
        paired = self._pairs.get(pair)
        if paired is None:
            self._pairs[pair] = _Paired(Row(*pair, times), position)
            return
        if paired.position is not position:
            if paired.position is not None:
                before = paired.row.times
                _count_in(self._positions[paired.position], pair, _plus(_Sum(), before))
                paired.position = None
            _count_in(self._positions[position], pair, times)
        total = _plus(paired.row.times, times)
        if total is not paired.row.times:
            paired.row = Row(*pair, total)


def _stayed(old: str, new: str, together: Grade) -> tuple[Settled, ...]:
    """Grade the position of two spans with such parents under parents that are a pair."""
    parent = _parent(old, new)
    if CHILD not in (old, new):
        return parent, Settled(together, (TRACE,), (TRACE,))
    if old != new:
        return parent, Settled(Grade.CHANGED, (TRACE,) * (old != CHILD), (TRACE,) * (new != CHILD))
    return (parent,)


def _moved(old: str, new: str) -> tuple[Settled, ...]:
    grade = Grade.IMPROVED if old == ORPHAN and new == CHILD else Grade.CHANGED
    return (Settled(grade, _positions(old), _positions(new)),)


def _ordered(grade: Grade) -> tuple[Settled, ...]:
    return (Settled(grade, (ORDER,), (ORDER,)),)


def _parent(old: str, new: str) -> Settled:
    grade = Grade.KEPT if old == new else Grade.IMPROVED if old == ORPHAN else Grade.CHANGED
    return Settled(grade, (_PARENTS[old],), (_PARENTS[new],))


def _identical(roots: Sequence[Node]) -> SpanPairs:
    pairs = tuple((node, node) for root in roots for node in root.walk())
    return SpanPairs(pairs, ordered=tuple(pair for pair in pairs if pair[0].ranks))


def _root_pairs(old: Trace, new: Trace, rounds: Sequence[Round]) -> list[NodePair]:
    """Pair the roots of two paired traces: they have equal keys in one of the rounds."""
    if len(old.roots) == 1:
        return [(old.roots[0], new.roots[0])]
    for each in rounds:
        ranked = [sorted(trace.roots, key=each.number) for trace in (old, new)]
        if [each.number(root) for root in ranked[0]] == [each.number(root) for root in ranked[1]]:
            return list(zip(*ranked, strict=True))
    return list(zip(old.roots, new.roots, strict=True))


class _Apart:
    """The trees that were paired alone, and those without a counterpart, by their traces."""

    def __init__(self, pairing: Pairing) -> None:
        self._partners: tuple[dict[str, set[str]], dict[str, set[str]]] = (defaultdict(set), defaultdict(set))
        for old, new in pairing.trees:
            self._partners[0][old.trace_id].add(new.trace_id)
            self._partners[1][new.trace_id].add(old.trace_id)
        self._waiting = tuple(
            _by_trace(traces, partners)
            for traces, partners in zip((pairing.missing, pairing.extra), self._partners, strict=True)
        )
        self._whole = [
            [(trace.trace_id, trace.roots) for trace in traces if trace.trace_id not in partners]
            for traces, partners in zip((pairing.missing, pairing.extra), self._partners, strict=True)
        ]

    def together(self, old: Trace, new: Trace) -> bool:
        """Tell whether the trees of these two traces are together on both sides."""
        return len(self._partners[0][old.trace_id]) == 1 and len(self._partners[1][new.trace_id]) == 1

    def of(self, old_id: str, new_id: str) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """Return, once, the trees without a counterpart of these two traces."""
        return tuple(self._waiting[0].pop(old_id, ())), tuple(self._waiting[1].pop(new_id, ()))

    def whole(self, side: int) -> list[tuple[str, Sequence[Node]]]:
        """Return the traces of the before (0) or of the after (1) without any counterpart."""
        return [*self._whole[side], *self._waiting[side].items()]


def _by_trace(traces: Iterable[Trace], partners: Mapping[str, set[str]]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = defaultdict(list)
    for trace in traces:
        if trace.trace_id in partners:
            found[trace.trace_id] += trace.roots
    return dict(found)


# Contents: each distinct pair is judged once, or all pairs of one form.


def _judged_contents(pairs: Iterable[Row], step_for: StepFor) -> Iterator[Judged]:
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in pairs:
        old, new = _there(row.old), _there(row.new)
        groups[old.shape, new.shape, old.resource, new.resource, old.scope, new.scope].append(row)
    for rows in groups.values():
        yield from _judged_group(rows, step_for)


def _judged_group(rows: list[Row], step_for: StepFor) -> Iterator[Judged]:
    if len(rows) <= _FEW_PAIRS:
        for row in rows:
            yield Judged(judge_spans(_there(row.old), _there(row.new), step_for).settled, (row,))
        return
    olds, news = [_there(row.old) for row in rows], [_there(row.new) for row in rows]
    columns = _columns(olds), _columns(news)
    few = _few(olds[0].shape, columns[0]), _few(news[0].shape, columns[1])
    forms: dict[object, list[tuple[Judgement, list[Row]]]] = defaultdict(list)
    same: list[Row] = []
    for old, new, row in zip(olds, news, rows, strict=True):
        if old is new:
            same.append(row)
            continue
        values = old.values, new.values
        judgements = forms[few[0](values[0]), few[1](values[1])]
        for judgement, held in judgements:
            if judgement.holds(*values):
                held.append(row)
                break
        else:
            judgements.append((judge_spans(old, new, step_for, columns), [row]))
    if same:
        content = _there(same[0].old)
        yield from _judged_same(content, same, step_for)
    for judgements in forms.values():
        for judgement, held in judgements:
            yield Judged(judgement.settled, held)


def _judged_same(content: Content, rows: list[Row], step_for: StepFor) -> Iterator[Judged]:
    """Yield the judgements of spans that are the same on both sides; equal shapes may say different facts."""
    by_said: dict[tuple[Place, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_said[tuple(place for place, _ in _there(row.old).facts())].append(row)
    for said in by_said.values():
        same = _there(said[0].old)
        yield Judged(judge_spans(same, same, step_for).settled, said)


def _there(content: Content | None) -> Content:
    if content is None:
        raise ValueError("a row of a pair has both contents")
    return content


def _columns(contents: Sequence[Content]) -> frozenset[Place]:
    shape = contents[0].shape
    found = []
    for place, values in zip(
        shape.places, zip(*(content.values for content in contents), strict=True), strict=True
    ):
        if place not in _NO_COLUMNS and len(set(values)) > _FEW_VALUES:
            found.append(place)
    return frozenset(found)


def _few(shape: Shape, columns: frozenset[Place]) -> Callable[[Values], Any]:  # Any: values of facts
    """Make the key of a form: the values that are no columns, and which columns say nothing."""
    few = itemgetter(*(index for index, place in enumerate(shape.places) if place not in columns))
    silent = [(shape.index[place], unsaid(place)) for place in columns if unsaid(place)]
    if not silent:
        return few
    return lambda values: (few(values), *(values[index] in nothing for index, nothing in silent))
