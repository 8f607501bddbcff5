"""The sources of settings, in jaeger-client and in OpenTelemetry."""

from __future__ import annotations

import inspect

import opentracing
import pytest
from jaeger_client import config as jaeger_config
from jaeger_client.config import Config
from jaeger_client.metrics.metrics import Metrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NoOpTracer

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer


@claim("config-environment")
def test_the_dictionary_wins_over_the_environment_in_jaeger_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAEGER_AGENT_HOST", "from-environment")
    monkeypatch.setenv("JAEGER_AGENT_PORT", "1")
    agent = {"reporting_host": "from-code", "reporting_port": 2}

    found = [Config(config, service_name="service") for config in ({}, {"local_agent": agent})]

    assert [(each.local_agent_reporting_host, each.local_agent_reporting_port) for each in found] == [
        ("from-environment", 1),
        ("from-code", 2),
    ]


@claim("config-validate")
def test_validate_refuses_keys_that_config_uses() -> None:
    for key in ("metrics", "debug_id_header", "max_operations"):
        Config({key: None}, service_name="service")
        with pytest.raises(ValueError, match=f"Unexpected keys found in config:{key}"):
            Config({key: None}, service_name="service", validate=True)


@claim("config-enabled")
def test_jaeger_client_never_uses_its_setting_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    new = TracerProvider(shutdown_on_exit=False).get_tracer("application")

    assert ".enabled" not in inspect.getsource(jaeger_config)
    assert isinstance(new, NoOpTracer)


@claim("config-otlp")
def test_the_otlp_exporter_takes_endpoint_headers_and_compression_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    def take(request: HttpRequest) -> HttpAnswer:
        seen.append((request.path, request.headers["Authorization"], request.headers["Content-Encoding"]))
        return HttpAnswer()

    with HttpServer(take) as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        exporter = OTLPSpanExporter()
        exporter.export(())
        exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    assert seen == [("/v1/traces", "secret", "gzip")]


@claim("global-tracer-copied")
def test_a_tracer_imported_by_name_stays_the_no_op_tracer(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentracing import tracer as imported

    monkeypatch.setattr(opentracing, "tracer", imported)
    monkeypatch.setattr(opentracing, "is_tracer_registered", False)
    opentracing.set_global_tracer(real := opentracing.Tracer())

    assert opentracing.global_tracer() is real
    assert imported is not real


@claim("metrics-client")
def test_jaeger_client_counts_its_spans_for_a_metrics_factory() -> None:
    counted: dict[str, int] = {}
    metrics = Metrics(count=lambda name, value: counted.update({name: counted.get(name, 0) + value}))
    legacy(metrics=metrics).tracer.start_span("s").finish()

    assert counted == {
        "jaeger:traces.sampled_y.state_started": 1,
        "jaeger:started_spans.sampled_y": 1,
        "jaeger:finished_spans": 1,
    }
