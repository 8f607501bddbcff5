"""What a span is: OpenTelemetry's data model as frozen values, and traces as forests of them."""

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


class StatusCode(Enum):
    """How a span ended; the numbers are those of OTLP's `Status.StatusCode`."""

    UNSET = 0
    OK = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class KeyValues:
    """A map as an attribute's value (OTLP's `kvlist_value`), in the order it was sent."""

    items: tuple[tuple[str, AttributeValue], ...] = ()


# An absent value (OTLP's empty AnyValue) is None.
AttributeValue: TypeAlias = str | bool | int | float | bytes | tuple["AttributeValue", ...] | KeyValues | None
Attributes: TypeAlias = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class Status:
    """A span's status; `message` says why it is ERROR, and is kept as sent with any other code too."""

    code: StatusCode = StatusCode.UNSET
    message: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The instrumentation scope that made a span; OpenTracing has none, so its name is ""."""

    name: str = ""
    version: str = ""
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened during a span, at `time_ns` since the epoch."""

    name: str
    time_ns: int = 0
    attributes: Attributes = field(default_factory=dict)
    dropped_attributes: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A span's pointer to another one that is not its parent; ids as in `Span`."""

    trace_id: str
    span_id: str
    attributes: Attributes = field(default_factory=dict)
    trace_state: str = ""
    flags: int = 0
    dropped_attributes: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """One finished span, whichever library made it and whichever wire brought it.

    `trace_id` has 32 and `span_id` and `parent_id` have 16 lower-case hexadecimal digits; a 64-bit
    trace id is padded with zeros on the left. `parent_id` is "" where no parent is named. Times are
    nanoseconds since the epoch. `dropped_*` count what the sender says it left out.
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

    @property
    def service(self) -> str:
        """The resource's `service.name`, "" where it has none."""
        name = self.resource.get("service.name", "")
        return name if isinstance(name, str) else str(name)

    def resource_value(self, key: str, default: AttributeValue = None) -> AttributeValue:
        """Return a value of the resource wherever the exporter wrote it; `default` if nowhere.

        OpenTelemetry's Jaeger thrift exporter writes the resource as attributes of each span. What stands
        on the resource itself wins, even an empty value.
        """
        return self.resource.get(key, self.attributes.get(key, default))

    @property
    def duration_ns(self) -> int:
        """Nanoseconds from start to end; negative only where the sender's clock ran backwards."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Node:
    """A span and the spans it is the parent of, in the order of their start."""

    span: Span
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below it, parents first."""
        return (node for _, node in self.walk_with_depth())

    def walk_with_depth(self) -> Iterator[tuple[int, Node]]:
        """Yield the same nodes, each behind its depth: 0 for this one, 1 for its children."""
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
        """The roots that name a parent which is not there."""
        return tuple(root.span for root in self.roots if root.span.parent_id)

    def walk(self) -> Iterator[Node]:
        """Yield every node of the trace, parents before children, roots in the order of their start."""
        for root in self.roots:
            yield from root.walk()


def traces(spans: Iterable[Span]) -> tuple[Trace, ...]:
    """Return the traces that the spans make, in the order of their first start.

    A span whose parent is absent is a root, and so is one that descends from itself: a forest is
    made of whatever came, nothing is dropped. Of two spans with the same ids the first is the
    parent of what names them.
    """
    by_trace: dict[str, list[Span]] = {}
    for span in sorted(spans, key=_by_start):
        by_trace.setdefault(span.trace_id, []).append(span)
    return tuple(Trace(trace_id, _roots(members)) for trace_id, members in by_trace.items())


def _by_start(span: Span) -> tuple[int, int]:
    # Of two that start in the same tick the longer one is the outer one.
    return span.start_ns, -span.end_ns


def _roots(spans: list[Span]) -> tuple[Node, ...]:
    """Return the forest of one trace's spans, which come in the order of their start."""
    index: dict[str, int] = {}
    for position, span in enumerate(spans):
        index.setdefault(span.span_id, position)
    children: dict[int | None, list[int]] = {}
    for position, span in enumerate(spans):
        children.setdefault(index.get(span.parent_id) if span.parent_id else None, []).append(position)

    # Parents first. What no root reaches goes round in a circle, which is cut open at its first span.
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
