"""The events that `log_kv` makes."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest

from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import Traced, legacy, needs_thrift_exporter, shim, shim_over_thrift
from tests.support.runs import SDK


def events(traced: Traced, *logs: Mapping[str, object]) -> list[tuple[str, dict[str, object]]]:
    with traced.tracer.start_span("s") as span:
        for fields in logs:
            span.log_kv(fields)
    return [(event.name, dict(event.attributes)) for event in traced.span.events]


@claim("shim-log", "opentelemetry.shim.opentracing_shim:SpanShim.log_kv")
def test_a_log_becomes_an_event_named_after_its_field_event_or_log_and_keeps_the_field() -> None:
    logs = {"event": "cached", "size": 3}, {"size": 4}

    assert events(legacy(), *logs) == [("cached", {"size": 3}), ("", {"size": 4})]
    assert events(shim(), *logs) == [("cached", {"event": "cached", "size": 3}), ("log", {"size": 4})]


@needs_thrift_exporter
@claim("thrift-log-message", "opentelemetry.exporter.jaeger.thrift.translate:ThriftTranslator._extract_logs")
def test_the_thrift_exporter_writes_the_events_name_as_message_even_beside_a_message(
    collector: Collector,
) -> None:
    logs = {"event": "cached"}, {"event": "cached", "message": "mine"}
    with shim_over_thrift(collector.agent_port) as tracer:
        found = events(Traced(tracer, lambda: collector.wait_for(bool)), *logs)

    # The decoder keeps the last of a repeated key: two arrive for the second log.
    assert found == [("cached", {"message": "cached"}), ("cached", {"message": "cached"})]


@claim("shim-log-objects", "opentelemetry.shim.opentracing_shim:SpanShim.log_kv")
def test_the_shim_drops_an_error_object_from_a_log_with_an_older_sdk(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fields = {"event": "error", "error.object": ValueError("boom")}
    old = events(legacy(), fields)
    with caplog.at_level(logging.WARNING):
        new = events(shim(), fields)

    as_text = {"error.object": "boom"}
    assert old == [("error", as_text)]
    if SDK < (1, 40):
        assert new == [("error", {"event": "error"})]
        assert "Invalid type ValueError for attribute 'error.object'" in caplog.text
    else:
        assert new == [("error", {"event": "error"} | as_text)]


@claim(
    "shim-chaining",
    "opentelemetry.shim.opentracing_shim:SpanShim.log_event",
    "opentelemetry.shim.opentracing_shim:SpanShim.set_baggage_item",
)
def test_log_event_and_set_baggage_item_of_the_shim_return_nothing_to_chain_on() -> None:
    with legacy().tracer.start_span("s") as span:
        chained = span.set_baggage_item("k", "v") is span
    with shim().tracer.start_span("s") as span, pytest.warns(DeprecationWarning, match="log_kv"):
        unchained = [span.log_event("cached"), span.set_baggage_item("k", "v")]

    assert chained
    assert unchained == [None, None]
