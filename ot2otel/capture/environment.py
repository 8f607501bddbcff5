"""The ecosystem's environment variables: how any tracer is told where to report, what to sample, what to say.

JAEGER_* are jaeger-client's, OTEL_* OpenTelemetry's; a program that has only one of the two ignores the rest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from ot2otel.receive.destination import Receiver

_PREFIXES = ("OTEL_", "JAEGER_")

# By the sampler's OpenTelemetry name.
SAMPLERS: Mapping[str, Mapping[str, str]] = {
    f"always_{word}": {
        "OTEL_TRACES_SAMPLER": f"parentbased_always_{word}",
        "JAEGER_SAMPLER_TYPE": "const",
        "JAEGER_SAMPLER_PARAM": param,
    }
    for word, param in (("on", "1"), ("off", "0"))
}


def reporting_to(receiver: Receiver, exporter: str, resource: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make tracers report to `receiver`, OpenTelemetry's by `exporter`.

    `resource` holds attributes that every span's resource gets.
    """
    attributes = ",".join(f"{key}={value}" for key, value in resource.items())
    agent = {"HOST": receiver.host, "PORT": str(receiver.agent_port)}
    return {
        **{f"JAEGER_AGENT_{name}": value for name, value in agent.items()},
        **{f"OTEL_EXPORTER_JAEGER_AGENT_{name}": value for name, value in agent.items()},
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.otlp_endpoint,
        "OTEL_TRACES_EXPORTER": exporter,
        "OTEL_RESOURCE_ATTRIBUTES": attributes,
        "JAEGER_TAGS": attributes,
        # Milliseconds. A worker settles a message when its span is sent; jaeger-client's default is a second.
        "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
    }


def to_the_log(exporter: str) -> dict[str, str]:
    """Return the variables that also write spans into the log, and their ids into other log lines."""
    return {
        "OTEL_TRACES_EXPORTER": f"{exporter},console",
        "OTEL_PYTHON_LOG_CORRELATION": "true",
        "JAEGER_REPORTER_LOG_SPANS": "true",
    }


def jaeger_propagation(name: str, bits_128: bool = False) -> dict[str, str]:
    """Return the variables for the format in which jaeger-client passes a trace on."""
    return {"JAEGER_PROPAGATION": name, **({"JAEGER_TRACEID_128BIT": "true"} if bits_128 else {})}


def opentelemetry_propagation(names: str) -> dict[str, str]:
    """Return the variables for the formats in which OpenTelemetry passes a trace on."""
    return {"OTEL_PROPAGATORS": names}


def untraced() -> dict[str, str]:
    """Return this process's environment without the variables of any tracer."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIXES)}
