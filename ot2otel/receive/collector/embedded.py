"""An embedded collector: Jaeger's agent, OTLP over HTTP, and the spans that arrived."""

from __future__ import annotations

from contextlib import ExitStack
from ssl import SSLContext

from ot2otel.model import Span
from ot2otel.outline import outline
from ot2otel.receive.collector.http import Limits, otlp_http
from ot2otel.receive.collector.store import Counts, Sink, SpanStore
from ot2otel.receive.collector.udp import JaegerAgent, jaeger_agent
from ot2otel.receive.destination import Condition, SpansMissing


class Collector:
    """Receives spans while its `with` block runs, and keeps them afterwards.

    It receives Jaeger's Thrift over UDP, and OTLP in protobuf or JSON over HTTP. It keeps at most `max_spans`
    spans, which take some `max_bytes` bytes of memory; a usual span takes 3 kB. Beyond either bound it drops
    the oldest trace, which `counts` shows; a trace that exceeds a bound alone keeps its first spans. Port 0
    takes a free one. With `tls`, a server's context, OTLP arrives over HTTPS. `limits` bound connections and
    requests. `sink` gets every message with spans, also those that are not kept. Entering raises ListenError
    if a port is taken.
    """

    stored_in = ""

    def __init__(
        self,
        host: str = "127.0.0.1",
        agent_port: int = 0,
        otlp_port: int = 0,
        max_spans: int = 100_000,
        max_bytes: int = 384 * 1024 * 1024,
        tls: SSLContext | None = None,
        limits: Limits | None = None,
        sink: Sink | None = None,
    ) -> None:
        self.host = host
        self._ports = agent_port, otlp_port
        self._tls = tls
        self._limits = limits or Limits()
        self._store = SpanStore(max_spans, max_bytes, sink)
        self._running = ExitStack()
        self._agent: JaegerAgent
        self._dropped_at_clear = 0

    def __enter__(self) -> Collector:
        agent_port, otlp_port = self._ports
        with ExitStack() as started:
            self._agent = started.enter_context(jaeger_agent(self._store, self.host, agent_port))
            self.otlp_port = started.enter_context(
                otlp_http(self._store, self.host, otlp_port, self._tls, self._limits)
            )
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def agent_port(self) -> int:
        """The UDP port of Jaeger's agent."""
        return self._agent.port

    @property
    def otlp_endpoint(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_ENDPOINT; exporters add `/v1/traces`."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.otlp_port}"

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans in the order of their arrival."""
        return self._store.spans

    @property
    def counts(self) -> Counts:
        """Messages and spans counted since the start or the last `clear`."""
        return self._store.counts(self._agent.dropped_datagrams() - self._dropped_at_clear)

    @property
    def problems(self) -> tuple[str, ...]:
        """The last hundred problems: each rejected message or span, and the reason."""
        return self._store.problems

    def clear(self) -> None:
        """Forget all spans, counts and problems."""
        self._dropped_at_clear = self._agent.dropped_datagrams()
        self._store.clear()

    def wait_for(
        self, condition: Condition, timeout: float = 5.0, expected: str = "spans"
    ) -> tuple[Span, ...]:
        """Return the spans as soon as they meet the condition; new spans are tested as they arrive.

        Raises SpansMissing after `timeout` seconds. Its text names `expected` ("3 spans of server-2") and
        shows the traces that did arrive.
        """
        met, spans = self._store.wait_for(condition, timeout)
        if met:
            return spans
        lines = [f"Waited {timeout:g} s for {expected}, got {len(spans)}:", outline(spans), *self._troubles()]
        raise SpansMissing("\n".join(lines))

    def _troubles(self) -> list[str]:
        losses = self.counts.losses
        return [f"{', '.join(losses)}.", *self.problems[-3:]] if losses else []
