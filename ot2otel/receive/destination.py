"""Receivers of spans, and destinations: receivers that return the spans of one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span

Condition: TypeAlias = Callable[[tuple[Span, ...]], bool]


class SpansMissing(Ot2OtelError):  # noqa: N818  # the name states the event
    """Expected spans did not arrive in time; the text shows those that did."""


class Receiver(Protocol):
    """Takes Jaeger's Thrift over UDP and OTLP over HTTP, some also OTLP over gRPC."""

    @property
    def host(self) -> str:
        """The host of Jaeger's agent."""

    @property
    def agent_port(self) -> int:
        """The UDP port of Jaeger's agent."""

    @property
    def otlp_endpoint(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_ENDPOINT; exporters add `/v1/traces`."""

    @property
    def grpc_endpoint(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_ENDPOINT for gRPC; "" if gRPC is not received."""


class Destination(Receiver, Protocol):
    """A receiver that returns the spans of one run."""

    @property
    def stored_in(self) -> str:
        """`Recording.stored_in`: "jaeger", or "" for the embedded collector."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans that arrived so far."""

    def wait_for(
        self, condition: Condition, timeout: float = 5.0, expected: str = "spans"
    ) -> tuple[Span, ...]:
        """Return the spans when they meet the condition; raise SpansMissing after `timeout` seconds.

        `expected` names the awaited spans in that error: "3 spans of server-2".
        """
