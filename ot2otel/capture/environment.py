"""The tracers' own environment variables: for the exporter, the sampler, the log and the propagation.

jaeger-client reads JAEGER_*, OpenTelemetry reads OTEL_*. A program with one of the two ignores the others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from ot2otel.receive.destination import Receiver

_PREFIXES = ("OTEL_", "JAEGER_")

# The key is the sampler's OpenTelemetry name.
SAMPLERS: Mapping[str, Mapping[str, str]] = {
    f"always_{word}": {
        "OTEL_TRACES_SAMPLER": f"parentbased_always_{word}",
        "JAEGER_SAMPLER_TYPE": "const",
        "JAEGER_SAMPLER_PARAM": param,
    }
    for word, param in (("on", "1"), ("off", "0"))
}


_OVER_GRPC = "otlp-grpc"


def _in_opentelemetry(exporter: str) -> str:
    """Return OpenTelemetry's name for an exporter: it has one for both protocols of OTLP."""
    return "otlp" if exporter == _OVER_GRPC else exporter


def reporting_to(receiver: Receiver, exporter: str, resource: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make tracers report to `receiver`; OpenTelemetry uses `exporter`.

    The exporter `otlp-grpc` sends OTLP over gRPC, which the receiver has to take at the same address.
    The attributes in `resource` are added to the resource of every span.
    """
    attributes = ",".join(f"{key}={value}" for key, value in resource.items())
    agent = {"HOST": receiver.host, "PORT": str(receiver.agent_port)}
    return {
        **{f"JAEGER_AGENT_{name}": value for name, value in agent.items()},
        **{f"OTEL_EXPORTER_JAEGER_AGENT_{name}": value for name, value in agent.items()},
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.otlp_endpoint,
        # Named, because the agent's default is gRPC.
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc" if exporter == _OVER_GRPC else "http/protobuf",
        "OTEL_TRACES_EXPORTER": _in_opentelemetry(exporter),
        "OTEL_RESOURCE_ATTRIBUTES": attributes,
        "JAEGER_TAGS": attributes,
        # Milliseconds. A worker settles a message after its span is sent; by default it would wait a second.
        "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
    }


def exporting_every(milliseconds: int) -> dict[str, str]:
    """Return the variable for the SDK's delay between two batches; its default is 5,000 ms."""
    return {"OTEL_BSP_SCHEDULE_DELAY": str(milliseconds)}


def to_the_log(exporter: str) -> dict[str, str]:
    """Return the variables that also write spans to the log, and their ids to other log lines."""
    return {
        "OTEL_TRACES_EXPORTER": f"{_in_opentelemetry(exporter)},console",
        "OTEL_PYTHON_LOG_CORRELATION": "true",
        "JAEGER_REPORTER_LOG_SPANS": "true",
    }


def jaeger_client_propagation(name: str, bits_128: bool = False) -> dict[str, str]:
    """Return the variables for jaeger-client's propagation format; `bits_128` is for its trace ids."""
    return {"JAEGER_PROPAGATION": name, **({"JAEGER_TRACEID_128BIT": "true"} if bits_128 else {})}


def opentelemetry_propagation(names: str) -> dict[str, str]:
    """Return the variables for OpenTelemetry's propagators; commas separate several names."""
    return {"OTEL_PROPAGATORS": names}


def untraced() -> dict[str, str]:
    """Return this process's environment variables without those of the tracers."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIXES)}
