"""The standard ports of Jaeger and OTLP, each with the document that defines it."""

from __future__ import annotations

from dataclasses import dataclass

_JAEGER_DOCUMENTS = "https://www.jaegertracing.io/docs/1.12/deployment/"
_OTLP_SPECIFICATION = "https://opentelemetry.io/docs/specs/otlp/"


@dataclass(frozen=True, slots=True)
class StandardPort:
    """A port with its transport (`udp` or `tcp`), its purpose, and the URL of its document."""

    number: int
    transport: str
    purpose: str
    source: str


JAEGER_AGENT = StandardPort(
    6831, "udp", "Jaeger's agent: Thrift, compact protocol", f"{_JAEGER_DOCUMENTS}#agent"
)
JAEGER_AGENT_BINARY = StandardPort(
    6832, "udp", "Jaeger's agent: Thrift, binary protocol (Node)", f"{_JAEGER_DOCUMENTS}#agent"
)
JAEGER_COLLECTOR = StandardPort(
    14268, "tcp", "Jaeger's collector: Thrift over HTTP", f"{_JAEGER_DOCUMENTS}#collectors"
)
JAEGER_SAMPLING = StandardPort(
    5778, "tcp", "Jaeger's agent: the sampling strategy, over HTTP", f"{_JAEGER_DOCUMENTS}#agent"
)
OTLP_GRPC = StandardPort(4317, "tcp", "OTLP over gRPC", f"{_OTLP_SPECIFICATION}#otlpgrpc-default-port")
OTLP_HTTP = StandardPort(4318, "tcp", "OTLP over HTTP", f"{_OTLP_SPECIFICATION}#otlphttp-default-port")
JAEGER_UI = StandardPort(16686, "tcp", "Jaeger's UI and query API", f"{_JAEGER_DOCUMENTS}#query-service--ui")

STANDARD_PORTS = (
    JAEGER_AGENT,
    JAEGER_AGENT_BINARY,
    JAEGER_COLLECTOR,
    JAEGER_SAMPLING,
    OTLP_GRPC,
    OTLP_HTTP,
    JAEGER_UI,
)
