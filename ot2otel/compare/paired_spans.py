"""The pairs of spans of all pairs of traces, counted by their contents, and judgements of their positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from ot2otel.compare.facts import ORDER, PARENT, TRACE, Content, Place
from ot2otel.compare.forms import CHILD, ORPHAN, ROOT, Node, Trace
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.pairing import NodePair, Pairing, Round, SpanPairs, pair_spans
from ot2otel.compare.rows import Judged, Row, Times

# The place of the fact that tells a span's parent, by what it is.
_PARENTS: Mapping[str, Place] = {CHILD: PARENT, ORPHAN: ("parent", "absent"), ROOT: ("root",)}


def positions_of(parent: str) -> tuple[Place, ...]:
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


class PairedSpans:
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
    return (Settled(grade, positions_of(old), positions_of(new)),)


def _ordered(grade: Grade) -> tuple[Settled, ...]:
    return (Settled(grade, (ORDER,), (ORDER,)),)


def _parent(old: str, new: str) -> Settled:
    grade = Grade.KEPT if old == new else Grade.IMPROVED if old == ORPHAN else Grade.CHANGED
    return Settled(grade, (_PARENTS[old],), (_PARENTS[new],))


def _identical(roots: Sequence[Node]) -> SpanPairs:
    nodes = [node for root in roots for node in root.walk()]
    ordered = tuple((node, node) for node in nodes if node.ranks)
    return SpanPairs(tuple((node, node) for node in nodes), ordered=ordered)


def _root_pairs(old: Trace, new: Trace, rounds: Sequence[Round]) -> list[NodePair]:
    """Pair the roots of two paired traces: they have equal keys in one of the rounds."""
    if len(old.roots) == 1:
        return [(old.roots[0], new.roots[0])]
    by_round = (
        [sorted(trace.roots, key=each.number) for trace in (old, new)]
        for each in rounds
        if each.trace(old) == each.trace(new)
    )
    return list(zip(*next(by_round), strict=True))


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
