"""The ports of a collector besides those of Jaeger's agent and of OTLP over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from ot2otel.receive.ports import JAEGER_AGENT_BINARY, JAEGER_COLLECTOR, JAEGER_SAMPLING, OTLP_GRPC


@dataclass(frozen=True, slots=True)
class MorePorts:
    """Ports to listen on; 0 takes a free one, None opens none.

    Each UDP port takes both of Thrift's protocols, and each HTTP port takes all that is sent over HTTP: a
    port only has to be the one that a tracer uses by default.

    Attributes:
        binary: Jaeger's agent over UDP, binary protocol.
        thrift: Jaeger's collector, Thrift over HTTP.
        grpc: OTLP over gRPC. Without grpcio the port refuses gRPC with a sentence, and takes HTTP.
        sampling: where jaeger-client asks for its sampling strategy.
    """

    binary: int | None = None
    thrift: int | None = None
    grpc: int | None = None
    sampling: int | None = None

    @classmethod
    def free(cls) -> MorePorts:
        """Return a free port for each."""
        return cls(0, 0, 0, 0)

    @classmethod
    def standard(cls) -> MorePorts:
        """Return the standard port of each."""
        return cls(
            JAEGER_AGENT_BINARY.number, JAEGER_COLLECTOR.number, OTLP_GRPC.number, JAEGER_SAMPLING.number
        )
