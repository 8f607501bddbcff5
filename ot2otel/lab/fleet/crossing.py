"""The properties that a trace keeps between two services: the requests that show them, and their cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ot2otel.headers.settings import Setting
from ot2otel.model import Span

GREETING = "Salut"  # server-2's greeting if the baggage arrives; its own is "Hello"


class Property(Enum):
    """A property that a trace should keep on its way from server-1 to server-2.

    `summary` describes the property, `loss` the effect of its loss.
    """

    JOINED = (
        "joined",
        "J",
        "server-2's span is in server-1's trace",
        "the called service starts a new trace",
    )
    PARENT = (
        "parent",
        "P",
        "its parent is the span that called it",
        "the called service's span has a wrong parent",
    )
    BAGGAGE = (
        "baggage",
        "B",
        "the caller's baggage reached server-2",
        "the caller's baggage does not arrive",
    )
    SAMPLED = (
        "sampled",
        "S",
        "sampled=1 from the caller: recorded, in the caller's trace",
        "a request with sampled=1 is not recorded in the caller's trace",
    )
    UNSAMPLED = (
        "unsampled",
        "U",
        "sampled=0 from the caller: nothing recorded",
        "a request with sampled=0 is recorded",
    )
    IDS_KEPT = (
        "ids_kept",
        "I",
        "trace ids of 64 bits or with leading zeros arrive complete",
        "a trace id of 64 bits or with leading zeros does not arrive complete",
    )
    DEBUG_KEPT = (
        "debug_kept",
        "D",
        "the caller's debug flag reached server-2",
        "the caller's debug flag does not arrive",
    )
    NO_FALSE_DEBUG = (
        "no_false_debug",
        "N",
        "server-2 got a debug flag only if the caller set it",
        "a debug flag arrives although the caller did not set it",
    )

    def __init__(self, key: str, mark: str, summary: str, loss: str) -> None:
        self.key = key
        self.mark = mark
        self.summary = summary
        self.loss = loss


class Probe(Enum):
    """A request to server-1, named for the headers that its caller sends.

    The caller sends the same context in all formats at once, so each server-1 finds a format that it reads.
    A short id has 64 bits. Leading zeros are left out of the headers in which jaeger-client omits them.
    """

    ROOT = "root", ""
    SAMPLED = "sampled", "4bf92f3577b34da6a3ce929d0e0e4736"
    UNSAMPLED = "unsampled", "5bf92f3577b34da6a3ce929d0e0e4736"
    PADDED = "padded", "0af7651916cd43dd8448eb211c80319c"
    SHORT = "short", "0af7651916cd43dd"
    DEBUG = "debug", "6bf92f3577b34da6a3ce929d0e0e4736"

    def __init__(self, key: str, id_in_headers: str) -> None:
        self.key = key
        self.id_in_headers = id_in_headers

    @property
    def trace_id(self) -> str:
        """The id of the caller's trace, as a span has it."""
        return self.id_in_headers.zfill(32)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that the caller sends; none if the trace starts at server-1."""
        if self is Probe.ROOT:
            return {}
        span_id = "00f067aa0ba902b7"
        sampled = int(self is not Probe.UNSAMPLED)
        debug = self is Probe.DEBUG
        return {
            "traceparent": f"00-{self.trace_id}-{span_id}-0{sampled}",
            "uber-trace-id": f"{int(self.trace_id, 16):x}:{int(span_id, 16):x}:0:{3 if debug else sampled}",
            "b3": f"{self.id_in_headers}-{span_id}-{'d' if debug else sampled}",
            "x-b3-traceid": self.id_in_headers,
            "x-b3-spanid": span_id,
            # B3 allows only one of them: debug implies sampled.
            **({"x-b3-flags": "1"} if debug else {"x-b3-sampled": str(sampled)}),
            "baggage": f"greeting={GREETING}",
            "uberctx-greeting": GREETING,
        }


@dataclass(frozen=True, slots=True)
class Sighting:
    """One request: its spans that arrived, and server-2's answer.

    `debug` is whether server-2's extractor finds a debug flag in the headers that server-2 got. A
    span has no such flag: Jaeger does not store it.
    """

    server_1: Span | None = None
    client: Span | None = None
    server_2: Span | None = None
    answer: str = ""
    debug: bool = False

    @property
    def complete(self) -> bool:
        """Whether every span of the request arrived."""
        return None not in (self.server_1, self.client, self.server_2)

    @property
    def empty(self) -> bool:
        """Whether no span of the request arrived."""
        return (self.server_1, self.client, self.server_2) == (None, None, None)

    @property
    def joined(self) -> bool:
        """Whether server-2 continued server-1's trace."""
        return bool(self.server_1 and self.server_2 and self.server_1.trace_id == self.server_2.trace_id)

    @property
    def parent(self) -> bool:
        """Whether server-2's span is a child of the client span, and that is a child of server-1's span."""
        return bool(
            self.joined
            and self.server_1
            and self.client
            and self.server_2
            and self.client.parent_id == self.server_1.span_id
            and self.server_2.parent_id == self.client.span_id
        )

    def in_trace(self, trace_id: str) -> bool:
        """Whether server-2 recorded its span in the trace."""
        return self.server_2 is not None and self.server_2.trace_id == trace_id


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair of the matrix: server-1 with `caller`, server-2 with `callee`, and the kept properties."""

    caller: Setting
    callee: Setting
    kept: frozenset[Property]

    @property
    def lost(self) -> tuple[Property, ...]:
        """The properties that are not kept, in their order."""
        return tuple(each for each in Property if each not in self.kept)

    @property
    def makes_one_trace(self) -> bool:
        """Whether the pair makes one trace of the right shape."""
        return {Property.JOINED, Property.PARENT} <= self.kept


def judge(caller: Setting, callee: Setting, seen: Mapping[Probe, Sighting]) -> Cell:
    """Return the cell for the requests between two services; each probe was sent once."""
    sampled, debug = seen[Probe.SAMPLED], seen[Probe.DEBUG]
    arrived = sampled.in_trace(Probe.SAMPLED.trace_id)
    found = {
        Property.JOINED: seen[Probe.ROOT].joined,
        Property.PARENT: seen[Probe.ROOT].parent,
        Property.BAGGAGE: sampled.answer.startswith(f"{GREETING} "),
        Property.SAMPLED: arrived,
        Property.UNSAMPLED: seen[Probe.UNSAMPLED].empty,
        Property.IDS_KEPT: all(seen[probe].in_trace(probe.trace_id) for probe in (Probe.PADDED, Probe.SHORT)),
        Property.DEBUG_KEPT: debug.in_trace(Probe.DEBUG.trace_id) and debug.debug,
        Property.NO_FALSE_DEBUG: arrived and not sampled.debug,
    }
    return Cell(caller, callee, frozenset(each for each, kept in found.items() if kept))


def sightings(
    spans: Iterable[Span], answers: Mapping[str, str], debug: Mapping[str, bool]
) -> dict[str, Sighting]:
    """Return the sightings by the name in the request; `answers` has every name.

    The name is in server-1's `hello.name`, or its path where only Flask's instrumentation made the span, and
    in the query of the request to server-2.
    """
    server_1: dict[str, Span] = {}
    server_2: dict[str, Span] = {}
    children: dict[tuple[str, str], Span] = {}
    for span in spans:
        if span.name == "server-1":
            server_1[str(span.attributes.get("hello.name"))] = span
        elif span.name == "GET /<name>":
            server_1[str(span.attributes.get("url.path"))[1:]] = span
        elif span.name in ("server-2", "POST /"):
            server_2[_query(span)] = span
        else:
            children[span.trace_id, span.parent_id] = span
    return {
        name: Sighting(
            (first := server_1.get(name)),
            children.get((first.trace_id, first.span_id)) if first else None,
            server_2.get(name),
            answer,
            debug.get(name, False),
        )
        for name, answer in answers.items()
    }


def _query(span: Span) -> str:
    # OpenTelemetry has an attribute for the query, OpenTracing only the complete URL.
    url = str(span.attributes.get("http.url", ""))
    return str(span.attributes.get("url.query") or url.partition("?")[2])
