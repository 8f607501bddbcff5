from __future__ import annotations

import pytest

from ot2otel.compare.rules.origin import Origin, origin, sent_by_thrift_exporter
from ot2otel.model import Scope
from tests.compare.rules.tables import span
from tests.support.fields import SpanFields

SHIM = "opentelemetry.shim.opentracing_shim"


@pytest.mark.parametrize(
    ("fields", "api"),
    [
        pytest.param({}, Origin.OPENTRACING, id="no scope, no tag"),
        pytest.param(
            {"attributes": {"otel.library.name": 1}}, Origin.OPENTELEMETRY, id="a tag of another type"
        ),
        pytest.param({"scope": Scope("my.lib")}, Origin.OPENTELEMETRY, id="a scope"),
        pytest.param({"attributes": {"otel.library.name": "my.lib"}}, Origin.OPENTELEMETRY, id="its tag"),
        pytest.param(
            {"resource": {"telemetry.sdk.name": "otel"}}, Origin.OPENTELEMETRY, id="the SDK's resource"
        ),
        pytest.param({"scope": Scope(SHIM)}, Origin.SHIM, id="the shim's scope"),
        pytest.param({"scope": Scope("opentracing-shim")}, Origin.SHIM, id="the specification's shim"),
        pytest.param({"attributes": {"otel.library.name": SHIM}}, Origin.SHIM, id="the shim's tag"),
    ],
)
def test_a_span_shows_which_api_recorded_it(fields: SpanFields, api: Origin) -> None:
    assert origin(span(fields)) is api


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        pytest.param({}, False, id="no tag"),
        pytest.param({"scope": Scope("my.lib")}, False, id="a scope"),
        pytest.param({"attributes": {"otel.library.name": 1}}, False, id="a tag that is no text"),
        pytest.param({"attributes": {"otel.library.name": ""}}, True, id="an empty tag"),
        pytest.param({"attributes": {"otel.library.name": "my.lib"}}, True, id="the exporter's tag"),
    ],
)
def test_a_span_shows_whether_the_thrift_exporter_sent_it(fields: SpanFields, sent: bool) -> None:
    assert sent_by_thrift_exporter(span(fields)) is sent
