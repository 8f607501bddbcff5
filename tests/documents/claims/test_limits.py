"""Spans and queues that are too large."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ot2otel.receive.collector import Collector
from tests.documents.claims.marks import claim
from tests.documents.claims.processes import python, run, sent_so_far
from tests.documents.claims.tracers import needs_thrift_exporter, thrift_exporter


def finished(number: int, value: str = "") -> Sequence[ReadableSpan]:
    """Return this many ended spans."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    for _ in range(number):
        provider.get_tracer("application").start_span("s", attributes={"k": value}).end()
    return kept.get_finished_spans()


@claim(
    "limit-legacy-datagram",
    "jaeger_client.reporter:Reporter._submit",
    "jaeger_client.TUDPTransport:TUDPTransport.write",
)
def test_a_span_or_a_batch_larger_than_a_datagram_vanishes_from_jaeger_client() -> None:
    one = '{"reporter_batch_size": 1}'
    ran = [
        run("legacy", "oversized", options=one),
        run("legacy", "oversized_batch", options=one),
        run("legacy", "oversized_batch", options='{"reporter_batch_size": 3}'),
    ]

    assert [each.names for each in ran] == [
        {"oversized", "small"},
        {"oversized_batch", "large 0", "large 1", "small"},
        # The batch was the first span and both large ones.
        {"small"},
    ]
    assert [each.errors for each in ran] == [
        {"oversized": ""},
        {"oversized_batch": ""},
        {"oversized_batch": ""},
    ]


@claim("limit-otlp", "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter.export")
def test_otlp_carries_a_span_of_any_size(collector: Collector) -> None:
    exporter = OTLPSpanExporter(f"{collector.otlp_endpoint}/v1/traces")
    result = exporter.export(finished(1, "x" * 200_000))
    exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    (span,) = collector.spans
    assert (result, len(str(span.attributes["k"]))) == (SpanExportResult.SUCCESS, 200_000)


@needs_thrift_exporter
@claim("limit-thrift-exporter", "opentelemetry.exporter.jaeger.thrift.send:AgentClientUDP.emit")
@pytest.mark.parametrize(
    ("number", "value", "split", "arriving"),
    [(512, "", False, 0), (512, "", True, 512), (1, "x" * 100_000, True, 0)],
    ids=["not split", "split", "one large span"],
)
def test_the_thrift_exporter_drops_batches_above_65_kb_and_reports_success(
    number: int, value: str, split: bool, arriving: int, collector: Collector
) -> None:
    exporter = thrift_exporter(collector.agent_port, udp_split_oversized_batches=split)
    result = exporter.export(finished(number, value))
    exporter.shutdown()

    assert (result, len(sent_so_far(collector))) == (SpanExportResult.SUCCESS, arriving)


@claim("queue-native", "opentelemetry.sdk.trace.export:BatchSpanProcessor.on_end")
def test_a_full_queue_of_the_batch_processor_drops_the_oldest() -> None:
    names: list[str] = []
    provider = TracerProvider(shutdown_on_exit=False)
    processor = BatchSpanProcessor(Keeping(names), max_queue_size=100, max_export_batch_size=100)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("application")
    # The worker exports under this lock, so it has to wait.
    with processor._batch_processor._export_lock:
        for number in range(300):
            tracer.start_span(str(number)).end()
    provider.shutdown()

    assert names[-1] == "299"
    assert len(names) < 300
    assert "0" not in names


class Keeping(SpanExporter):
    def __init__(self, names: list[str]) -> None:
        self._names = names

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._names += [span.name for span in spans]
        return SpanExportResult.SUCCESS


@claim(
    "collector-absent",
    "jaeger_client.reporter:Reporter._submit",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter.export",
)
def test_without_a_collector_jaeger_client_is_silent_and_otlp_logs_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as unused, socket.socket(type=socket.SOCK_DGRAM) as unused_udp:
        for either in (unused, unused_udp):
            either.bind(("127.0.0.1", 0))
        agent = {"JAEGER_AGENT_HOST": "127.0.0.1", "JAEGER_AGENT_PORT": str(unused_udp.getsockname()[1])}
        unused_udp.close()
        arguments = "-m", "tests.documents.claims.service", "legacy", "close_and_wait", "{}"
        legacy = python(*arguments, environment=agent)
        exporter = OTLPSpanExporter(f"http://127.0.0.1:{unused.getsockname()[1]}/v1/traces", timeout=0.2)
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        provider.get_tracer("application").start_span("s").end()
        provider.shutdown()

    assert (legacy.returncode, legacy.stderr) == (0, "")
    assert [record for record in caplog.records if record.levelno == logging.ERROR] != []
