# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""A batch job's trace lacks most of its spans, those that ended first.

Cause: BatchSpanProcessor of opentelemetry-sdk, up to 1.45.2, keeps 2,048 finished spans while one export
    runs. It drops the oldest: 1.39.1 without a word, 1.45.2 with the warning `Queue full`. jaeger-client
    refused the newest.
Met: open-telemetry/opentelemetry-python#1787
Way out: `OTEL_BSP_MAX_QUEUE_SIZE=16384` and `OTEL_BSP_SCHEDULE_DELAY=1000`; a collector that is near.
Found by: `ot2otel diff before.jsonl after.jsonl`: spans that are missing, and orphans.
Lanes: pinned, newest
"""

from threading import Event

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class SlowExporter(SpanExporter):
    """Its first export lasts until the burst is over."""

    def __init__(self) -> None:
        self.sent, self.burst_is_over = 0, Event()

    def export(self, spans: object) -> SpanExportResult:
        self.burst_is_over.wait(60)
        self.sent += len(spans)
        return SpanExportResult.SUCCESS


def sent(**settings: int) -> int:
    exporter = SlowExporter()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter, **settings))
    tracer = provider.get_tracer("job")
    for _ in range(8000):
        tracer.start_span("row").end()
    exporter.burst_is_over.set()
    provider.shutdown()
    return exporter.sent


assert sent(max_queue_size=16384) == 8000
spans = sent()
assert spans == 8000, f"{spans} of 8000 spans are sent"
