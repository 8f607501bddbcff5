"""The variables of the tracers, as whole dictionaries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from ot2otel.capture.environment import (
    SAMPLERS,
    jaeger_client_propagation,
    opentelemetry_propagation,
    pointed_at,
    reporting_to,
    to_the_log,
    untraced,
)


@dataclass(frozen=True)
class Somewhere:
    """A receiver by its addresses alone."""

    host: str = "127.0.0.1"
    agent_port: int = 16831
    otlp_endpoint: str = "http://127.0.0.1:14318"
    grpc_endpoint: str = "http://127.0.0.1:14317"


def test_every_tracer_is_pointed_at_the_receiver() -> None:
    variables = reporting_to(Somewhere(), "otlp", {"ot2otel.run": "c0ffee", "team": "shop"})

    assert variables == {
        "JAEGER_AGENT_HOST": "127.0.0.1",
        "JAEGER_AGENT_PORT": "16831",
        "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
        "JAEGER_TAGS": "ot2otel.run=c0ffee,team=shop",
        "OTEL_EXPORTER_JAEGER_AGENT_HOST": "127.0.0.1",
        "OTEL_EXPORTER_JAEGER_AGENT_PORT": "16831",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:14318",
        "OTEL_RESOURCE_ATTRIBUTES": "ot2otel.run=c0ffee,team=shop",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "otlp",
    }


def test_over_grpc_the_protocol_and_its_endpoint_are_others() -> None:
    http, grpc = (reporting_to(Somewhere(), exporter, {}) for exporter in ("otlp", "otlp-grpc"))

    assert grpc == {
        **http,
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:14317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
    }


def test_the_samplers_are_set_for_both_tracers() -> None:
    assert SAMPLERS == {
        "always_on": {
            "JAEGER_SAMPLER_PARAM": "1",
            "JAEGER_SAMPLER_TYPE": "const",
            "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        },
        "always_off": {
            "JAEGER_SAMPLER_PARAM": "0",
            "JAEGER_SAMPLER_TYPE": "const",
            "OTEL_TRACES_SAMPLER": "parentbased_always_off",
        },
    }


def test_spans_go_to_the_log_beside_the_exporter() -> None:
    assert to_the_log("jaeger") == {
        "JAEGER_REPORTER_LOG_SPANS": "true",
        "OTEL_PYTHON_LOG_CORRELATION": "true",
        "OTEL_TRACES_EXPORTER": "jaeger,console",
    }


def test_the_propagation_formats_are_set_by_each_tracers_variables() -> None:
    assert jaeger_client_propagation("b3") == {"JAEGER_PROPAGATION": "b3"}
    assert jaeger_client_propagation("jaeger", bits_128=True) == {
        "JAEGER_PROPAGATION": "jaeger",
        "JAEGER_TRACEID_128BIT": "true",
    }
    assert opentelemetry_propagation("tracecontext,baggage") == {"OTEL_PROPAGATORS": "tracecontext,baggage"}


def test_an_untraced_environment_lacks_the_variables_of_both_tracers(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = {"PATH": "/usr/bin", "OTEL_SDK_DISABLED": "true", "JAEGER_TAGS": "a=b", "MY_OTEL_": "kept"}
    monkeypatch.setattr(os, "environ", inherited)

    assert untraced() == {"PATH": "/usr/bin", "MY_OTEL_": "kept"}


ADDRESSES = {
    "JAEGER_AGENT_HOST": "127.0.0.1",
    "JAEGER_AGENT_PORT": "16831",
    "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
    "OTEL_EXPORTER_JAEGER_AGENT_HOST": "127.0.0.1",
    "OTEL_EXPORTER_JAEGER_AGENT_PORT": "16831",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:14318",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
}


def test_any_program_is_pointed_at_the_receiver_and_samples_everything() -> None:
    assert pointed_at(Somewhere(), {"PATH": "/bin", "OTEL_SERVICE_NAME": "shop"}) == {
        **ADDRESSES,
        **SAMPLERS["always_on"],
        "OTEL_BSP_SCHEDULE_DELAY": "500",
        "OTEL_SERVICE_NAME": "shop",
        "OTEL_TRACES_EXPORTER": "otlp",
        "PATH": "/bin",
    }


@pytest.mark.parametrize(
    "name",
    [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_JAEGER_ENDPOINT",
        "OTEL_SDK_DISABLED",
        "JAEGER_ENDPOINT",
        "JAEGER_DISABLED",
    ],
)
def test_a_setting_that_leads_elsewhere_is_left_out(name: str) -> None:
    assert name not in pointed_at(Somewhere(), {name: "elsewhere"})


@pytest.mark.parametrize(
    ("own", "used"),
    [
        ("", "otlp"),
        ("none", "otlp"),
        ("zipkin", "otlp"),
        ("console", "console,otlp"),
        ("jaeger", "jaeger"),
        ("otlp_proto_grpc", "otlp"),
        ("otlp, jaeger,console", "otlp,jaeger,console"),
    ],
)
def test_an_exporter_that_a_receiver_understands_is_kept(own: str, used: str) -> None:
    assert pointed_at(Somewhere(), {"OTEL_TRACES_EXPORTER": own})["OTEL_TRACES_EXPORTER"] == used


def test_a_sampler_and_a_delay_of_its_own_are_kept() -> None:
    own = {"OTEL_TRACES_SAMPLER": "always_off", "OTEL_BSP_SCHEDULE_DELAY": "9"}

    assert pointed_at(Somewhere(), own) == {**ADDRESSES, **own, "OTEL_TRACES_EXPORTER": "otlp"}


def test_a_proxy_is_kept_out_of_the_way_to_the_receiver() -> None:
    found = pointed_at(Somewhere(), {"https_proxy": "http://proxy:3128", "NO_PROXY": "intra"})

    assert (found["no_proxy"], found["NO_PROXY"]) == (
        "intra,127.0.0.1,localhost",
        "intra,127.0.0.1,localhost",
    )


@pytest.mark.parametrize(
    "own",
    [
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
        {"OTEL_TRACES_EXPORTER": "console,otlp_proto_grpc"},
    ],
)
def test_a_program_that_asks_for_grpc_gets_the_port_for_it_if_there_is_one(own: Mapping[str, str]) -> None:
    with_port, without = (pointed_at(Somewhere(), own, url) for url in ("http://127.0.0.1:14317", ""))

    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL")
    assert [with_port[name] for name in names] == ["http://127.0.0.1:14317", "grpc"]
    assert [without[name] for name in names] == ["http://127.0.0.1:14318", "http/protobuf"]
