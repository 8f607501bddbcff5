from __future__ import annotations

import pytest

from ot2otel.compare.rules.origin import Origin, origin, sent_by_thrift_exporter
from ot2otel.model import Scope, Span
from tests.compare.rules.tables import attributes, facts_of, resource, span

SHIM = "opentelemetry.shim.opentracing_shim"


@pytest.mark.parametrize(
    ("carried", "api"),
    [
        pytest.param(span(), Origin.OPENTRACING, id="no scope, no tag"),
        pytest.param(attributes({"otel.library.name": 1}), Origin.OPENTELEMETRY, id="a tag of another type"),
        pytest.param(span(scope=Scope("my.lib")), Origin.OPENTELEMETRY, id="a scope"),
        pytest.param(attributes({"otel.library.name": "my.lib"}), Origin.OPENTELEMETRY, id="its tag"),
        pytest.param(resource({"telemetry.sdk.name": "otel"}), Origin.OPENTELEMETRY, id="the SDK's resource"),
        pytest.param(span(scope=Scope(SHIM)), Origin.SHIM, id="the shim's scope"),
        pytest.param(span(scope=Scope("opentracing-shim")), Origin.SHIM, id="the specification's shim"),
        pytest.param(attributes({"otel.library.name": SHIM}), Origin.SHIM, id="the shim's tag"),
    ],
)
def test_a_span_shows_which_api_recorded_it(carried: Span, api: Origin) -> None:
    assert origin(facts_of(carried)) is api


@pytest.mark.parametrize(
    ("carried", "sent"),
    [
        pytest.param(span(), False, id="no tag"),
        pytest.param(span(scope=Scope("my.lib")), False, id="a scope"),
        pytest.param(attributes({"otel.library.name": 1}), False, id="a tag that is no text"),
        pytest.param(attributes({"otel.library.name": ""}), True, id="an empty tag"),
        pytest.param(attributes({"otel.library.name": "my.lib"}), True, id="the exporter's tag"),
    ],
)
def test_a_span_shows_whether_the_thrift_exporter_sent_it(carried: Span, sent: bool) -> None:
    assert sent_by_thrift_exporter(facts_of(carried)) is sent
