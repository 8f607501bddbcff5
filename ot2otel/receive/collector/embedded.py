"""An embedded collector: the ways in that a tracer knows, and the spans that arrived."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from ssl import SSLContext

from ot2otel.model import Span
from ot2otel.outline import outline
from ot2otel.receive.collector.grpc import is_installed, otlp_grpc
from ot2otel.receive.collector.http import Grpc, Limits, http_server
from ot2otel.receive.collector.listening import reached_at
from ot2otel.receive.collector.port_numbers import Ports
from ot2otel.receive.collector.store import Counts, Observations, Sink, SpanStore
from ot2otel.receive.collector.udp import JaegerAgent, jaeger_agent
from ot2otel.receive.destination import Condition, SpansMissing


class Collector:
    """Receives spans while its `with` block runs, and keeps them afterwards.

    It receives Jaeger's Thrift over UDP, and OTLP in protobuf or JSON over HTTP; `ports` may open more ways
    in, and has the ports in use once it runs. It listens on the address `host`; "0.0.0.0" is all addresses of
    this machine (see `warning`). It keeps at most `max_spans` spans, which take some `max_bytes` bytes of
    memory; a usual span takes 3 kB. Beyond either bound it drops the oldest trace, which `counts` shows; a
    trace that exceeds a bound alone keeps its first spans. With `tls`, a server's context, HTTP is HTTPS;
    gRPC is not encrypted. `limits` bound connections and requests. `sink` gets every message with spans, also
    those that are not kept. Entering raises ListenError if a port is taken.
    """

    stored_in = ""

    def __init__(
        self,
        host: str = "127.0.0.1",
        ports: Ports | None = None,
        max_spans: int = 100_000,
        max_bytes: int = 384 * 1024 * 1024,
        tls: SSLContext | None = None,
        limits: Limits | None = None,
        sink: Sink | None = None,
    ) -> None:
        self.host = reached_at(host)
        self.ports = ports or Ports()
        self._address = host
        self._tls = tls
        self._limits = limits or Limits()
        self._store = SpanStore(max_spans, max_bytes, sink)
        self._running = ExitStack()
        self._agents: list[JaegerAgent]
        self._dropped_at_clear = 0

    def __enter__(self) -> Collector:
        ports = self.ports
        with ExitStack() as started:
            self._agents = [
                started.enter_context(jaeger_agent(self._store, self._address, port))
                for port in (ports.agent, ports.binary)
                if port is not None
            ]
            ports = replace(ports, agent=self._agents[0].port)
            if ports.binary is not None:
                ports = replace(ports, binary=self._agents[1].port)
            if ports.grpc is not None and is_installed():
                in_use = started.enter_context(otlp_grpc(self._store, self._address, ports.grpc))
                ports = replace(ports, grpc=in_use)
            self.ports = self._start_http(started, ports)
            self._running = started.pop_all()
        return self

    def _start_http(self, started: ExitStack, ports: Ports) -> Ports:
        """Start all that speaks HTTP/1.1, and return the ports in use."""
        names = ["otlp", "thrift", "sampling", *(() if is_installed() else ("grpc",))]
        wanted = {name: port for name in names if (port := getattr(ports, name)) is not None}
        is_served = ports.grpc is not None and is_installed()
        grpc = Grpc((self.host, ports.grpc or 0) if is_served else None, _grpc_advice(ports.grpc))
        server = http_server(
            self._store, self._address, tuple(wanted.values()), self._tls, self._limits, grpc
        )
        return replace(ports, **dict(zip(wanted, started.enter_context(server), strict=True)))

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def agent_port(self) -> int:
        """The UDP port of Jaeger's agent."""
        return self.ports.agent

    @property
    def otlp_port(self) -> int:
        """The port of OTLP over HTTP."""
        return self.ports.otlp

    @property
    def serves_grpc(self) -> bool:
        """Whether OTLP over gRPC is received: its port is open, and grpcio is there."""
        return self.ports.grpc is not None and is_installed()

    @property
    def grpc_endpoint(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_ENDPOINT for gRPC; "" if gRPC is not served."""
        return f"http://{self.host}:{self.ports.grpc}" if self.serves_grpc else ""

    @property
    def jaeger_endpoint(self) -> str:
        """The value of JAEGER_ENDPOINT, for Thrift over HTTP."""
        port = self.ports.thrift or self.otlp_port
        return f"{'https' if self._tls else 'http'}://{self.host}:{port}/api/traces"

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
        return self._store.counts(self._dropped_datagrams() - self._dropped_at_clear)

    @property
    def observations(self) -> Observations:
        """What else the clients did since the start or the last `clear`; `silence.why` explains it."""
        return self._store.observations(frozenset().union(*(agent.senders for agent in self._agents)))

    @property
    def problems(self) -> tuple[str, ...]:
        """The last hundred problems: each rejected message or span, and the reason."""
        return self._store.problems

    def clear(self) -> None:
        """Forget all spans, counts and problems."""
        self._dropped_at_clear = self._dropped_datagrams()
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

    def _dropped_datagrams(self) -> int:
        return sum(agent.dropped_datagrams() for agent in self._agents)

    def _troubles(self) -> list[str]:
        losses = self.counts.losses
        return [f"{', '.join(losses)}.", *self.problems[-3:]] if losses else []


def _grpc_advice(grpc_port: int | None) -> str:
    advice = (
        "This port of ot2otel takes OTLP over HTTP, not gRPC. Send to the port of OTLP over HTTP with"
        " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    )
    if not is_installed():
        return f"{advice}, or install grpcio beside ot2otel: pip install 'ot2otel[grpc]'."
    return f"{advice}." if grpc_port is None else f"{advice}, or send gRPC to port {grpc_port}."
