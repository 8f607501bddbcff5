"""The good spans that are lost with one bad span."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer as JaegerTracer
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.shim.opentracing_shim import create_tracer

from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.processes import run
from tests.documents.claims.service import HARMLESS, POISON
from tests.documents.claims.tracers import needs_thrift_exporter, thrift_exporter
from tests.support.runs import SDK
from tests.support.untyped import AnySpan

EVENT: Callable[[AnySpan], object] = lambda span: span.log_kv({"event": 7})  # noqa: E731  # as in POISON
BEFORE_1970: Callable[[AnySpan], object] = lambda span: setattr(span.unwrap(), "_start_time", -5)  # noqa: E731


def arriving(
    exporter: SpanExporter, collector: Collector, make_bad: Callable[[AnySpan], object]
) -> list[str]:
    """Send three batches, the first with a bad span between two good ones; return the names that arrive."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=60_000))
    tracer = create_tracer(provider)
    for batch in range(3):
        for name in ("a", "b", "c"):
            span = tracer.start_span(f"{name}{batch}")
            if (name, batch) == ("b", 0):
                make_bad(span)
            span.finish()
        provider.force_flush()
    provider.shutdown()
    return sorted({span.name for span in collector.spans})


@claim("poison-legacy", "jaeger_client.reporter:Reporter._submit")
@pytest.mark.parametrize("kind", POISON)
def test_a_bad_value_costs_jaeger_client_its_batch_and_the_next_one(kind: str) -> None:
    ran = run("legacy", f"poison_{kind}", options='{"reporter_batch_size": 3}')

    assert "beside" not in ran.names
    assert [span.name for span in ran.spans].count("next") < 3
    assert [span.name for span in ran.spans].count("later") == 3


@claim(
    "poison-otlp-attribute", "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter.export"
)
@pytest.mark.parametrize("kind", ["number", "surrogate"])
def test_a_bad_attribute_costs_otlp_only_itself(kind: str, collector: Collector) -> None:
    exporter = OTLPSpanExporter(f"{collector.otlp_endpoint}/v1/traces")

    names = arriving(exporter, collector, POISON[kind])

    assert names == ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2"]
    assert [dict(span.attributes) for span in collector.spans if span.name == "b0"] == [{}]


@claim("poison-otlp-batch", "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter.export")
@pytest.mark.parametrize(
    "make_bad", [POISON["name"], EVENT, BEFORE_1970], ids=["name", "event name", "before 1970"]
)
def test_a_bad_name_or_time_costs_otlp_the_batch(
    make_bad: Callable[[AnySpan], object],
    collector: Collector,
    caplog: pytest.LogCaptureFixture,
) -> None:
    exporter = OTLPSpanExporter(f"{collector.otlp_endpoint}/v1/traces")

    assert arriving(exporter, collector, make_bad) == ["a1", "a2", "b1", "b2", "c1", "c2"]
    line = "Exception while exporting Span" if SDK < (1, 40) else "Failed to encode span batch"
    assert line in caplog.text


@claim("poison-not-legacy", "jaeger_client.reporter:Reporter._submit")
@pytest.mark.parametrize("kind", HARMLESS)
def test_an_event_name_that_is_no_text_and_a_start_before_1970_cost_jaeger_client_nothing(kind: str) -> None:
    ran = run("legacy", f"poison_{kind}", options='{"reporter_batch_size": 3}')

    # The batch is the first span, the odd one and the one beside it.
    names = sorted([f"poison_{kind}", "bad", "beside", *["next"] * 3, *["later"] * 3])
    assert sorted(span.name for span in ran.spans) == names


@claim(
    "poison-in-process",
    "jaeger_client.reporter:InMemoryReporter.report_span",
    "opentelemetry.sdk.trace.export.in_memory_span_exporter:InMemorySpanExporter.export",
)
@pytest.mark.parametrize("kind", POISON)
def test_exporters_in_the_process_show_a_bad_span_beside_good_ones(kind: str) -> None:
    legacy_spans, shim_spans = InMemoryReporter(), InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(shim_spans))
    legacy_tracer = JaegerTracer(
        "service", reporter=legacy_spans, sampler=ConstSampler(True), tags={"ip": "127.0.0.1"}
    )
    for tracer in (legacy_tracer, create_tracer(provider)):
        tracer.start_span("good").finish()
        POISON[kind](bad := tracer.start_span("bad"))
        bad.finish()

    assert (len(legacy_spans.get_spans()), len(shim_spans.get_finished_spans())) == (2, 2)


@needs_thrift_exporter
@claim("poison-not-thrift-exporter", "opentelemetry.exporter.jaeger.thrift:JaegerExporter.export")
def test_a_start_before_1970_costs_the_thrift_exporter_nothing(collector: Collector) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(thrift_exporter(collector.agent_port)))
    BEFORE_1970(span := create_tracer(provider).start_span("s"))
    span.finish()

    assert [span.name for span in collector.wait_for(bool)] == ["s"]
    provider.shutdown()


@needs_thrift_exporter
@claim("poison-thrift-exporter", "opentelemetry.exporter.jaeger.thrift:JaegerExporter.export")
@pytest.mark.parametrize("make_bad", [*POISON.values(), EVENT], ids=[*POISON, "event name"])
def test_a_bad_value_ends_the_thrift_exporter_for_the_life_of_the_process(
    make_bad: Callable[[AnySpan], object], collector: Collector
) -> None:
    names = arriving(thrift_exporter(collector.agent_port), collector, make_bad)

    assert (names, collector.counts.datagrams) == ([], 0)
