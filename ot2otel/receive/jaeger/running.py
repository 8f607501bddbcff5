"""A running Jaeger as a destination: the spans of one run are found among all others."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ot2otel.model import Span
from ot2otel.outline import outline
from ot2otel.receive.destination import Condition, SpansMissing
from ot2otel.receive.jaeger.query import JaegerError, JaegerQuery
from ot2otel.recording import STORED_IN_JAEGER

_MOST_TRACES = 5000
DAY = 24 * 3600.0  # seconds
_AT_ONCE = 50  # trace ids in one question: 2 kB of URL
_PAUSE = 0.2  # seconds between two looks


@dataclass(frozen=True, slots=True)
class RunningJaeger:
    """A running Jaeger's addresses: its UI and query API (`url`), its agent over UDP, its OTLP.

    `grpc_endpoint` is its OTLP over gRPC, "" if it takes none.
    """

    url: str
    agent_host: str
    agent_port: int
    otlp_endpoint: str
    grpc_endpoint: str = ""


class RunInJaeger:
    """One run's spans in a Jaeger: those that have all of `tags`, on the resource or on the span itself.

    It looks only at traces of `services` that began at `since_ns` (nanoseconds since the epoch) or later, and
    not more than `look_back` seconds ago. Entering raises JaegerError if there is no Jaeger.
    """

    stored_in = STORED_IN_JAEGER

    def __init__(
        self,
        jaeger: RunningJaeger,
        services: Sequence[str],
        tags: Mapping[str, str],
        since_ns: int,
        look_back: float = DAY,
        pause: float = _PAUSE,
        timeout: float = 5.0,
    ) -> None:
        self.host = jaeger.agent_host
        self.agent_port = jaeger.agent_port
        self.otlp_endpoint = jaeger.otlp_endpoint
        self.grpc_endpoint = jaeger.grpc_endpoint
        self._query = JaegerQuery(jaeger.url, timeout)
        self._services = services
        self._tags = tags
        self._since_ns = since_ns
        self._look_back_ns = int(look_back * 1e9)
        self._pause = pause
        self._spans: tuple[Span, ...] = ()

    def __enter__(self) -> RunInJaeger:
        self._query.check()
        return self

    def __exit__(self, *_: object) -> None:
        self._query.close()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans that the last `look` found."""
        return self._spans

    def look(self) -> tuple[Span, ...]:
        """Return the spans that are stored now; raise JaegerError."""
        traces: dict[str, list[Span]] = {}
        since_ns = max(self._since_ns, time.time_ns() - self._look_back_ns)
        for service in self._services:
            found: dict[str, list[Span]] = {}
            decoded = self._query.traces(service, self._tags, since_ns, _MOST_TRACES)
            for span in decoded.spans:
                found.setdefault(span.trace_id, []).append(span)
            for trace_id, spans in found.items():
                # Between two queries more spans of a trace may have arrived.
                traces[trace_id] = max(traces.get(trace_id, []), spans, key=len)
        self._spans = tuple(span for spans in traces.values() for span in spans if self._is_ours(span))
        return self._spans

    def wait_for(
        self, condition: Condition, timeout: float = 5.0, expected: str = "spans"
    ) -> tuple[Span, ...]:
        """Return the spans when they meet the condition and the next look finds no more of them.

        After an unusable answer it tries again. After `timeout` seconds it raises JaegerError if the last
        answer was unusable, else SpansMissing, with `expected` and the traces that did arrive.
        """
        deadline = time.monotonic() + timeout
        while True:
            seen = len(self._spans)
            problem = self._try_to_look()
            met = not problem and condition(self._spans)
            if met and len(self._spans) == seen:
                return self._spans
            if time.monotonic() > deadline:
                break
            time.sleep(self._pause)
        if problem:
            raise problem
        if met:
            return self._spans
        raise SpansMissing(
            f"Waited {timeout:g} s for {expected} in {self._query.url}, got:\n{outline(self._spans)}"
        )

    def has_others(self) -> bool:
        """Tell whether Jaeger has a span of the run's services and tags, whatever `look` selects."""
        since_ns = max(self._since_ns, time.time_ns() - self._look_back_ns)
        return any(
            self._is_ours(span)
            for service in self._services
            for span in self._query.traces(service, self._tags, since_ns, 1).spans
        )

    def _try_to_look(self) -> JaegerError | None:
        try:
            self.look()
        except JaegerError as error:
            return error
        return None

    def _is_ours(self, span: Span) -> bool:
        return span.start_ns >= self._since_ns and self._has_tags(span)

    def _has_tags(self, span: Span) -> bool:
        return all(span.resource_value(key) == value for key, value in self._tags.items())


class TracesInJaeger(RunInJaeger):
    """The same, but only the traces with these ids: those of one's own requests.

    `RunInJaeger` would find the traces of all others' requests to the same services as well.
    """

    def __init__(
        self,
        jaeger: RunningJaeger,
        services: Sequence[str],
        tags: Mapping[str, str],
        since_ns: int,
        trace_ids: Sequence[str],
    ) -> None:
        super().__init__(jaeger, services, tags, since_ns)
        self._trace_ids = trace_ids

    def look(self) -> tuple[Span, ...]:
        """Return the spans of the traces that are stored now; raise JaegerError."""
        found: list[Span] = []
        for start in range(0, len(self._trace_ids), _AT_ONCE):
            asked = self._trace_ids[start : start + _AT_ONCE]
            found += self._query.traces_by_id(asked).spans
        self._spans = tuple(span for span in found if self._has_tags(span))
        return self._spans
