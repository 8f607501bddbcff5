"""The sources of settings, in jaeger-client and in OpenTelemetry."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import opentracing
import pytest
import requests
import trustme
from jaeger_client.config import Config
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult

from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.processes import run
from tests.documents.claims.tracers import legacy, native
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer


@claim(
    "config-environment",
    "jaeger_client.config:Config.local_agent_reporting_host",
    "jaeger_client.config:Config.local_agent_reporting_port",
)
def test_the_dictionary_wins_over_the_environment_in_jaeger_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAEGER_AGENT_HOST", "from-environment")
    monkeypatch.setenv("JAEGER_AGENT_PORT", "1")
    agent = {"reporting_host": "from-code", "reporting_port": 2}

    found = [Config(config, service_name="service") for config in ({}, {"local_agent": agent})]

    assert [(each.local_agent_reporting_host, each.local_agent_reporting_port) for each in found] == [
        ("from-environment", 1),
        ("from-code", 2),
    ]


@claim("config-validate", "jaeger_client.config:Config._validate_config")
def test_validate_refuses_keys_that_config_uses() -> None:
    for key in ("metrics", "debug_id_header", "max_operations"):
        Config({key: None}, service_name="service")
        with pytest.raises(ValueError, match=f"Unexpected keys found in config:{key}"):
            Config({key: None}, service_name="service", validate=True)


@claim(
    "config-enabled",
    "jaeger_client.config:Config.new_tracer",
    "opentelemetry.sdk.trace:TracerProvider.get_tracer",
)
def test_jaeger_client_records_and_sends_whatever_its_setting_enabled_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = run("legacy", "close_and_wait", options='{"enabled": false}')
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    new = native()
    new.tracer.start_span("s").end()

    assert ran.names == {"close_and_wait"}
    assert new.spans() == ()


@claim("config-otlp", "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter.export")
def test_the_otlp_exporter_takes_endpoint_headers_compression_and_tls_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    def take(request: HttpRequest) -> HttpAnswer:
        seen.append((request.path, request.headers["Authorization"], request.headers["Content-Encoding"]))
        return HttpAnswer()

    with HttpServer(take) as server:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20token")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        exported = [export_once()]
    authority, stranger = trustme.CA(), trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(tls)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with Collector(tls=tls) as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.otlp_endpoint)
        for trusted in (authority, stranger):
            trusted.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", str(tmp_path / "authority.pem"))
            exported.append(export_once())

    assert seen == [("/v1/traces", "Bearer token", "gzip")]
    assert exported == [True, True, False]


def export_once() -> bool:
    """Tell whether an exporter with settings from the environment reaches its receiver."""
    exporter = OTLPSpanExporter(timeout=1)
    try:
        return exporter.export(()) is SpanExportResult.SUCCESS
    except requests.exceptions.SSLError:
        return False
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


@claim("global-tracer-copied", "opentracing:set_global_tracer")
def test_a_tracer_imported_by_name_stays_the_no_op_tracer(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentracing import tracer as imported

    monkeypatch.setattr(opentracing, "tracer", imported)
    monkeypatch.setattr(opentracing, "is_tracer_registered", False)
    real = legacy()
    opentracing.set_global_tracer(real.tracer)
    for name, tracer in (("imported", imported), ("asked for", opentracing.global_tracer())):
        tracer.start_span(name).finish()

    assert [span.name for span in real.spans()] == ["asked for"]


@claim(
    "metrics-client",
    "jaeger_client.tracer:TracerMetrics.__init__",
    "jaeger_client.reporter:ReporterMetrics.__init__",
)
def test_jaeger_client_counts_its_spans_for_a_metrics_factory() -> None:
    ran = run("legacy", "overflow")
    counted = json.loads(ran.printed["overflow"][-1])

    arrived = len(ran.spans)
    assert counted == {
        "jaeger:traces": {"sampled=y,state=started": 301},
        "jaeger:started_spans": {"sampled=y": 301},
        "jaeger:finished_spans": {"": 301},
        "jaeger:reporter_spans": {"result=ok": arrived, "result=dropped": 301 - arrived},
    }
