"""Forms: the traces of one side as trees without ids and times, interned so that equal trees are one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from ot2otel.compare.facts import (
    BACKWARDS,
    EARLY,
    LATE,
    NO_DURATION,
    NOT_UNIQUE,
    SHORT,
    Content,
    Contents,
)
from ot2otel.compare.forest import (
    Placement,
    SpanId,
    SpanRow,
    placement_of,
    ranks_of,
    sort,
)
from ot2otel.model import Kind, Span

# The coarsest clock: jaeger-client truncates start and duration to microseconds, separately.
CLOCK_TOLERANCE_NS = 2_000

ROOT = "a root"
ORPHAN = "named, but not recorded"
CHILD = "a child"

NOT_HERE = "a span outside the recording"


class Node:
    """A span and its children as one value: equal ones are one object, with one number.

    `parent` is ROOT, ORPHAN or CHILD. The children are in the order of their numbers. `ranks` has a number
    per child if some ran strictly one after the other: those with the same rank overlap; else it is empty.
    """

    __slots__ = ("children", "content", "number", "parent", "ranks", "size")

    def __init__(
        self,
        content: Content,
        parent: str,
        children: tuple[Node, ...],
        ranks: tuple[int, ...],
        number: int,
    ) -> None:
        self.content = content
        self.parent = parent
        self.children = children
        self.ranks = ranks
        self.number = number
        self.size = 1
        for child in children:
            self.size += child.size

    def walk(self) -> Iterator[Node]:
        """Yield this node and all its descendants, parents first."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


class LinkTo(NamedTuple):
    """A link of a span: the content of the span that has it, its number there, and its target's ids."""

    content: Content
    number: int
    target: SpanId


class Trace(NamedTuple):
    """One trace of a side, or one tree of it. `links` are those to a span of the recording.

    `own_id` is the id of a tree that counts as a part of another trace, else "".
    """

    trace_id: str
    roots: tuple[Node, ...]
    links: tuple[LinkTo, ...] = ()
    own_id: str = ""

    @property
    def size(self) -> int:
        """The number of spans."""
        return sum(root.size for root in self.roots)


class Placed(NamedTuple):
    """A span with its node; `parent` is the place of its parent in the list, -1 for a root."""

    span: Span
    node: Node
    parent: int


class _Forest(NamedTuple):
    """The spans of one trace by their numbers in `placement`, with their nodes."""

    placement: Placement
    nodes: Mapping[int, Node]
    links: Sequence[LinkTo]


@dataclass(slots=True)
class Side:
    """The traces of one recording, and what is wrong with it by itself."""

    traces: list[Trace] = field(default_factory=list)
    # How many spans have this content.
    counts: Counter[Content] = field(default_factory=Counter)
    parents: Counter[str] = field(default_factory=Counter)
    # The content of each span to which a link points.
    linked: dict[SpanId, Content] = field(default_factory=dict)
    # The URLs of the schemas that each service names.
    schemas: dict[str, set[str]] = field(default_factory=dict)
    duplicates: int = 0
    cycles: int = 0

    @property
    def spans(self) -> int:
        """The number of spans."""
        return self.counts.total()


