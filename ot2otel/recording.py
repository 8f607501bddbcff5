"""A recording: the spans and the answers of one run of any program, normalized for comparison."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Span

RUN_ID = "ot2otel.run"
STORED_IN_JAEGER = "jaeger"  # a value of `Recording.stored_in`

# The run and its processes. These keys are on the resource, or on the span if the thrift exporter sent it.
_OF_ONE_RUN = frozenset(
    {RUN_ID, "service.namespace", "service.instance.id", "process.pid", "process.parent_pid"}
)
# As Python writes it: `<Connection object at 0x7f12b6e0a2d0>`.
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b")
_TIME_OF_DAY = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:[A-Z][a-z]{2}) [ \d]\d \d\d:\d\d:\d\d \d{4}\b"
)


@dataclass(frozen=True, slots=True)
class Port:
    """A service's actual port in a run, and the port that the flow documents for it."""

    actual: int
    documented: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A client's request and its answer; `status` is the HTTP status code."""

    request: str
    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Recording:
    """One run of a program; for our own flows: one variant of a flow over one exporter.

    `ports` has an entry per service, `versions` one per distribution. `stored_in` is "jaeger" if the spans
    were read back from a running Jaeger. A recording from another tool's file has spans only; its `flow`,
    `variant` and `exporter` are "".
    """

    spans: tuple[Span, ...]
    flow: str = ""
    variant: str = ""
    exporter: str = ""
    answers: tuple[Answer, ...] = ()
    ports: Mapping[str, Port] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    stored_in: str = ""

    @property
    def label(self) -> str:
        """Variant and exporter, "" if both are unknown."""
        return "/".join(part for part in (self.variant, self.exporter) if part)

    def normalized_spans(self) -> tuple[Span, ...]:
        """Return the spans with normalized values, for values that vary between runs.

        Ports become the documented ones, and addresses of objects `0x0`. Attributes with the ids of the run
        or its processes are dropped. Span ids and times stay: nothing compares them.
        """
        return tuple(map(self.normalizer(), self.spans))

    def normalizer(self) -> Callable[[Span], Span]:
        """Return the function that normalizes a span of this recording.

        The ids of a run and its processes, and free ports, are masked in spans of the workbench's own runs
        only: those with a run id. In all others only the addresses of objects are masked.
        """
        text, own = _normalized_text(self.ports), bool(self.flow or self.ports)

        def normalized(span: Span) -> Span:
            if own or RUN_ID in span.resource or RUN_ID in span.attributes:
                return _normalized_span(span, text, self.ports)
            return _without_object_addresses(span)

        return normalized

    def normalized_answers(self) -> tuple[Answer, ...]:
        """Return the answers with times of day masked and ports replaced by the documented ones."""
        text = _normalized_text(self.ports)
        return tuple(
            replace(answer, request=text(answer.request), body=_TIME_OF_DAY.sub("<time>", text(answer.body)))
            for answer in self.answers
        )


def _without_object_addresses(span: Span) -> Span:
    """Mask the addresses of objects; nearly all spans have none, and are returned as they are."""
    if not (_has_address(span.attributes) or " at 0x" in span.status.message or _have_address(span.events)):
        return span

    def attributes(raw: Attributes) -> Attributes:
        return {
            key: _ADDRESS.sub("0x0", value) if isinstance(value, str) else value for key, value in raw.items()
        }

    return replace(
        span,
        status=replace(span.status, message=_ADDRESS.sub("0x0", span.status.message)),
        attributes=attributes(span.attributes),
        events=tuple(replace(event, attributes=attributes(event.attributes)) for event in span.events),
    )


def _has_address(attributes: Attributes) -> bool:
    for value in attributes.values():  # noqa: SIM110  # a generator takes twice as long, for each span of a file
        if type(value) is str and " at 0x" in value:
            return True
    return False


def _have_address(events: Iterable[Event]) -> bool:
    for event in events:  # noqa: SIM110  # see above
        if _has_address(event.attributes):
            return True
    return False


def _normalized_text(ports: Mapping[str, Port]) -> Callable[[str], str]:
    """Make the function that normalizes a string."""
    documented = {str(port.actual): str(port.documented) for port in ports.values()}
    if not documented:
        return lambda text: _ADDRESS.sub("0x0", text)
    port = re.compile(rf"(127\.0\.0\.1:|localhost:|\bport=)({'|'.join(documented)})\b")
    return lambda text: _ADDRESS.sub("0x0", port.sub(lambda match: match[1] + documented[match[2]], text))


def _normalized_span(span: Span, text: Callable[[str], str], ports: Mapping[str, Port]) -> Span:
    documented = {port.actual: port.documented for port in ports.values()}
    as_text = {str(actual): str(port) for actual, port in documented.items()}

    def value(key: str, raw: AttributeValue) -> AttributeValue:
        match raw:
            case str() if raw in as_text and key.rpartition(".")[2] == "port":
                return as_text[raw]  # as gRPC's libraries write it
            case str():
                return text(raw)
            case int() if key.rpartition(".")[2] == "port":
                return documented.get(raw, raw)
            case tuple():
                return tuple(value(key, item) for item in raw)
            case KeyValues():
                return KeyValues(tuple((name, value(name, item)) for name, item in raw.items))
            case _:
                return raw

    def attributes(raw: Attributes) -> Attributes:
        return {key: value(key, item) for key, item in raw.items() if key not in _OF_ONE_RUN}

    return replace(
        span,
        status=replace(span.status, message=text(span.status.message)),
        attributes=attributes(span.attributes),
        resource=attributes(span.resource),
        events=tuple(replace(event, attributes=attributes(event.attributes)) for event in span.events),
        links=tuple(replace(link, attributes=attributes(link.attributes)) for link in span.links),
    )
