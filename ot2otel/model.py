"""Spans as frozen values in OpenTelemetry's data model, and traces as forests of spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Kind(Enum):
    """A span's role; the numbers are those of OTLP's `SpanKind`."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5

    # Members are single objects; Enum's own hash is slow.
    __hash__ = object.__hash__


class StatusCode(Enum):
    """How a span ended; the numbers are those of OTLP's `Status.StatusCode`."""

    UNSET = 0
    OK = 1
    ERROR = 2

    __hash__ = object.__hash__  # as Kind's


@dataclass(frozen=True, slots=True)
class KeyValues:
    """A map as an attribute's value (OTLP's `kvlist_value`), in the order it was sent."""

    items: tuple[tuple[str, AttributeValue], ...] = ()


# An absent value (OTLP's empty AnyValue) is None.
AttributeValue: TypeAlias = str | bool | int | float | bytes | tuple["AttributeValue", ...] | KeyValues | None
Attributes: TypeAlias = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Status:
    """A span's status; `message` explains an ERROR, and is kept with any other code as well."""

    code: StatusCode = StatusCode.UNSET
    message: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The instrumentation scope that made a span; OpenTracing has none, so its name is "".

    `schema_url` is the schema that the names of its spans follow, "" if none is told.
    """

    name: str = ""
    version: str = ""
    attributes: Attributes = field(default_factory=dict)
    schema_url: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event during a span, at `time_ns` nanoseconds since the epoch."""

    name: str
    time_ns: int = 0
    attributes: Attributes = field(default_factory=dict)
    dropped_attributes: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A span's pointer to another span beside its parent; ids as in `Span`."""

    trace_id: str
    span_id: str
    attributes: Attributes = field(default_factory=dict)
    trace_state: str = ""
    flags: int = 0
    dropped_attributes: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """One finished span, from any library and over any wire format.

    `trace_id` has 32 lower-case hexadecimal digits; `span_id` and `parent_id` have 16. A 64-bit trace id is
    padded with zeros on the left. `parent_id` is "" if the span names no parent. Times are nanoseconds
    since the epoch. `dropped_*` are the sender's counts of attributes, events and links that it dropped.
    `resource_schema_url` is the schema of the resource's names, "" if none is told.
    """

    trace_id: str
    span_id: str
    name: str
    parent_id: str = ""
    kind: Kind = Kind.UNSPECIFIED
    start_ns: int = 0
    end_ns: int = 0
    status: Status = Status()
    attributes: Attributes = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    resource: Attributes = field(default_factory=dict)
    scope: Scope = Scope()
    trace_state: str = ""
    flags: int = 0
    dropped_attributes: int = 0
    dropped_events: int = 0
    dropped_links: int = 0
    resource_schema_url: str = ""

    @property
    def service(self) -> str:
        """The resource's `service.name`, "" if it has none."""
        name = self.resource.get("service.name", "")
        return name if isinstance(name, str) else str(name)

    def resource_value(self, key: str, default: AttributeValue = None) -> AttributeValue:
        """Return a value of the resource, also if the exporter wrote it on the span; else `default`.

        OpenTelemetry's Jaeger thrift exporter writes the resource as attributes of each span. A value on the
        resource itself wins, even an empty one.
        """
        return self.resource.get(key, self.attributes.get(key, default))

    @property
    def duration_ns(self) -> int:
        """Nanoseconds from start to end; negative only if the sender's clock ran backwards."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Node:
    """A span and its children, in the order of their start."""

    span: Span
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and all its descendants, parents first."""
        return (node for _, node in self.walk_with_depth())

    def walk_with_depth(self) -> Iterator[tuple[int, Node]]:
        """Yield the same nodes, each with its depth: 0 for this one, 1 for its children."""
        # Not recursive: a trace may be deeper than Python's stack.
        pending = [(0, self)]
        while pending:
            depth, node = pending.pop()
            yield depth, node
            pending.extend((depth + 1, child) for child in reversed(node.children))


@dataclass(frozen=True, slots=True)
class Trace:
    """All spans of one trace id as a forest: more than one root means that the trace is broken."""

    trace_id: str
    roots: tuple[Node, ...]

    @property
    def orphans(self) -> tuple[Span, ...]:
        """The spans that name a parent which is absent."""
        return self._roots_with_parents(present=False)

    @property
    def circles(self) -> tuple[Span, ...]:
        """The spans that descend from themselves: one of each circle, the root at which it was cut."""
        return self._roots_with_parents(present=True)

    def _roots_with_parents(self, *, present: bool) -> tuple[Span, ...]:
        roots = tuple(root.span for root in self.roots if root.span.parent_id)
        ids = {node.span.span_id for node in self.walk()} if roots else frozenset[str]()
        return tuple(span for span in roots if (span.parent_id in ids) is present)

    def walk(self) -> Iterator[Node]:
        """Yield every node of the trace, parents before children, roots in the order of their start."""
        for root in self.roots:
            yield from root.walk()


def traces(spans: Iterable[Span]) -> tuple[Trace, ...]:
    """Return the traces of the spans, in the order of their first start.

    No span is dropped. A span with an absent parent is a root, and so is a span that descends from itself:
    `Trace.circles` tells which.
    If two spans have the same ids, the first is the parent of the spans that name these ids.
    """
    by_trace: dict[str, list[Span]] = {}
    for span in sorted(spans, key=_by_start):
        by_trace.setdefault(span.trace_id, []).append(span)
    return tuple(Trace(trace_id, _roots(members)) for trace_id, members in by_trace.items())


def _by_start(span: Span) -> tuple[int, int]:
    # If two start in the same tick, the longer one is the outer one.
    return span.start_ns, -span.end_ns


def _roots(spans: list[Span]) -> tuple[Node, ...]:
    """Return the forest of one trace; `spans` are in the order of their start."""
    index: dict[str, int] = {}
    for position, span in enumerate(spans):
        index.setdefault(span.span_id, position)
    children: dict[int | None, list[int]] = {}
    for position, span in enumerate(spans):
        children.setdefault(index.get(span.parent_id) if span.parent_id else None, []).append(position)

    # Parents first. Spans that no root reaches form a circle, which is cut at its first span.
    roots = set(children.get(None, ()))
    order: list[int] = []
    seen: set[int] = set()
    for start in [*sorted(roots), *range(len(spans))]:
        if start in seen:
            continue
        roots.add(start)
        pending = [start]
        while pending:
            position = pending.pop()
            if position not in seen:
                seen.add(position)
                order.append(position)
                pending.extend(children.get(position, ()))

    nodes: dict[int, Node] = {}
    for position in reversed(order):
        below = (nodes[child] for child in children.get(position, ()) if child not in roots)
        nodes[position] = Node(spans[position], tuple(below))
    return tuple(nodes[root] for root in sorted(roots))