class Forms:
    """Interns the nodes of both sides: `before` and `after` must share one."""

    def __init__(self) -> None:
        self.contents = Contents()
        # The first node of each content, by its parent, and all others.
        self._first: Mapping[str, dict[Content, Node]] = {ROOT: {}, ORPHAN: {}, CHILD: {}}
        self._others: dict[object, Node] = {}
        self._count = 0

    def side(self, spans: Iterable[Span]) -> Side:
        """Read the spans of one side, each once; no span is kept."""
        rows: dict[str, list[SpanRow]] = {}
        linked: set[SpanId] = set()
        schemas: dict[str, set[str]] = {}
        of = self.contents.of
        for span in spans:
            links: tuple[SpanId, ...] = ()
            if span.links:
                links = _targets(span)
                linked.update(links)
            content = of(span, targets=links)
            if span.scope.schema_url or span.resource_schema_url:
                schemas.setdefault(content.service, set()).update(_schemas(span))
            row = SpanRow(span.span_id, span.parent_id, span.start_ns, span.end_ns, content, links)
            found = rows.get(span.trace_id)
            if found is None:
                rows[span.trace_id] = [row]
            else:
                found.append(row)
        side = self._side(rows, linked)
        side.schemas = schemas
        return side

    def _side(self, rows: dict[str, list[SpanRow]], linked: set[SpanId]) -> Side:
        side = Side()
        targets = _names_of(linked, rows) if linked else {}
        # Traces that start in the same tick come in the order of their ids: that of the file must not matter.
        for _, trace_id in sorted((min(map(_START, found)), trace_id) for trace_id, found in rows.items()):
            side.traces.append(self._trace(trace_id, rows.pop(trace_id), targets, side))
        return side

    def placed(self, spans: Sequence[Span], side: Side) -> list[Placed]:
        """Return the spans of one trace of a side that was read, with their nodes; parents come first."""
        rows: list[SpanRow] = []
        span_of: dict[int, Span] = {}
        for span in spans:
            links = _targets(span)
            content = self.contents.of(span, targets=links)
            row = SpanRow(span.span_id, span.parent_id, span.start_ns, span.end_ns, content, links)
            rows.append(row)
            span_of[id(row)] = span
        targets = {
            target: _named(side.linked[target])
            for row in rows
            for target in row.links
            if target in side.linked
        }
        forest = self._forest(spans[0].trace_id, rows, targets, Side())
        order, above = forest.placement.order, forest.placement.above
        places = {number: place for place, number in enumerate(order)}
        return [
            Placed(span_of[id(rows[number])], forest.nodes[number], places.get(above[number], -1))
            for number in order
        ]

    def _trace(self, trace_id: str, rows: list[SpanRow], targets: dict[SpanId, str], side: Side) -> Trace:
        forest = self._forest(trace_id, rows, targets, side)
        nodes, roots = forest.nodes, forest.placement.roots
        return Trace(
            trace_id,
            tuple(sorted((nodes[root] for root in roots), key=_number))
            if len(roots) > 1
            else (nodes[roots[0]],),
            tuple(forest.links),
        )

    def _forest(
        self, trace_id: str, rows: list[SpanRow], targets: Mapping[SpanId, str], side: Side
    ) -> _Forest:
        """Return the nodes of the rows, which it sorts, and count in `side`."""
        placement = placement_of(rows)
        first, above, children = placement.first, placement.above, placement.children
        side.duplicates += len(rows) - len(first)
        side.cycles += placement.cycles
        nodes: dict[int, Node] = {}
        counts, parents = side.counts, side.parents
        links: list[LinkTo] = []
        for position in reversed(placement.order):
            row, parent = rows[position], above[position]
            content = self._placed(row, rows[parent] if parent >= 0 else None)
            if first[row.span_id] != position:
                content = self.contents.with_ids(content, NOT_UNIQUE)
            if row.links:
                content = self._linked(trace_id, row, content, targets, links)
            if targets and (trace_id, row.span_id) in targets and first[row.span_id] == position:
                side.linked[trace_id, row.span_id] = content
            # A counter asks Python for what it has not counted yet, which takes longer.
            counts[content] = counts.get(content, 0) + 1
            relation = CHILD if parent >= 0 else ORPHAN if row.parent_id else ROOT
            parents[relation] += 1
            below = children[position]
            if below:
                nodes[position] = self._node(
                    content, relation, [(rows[child], nodes[child]) for child in below]
                )
            else:
                nodes[position] = self._interned(content, relation, (), ())
        return _Forest(placement, nodes, links)

    def _interned(
        self, content: Content, parent: str, children: tuple[Node, ...], ranks: tuple[int, ...]
    ) -> Node:
        # Most contents that vary are in one node: it needs no key of its own.
        first = self._first[parent]
        node = first.get(content)
        if node is None:
            node = first[content] = self._new(content, parent, children, ranks)
        elif node.children != children or node.ranks != ranks:
            key = (content, parent, children, ranks)
            known = self._others.get(key)
            node = known or self._others.setdefault(key, self._new(content, parent, children, ranks))
        return node

    def _new(self, content: Content, parent: str, children: tuple[Node, ...], ranks: tuple[int, ...]) -> Node:
        self._count += 1
        return Node(content, parent, children, ranks, self._count)

    def _node(self, content: Content, relation: str, below: list[tuple[SpanRow, Node]]) -> Node:
        if len(below) == 1:
            ranks: tuple[int, ...] = ()
            children: tuple[Node, ...] = (below[0][1],)
        else:
            ranked = sorted(
                (
                    (node, rank)
                    for rank, node in zip(
                        ranks_of([row for row, _ in below]), (n for _, n in below), strict=True
                    )
                ),
                key=lambda entry: (entry[0].number, entry[1]),
            )
            children = tuple(node for node, _ in ranked)
            ranks = tuple(rank for _, rank in ranked)
            if not any(ranks):
                ranks = ()
        return self._interned(content, relation, children, ranks)

    def _placed(self, row: SpanRow, parent: SpanRow | None) -> Content:
        """Return the content of a span with its oddities in time."""
        lasted = row.end_ns - row.start_ns
        inside = (
            parent is None
            or parent.start_ns - row.start_ns <= CLOCK_TOLERANCE_NS >= row.end_ns - parent.end_ns
        )
        text = "" if parent is None or inside else _exceeds(row, parent)
        if lasted <= CLOCK_TOLERANCE_NS:
            own = BACKWARDS if lasted < 0 else SHORT if lasted else NO_DURATION
            text = own if not text else text if own is SHORT else f"{text}, {own}"
        return self.contents.with_time(row.content, text) if text else row.content

    def _linked(
        self,
        trace_id: str,
        row: SpanRow,
        content: Content,
        targets: Mapping[SpanId, str],
        links: list[LinkTo],
    ) -> Content:
        """Return the content with the targets of its links as they are compared: not by their ids."""
        texts = []
        for target in row.links:
            if target not in targets:
                texts.append(NOT_HERE)
            else:
                where = "of this trace" if target[0] == trace_id else "of another trace"
                texts.append(f"{targets[target]}, {where}")
        content = self.contents.with_targets(content, texts)
        links += [
            LinkTo(content, number, target) for number, target in enumerate(row.links) if target in targets
        ]
        return content


