"""The resource: the facts about the process of a span."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.resources import Resource

from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, native, needs_thrift_exporter, shim, shim_over_thrift
from tests.support.runs import SDK


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)


@claim("resource-process", "opentelemetry.sdk.resources:Resource.create")
def test_the_sdk_reports_no_host_address_or_client_version_and_adds_its_own_name() -> None:
    old, new = legacy(), shim(resource=Resource.create({"service.name": "service"}))
    for traced in (old, new):
        traced.tracer.start_span("s").finish()

    assert {"ip", "host.name", "opencensus.exporterversion"} <= set(old.span.resource)
    added = {"service.instance.id"} if SDK >= (1, 40) else set()
    sdk = {"telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"}
    assert set(new.span.resource) == {"service.name"} | sdk | added


@claim("resource-unknown-service", "opentelemetry.sdk.resources:Resource.create")
def test_without_a_name_a_service_is_unknown_service() -> None:
    traced = native()
    traced.tracer.start_span("s").end()

    assert traced.span.service.startswith("unknown_service")


@claim("resource-environment", "opentelemetry.sdk.resources:OTELResourceDetector.detect")
def test_the_name_in_code_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "from-environment")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "team=payments")
    traced = native(resource=Resource.create({"service.name": "from-code"}))
    traced.tracer.start_span("s").end()

    assert (traced.span.service, traced.span.resource["team"]) == ("from-code", "payments")


@claim(
    "resource-tags-variable",
    "jaeger_client.config:Config.tags",
    "opentelemetry.sdk.resources:OTELResourceDetector.detect",
)
def test_jaeger_tags_takes_no_equals_sign_in_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    from jaeger_client.config import Config

    monkeypatch.setenv("JAEGER_TAGS", "query=a=b")

    with pytest.raises(ValueError, match="too many values"):
        _ = Config({}, service_name="service").tags
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "query=a%3Db")
    assert Resource.create({}).attributes["query"] == "a=b"


@needs_thrift_exporter
@claim("thrift-resource", "opentelemetry.exporter.jaeger.thrift.translate:ThriftTranslator._extract_tags")
def test_the_thrift_exporter_writes_the_resource_into_every_span_and_nothing_into_the_process(
    collector: Collector,
) -> None:
    with shim_over_thrift(collector.agent_port) as tracer:
        tracer.start_span("s").finish()
        (span,) = collector.wait_for(bool)

    assert set(span.resource) == {"service.name"}
    assert {"service.name", "telemetry.sdk.name", "otel.library.name", "otel.scope.name"} <= set(
        span.attributes
    )


@claim("scope-name", "opentelemetry.shim.opentracing_shim:create_tracer")
def test_the_shims_scope_is_its_modules_name_and_not_the_one_of_the_specification() -> None:
    traced = shim()
    traced.tracer.start_span("s").finish()

    assert traced.span.scope.name == "opentelemetry.shim.opentracing_shim"
