"""Spans in the log: a span processor, its counterpart in jaeger-client, and a second exporter."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import requests
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.receive.collector import Collector
from otel_native.tracing import SpanLog
from tests.support.running import services

WRITTEN = re.compile(r"\] (\S+) (\w{32}):(\w{16}) (started|ended after [\d.]+ ms)$")
CORRELATED = {"OTEL_PYTHON_LOG_CORRELATION": "true"}


def logged(variant: str, settings: Mapping[str, str]) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """Return the lines that the services wrote for one request, and the ids of the arrived spans by name."""
    lines: list[str] = []
    with Collector() as collector:
        exporter = VARIANTS[variant].exporters[0]
        run = services("hello", variant, exporter, collector, settings=settings, show=lines.append)
        with run as running:
            requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
        spans = collector.wait_for(lambda spans: len(spans) >= 3)
    return lines, {span.name: (span.trace_id, span.span_id) for span in spans}


def on_spans(lines: list[str]) -> set[tuple[str, str, str, str]]:
    """Return the names, ids and first words of the lines on spans."""
    found = (WRITTEN.search(line) for line in lines)
    return {(one[1], one[2], one[3], one[4].partition(" ")[0]) for one in found if one}


@pytest.mark.parametrize("variant", ["shim", "native"])
def test_the_span_processor_logs_start_and_end_of_each_span(variant: str) -> None:
    lines, ids = logged(variant, {**CORRELATED, "OTEL_PYTHON_LOG_LEVEL": "debug"})

    assert on_spans(lines) == {(name, *ids[name], word) for name in ids for word in ("started", "ended")}


def test_jaeger_clients_reporter_sees_the_end_of_a_span_alone() -> None:
    lines, ids = logged("legacy", {**CORRELATED, "JAEGER_REPORTER_LOG_SPANS": "true"})

    assert on_spans(lines) == {(name, *ids[name], "ended") for name in ids}


@pytest.mark.parametrize("variant", BY_HAND)
def test_spans_are_not_logged_by_default(variant: str) -> None:
    lines, _ = logged(variant, CORRELATED)

    assert on_spans(lines) == set()


@pytest.mark.parametrize("variant", ["shim", "native"])
def test_two_exporters_at_once_send_the_same_spans(variant: str) -> None:
    lines, ids = logged(variant, {"OTEL_TRACES_EXPORTER": "otlp, console"})

    on_the_console = set(re.findall(r'"trace_id": "0x(\w{32})",\s*"span_id": "0x(\w{16})"', "\n".join(lines)))
    assert on_the_console == set(ids.values())


def test_a_flush_reaches_the_processors_behind_the_log() -> None:
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SpanLog())
    provider.add_span_processor(BatchSpanProcessor(memory, schedule_delay_millis=60_000))

    provider.get_tracer("a").start_span("waiting").end()

    assert provider.force_flush()
    assert [span.name for span in memory.get_finished_spans()] == ["waiting"]
    provider.shutdown()