_START = attrgetter("start_ns")


def _schemas(span: Span) -> Iterator[str]:
    return filter(None, (span.scope.schema_url, span.resource_schema_url))


def _number(node: Node) -> int:
    return node.number


def _targets(span: Span) -> tuple[SpanId, ...]:
    return tuple((link.trace_id, link.span_id) for link in span.links)


def _named(content: Content) -> str:
    return f"{content.service}: {content.name}"


def _names_of(linked: set[SpanId], rows: Mapping[str, list[SpanRow]]) -> dict[SpanId, str]:
    """Name each span to which a link points: its service and its name; of several with one id, the first."""
    found: dict[SpanId, list[SpanRow]] = defaultdict(list)
    for trace_id, of_trace in rows.items():
        for row in of_trace:
            if (trace_id, row.span_id) in linked:
                found[trace_id, row.span_id].append(row)
    for same_id in found.values():
        sort(same_id)
    return {target: _named(same_id[0].content) for target, same_id in found.items()}


def _exceeds(row: SpanRow, parent: SpanRow) -> str:
    """Tell how a span exceeds its parent in time.

    After an asynchronous hand-off it may. The clocks of two hosts differ, so nothing is told of them.
    """
    early = parent.start_ns - row.start_ns > CLOCK_TOLERANCE_NS
    late = row.end_ns - parent.end_ns > CLOCK_TOLERANCE_NS
    if not (early or late) or not _one_clock(row.content, parent.content) or _handed_over(row, parent):
        return ""
    return f"{EARLY}, {LATE}" if early and late else EARLY if early else LATE


def _one_clock(one: Content, other: Content) -> bool:
    if one.resource is other.resource:
        return True
    return one.resource.host is not None and one.resource.host == other.resource.host


def _handed_over(child: SpanRow, parent: SpanRow) -> bool:
    """Tell an asynchronous hand-off by the kinds of messaging, or by a link to the parent."""
    linked = any(target[1] == parent.span_id for target in child.links)
    return linked or child.content.kind is Kind.CONSUMER or parent.content.kind is Kind.PRODUCER
