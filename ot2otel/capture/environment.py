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

_SAMPLING = SAMPLERS["always_on"]
_SOON = 500  # ms; a program that is killed at its end loses less
# Exporters of OpenTelemetry, by their entry points, that a receiver understands.
_RECEIVED = frozenset({"otlp", "otlp_proto_http", "jaeger", "jaeger_thrift"})
_GRPC_EXPORTER = "otlp_proto_grpc"
_OTLP = ("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY", "COMPRESSION", "ENDPOINT", "HEADERS", "PROTOCOL")
_LEADING_ELSEWHERE = frozenset(
    {
        *(f"OTEL_EXPORTER_OTLP_{signal}{name}" for signal in ("", "TRACES_") for name in _OTLP),
        *(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT" for signal in ("METRICS", "LOGS")),
        *(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL" for signal in ("METRICS", "LOGS")),
        *(f"OTEL_EXPORTER_JAEGER_{name}" for name in ("ENDPOINT", "USER", "PASSWORD")),
        *(f"JAEGER_{name}" for name in ("ENDPOINT", "USER", "PASSWORD", "AUTH_TOKEN", "DISABLED")),
        "OTEL_SDK_DISABLED",
    }
)


# The exporter of OTLP over gRPC; OpenTelemetry has one name for both protocols.
OVER_GRPC = "otlp-grpc"


def _in_opentelemetry(exporter: str) -> str:
    return "otlp" if exporter == OVER_GRPC else exporter


def _over_grpc(endpoint: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}


def reporting_to(receiver: Receiver, exporter: str, resource: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make tracers report to `receiver`; OpenTelemetry uses `exporter`.

    The exporter `otlp-grpc` sends OTLP over gRPC.
    The attributes in `resource` are added to the resource of every span.
    """
    attributes = ",".join(f"{key}={value}" for key, value in resource.items())
    return {
        **_addresses(receiver),
        **(_over_grpc(receiver.grpc_endpoint) if exporter == OVER_GRPC else {}),
        "OTEL_TRACES_EXPORTER": _in_opentelemetry(exporter),
        "OTEL_RESOURCE_ATTRIBUTES": attributes,
        "JAEGER_TAGS": attributes,
    }


def pointed_at(receiver: Receiver, own: Mapping[str, str], grpc_endpoint: str = "") -> dict[str, str]:
    """Return the variables of any program so that its tracers report to `receiver` alone; `own` are its own.

    A program that asks for gRPC gets `grpc_endpoint`, if there is one. Names, resource, propagators and
    samplers of the program stay; without a sampler of its own everything is sampled.
    Settings that would lead elsewhere or switch the tracers off are left out.
    """
    kept = {name: value for name, value in own.items() if name not in _LEADING_ELSEWHERE}
    exporters = _exporters(own.get("OTEL_TRACES_EXPORTER", ""), bool(grpc_endpoint))
    sampler = {} if _SAMPLING.keys() & own.keys() else _SAMPLING
    return {
        **sampler,
        **exporting_every(_SOON),
        **kept,
        **_addresses(receiver),
        **(_over_grpc(grpc_endpoint) if grpc_endpoint and _asks_for_grpc(own, exporters) else {}),
        **_without_proxy(own),
        "OTEL_TRACES_EXPORTER": exporters,
    }


def _addresses(receiver: Receiver) -> dict[str, str]:
    agent = {"HOST": receiver.host, "PORT": str(receiver.agent_port)}
    return {
        **{f"JAEGER_AGENT_{name}": value for name, value in agent.items()},
        **{f"OTEL_EXPORTER_JAEGER_AGENT_{name}": value for name, value in agent.items()},
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.otlp_endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",  # the agent's default is gRPC
        # Milliseconds. A worker settles a message after its span is sent; by default it would wait a second.
        "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
    }


def _exporters(own: str, with_grpc: bool) -> str:
    """Return those exporters of OTEL_TRACES_EXPORTER that a receiver understands, and the console."""
    received = _RECEIVED | ({_GRPC_EXPORTER} if with_grpc else set())
    names = [name for name in own.replace(" ", "").split(",") if name in received or name == "console"]
    return ",".join(names if received.intersection(names) else [*names, "otlp"])


def _asks_for_grpc(own: Mapping[str, str], exporters: str) -> bool:
    names = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocol = next((own[name] for name in names if own.get(name)), "")
    return protocol == "grpc" or _GRPC_EXPORTER in exporters.split(",")


def _without_proxy(own: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that keep a proxy out of the way to this machine."""
    if not any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in own):
        return {}
    names = ("no_proxy", "NO_PROXY")
    hosts = [own[name] for name in names if own.get(name)][:1]
    return dict.fromkeys(names, ",".join([*hosts, "127.0.0.1", "localhost"]))


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
