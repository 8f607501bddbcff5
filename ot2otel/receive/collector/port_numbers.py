"""The ports of a collector."""

from __future__ import annotations

from dataclasses import dataclass

from ot2otel.receive.ports import (
    JAEGER_AGENT,
    JAEGER_AGENT_BINARY,
    JAEGER_COLLECTOR,
    JAEGER_SAMPLING,
    OTLP_GRPC,
    OTLP_HTTP,
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports to listen on; 0 takes a free one, None opens none.

    Each UDP port takes both of Thrift's protocols, and each HTTP port takes all that is sent over HTTP, and
    gRPC if `grpc` is open: a port only has to be the one that a tracer uses by default.

    Attributes:
        agent: Jaeger's agent over UDP, compact protocol.
        otlp: OTLP over HTTP.
        binary: Jaeger's agent over UDP, binary protocol.
        thrift: Jaeger's collector, Thrift over HTTP.
        grpc: OTLP over gRPC. Without grpcio the port refuses gRPC with a sentence, and takes HTTP.
        sampling: where jaeger-client asks for its sampling strategy.
    """

    agent: int = 0
    otlp: int = 0
    binary: int | None = None
    thrift: int | None = None
    grpc: int | None = None
    sampling: int | None = None

    @classmethod
    def free(cls) -> Ports:
        """Return a free port for each."""
        return cls(0, 0, 0, 0, 0, 0)

    @classmethod
    def standard(cls) -> Ports:
        """Return the standard port of each."""
        return cls(
            agent=JAEGER_AGENT.number,
            otlp=OTLP_HTTP.number,
            binary=JAEGER_AGENT_BINARY.number,
            thrift=JAEGER_COLLECTOR.number,
            grpc=OTLP_GRPC.number,
            sampling=JAEGER_SAMPLING.number,
        )
