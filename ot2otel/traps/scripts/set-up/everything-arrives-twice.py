# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Every span is there twice, with the same ids; rates and costs double.

Cause: Set-up code that runs again (a reload, a factory for tests, `opentelemetry-instrument` beside your own
    code) adds a second processor to the same provider. opentelemetry-sdk, up to 1.45.2, exports through each.
Met: open-telemetry/opentelemetry-python#3275, equinor/ert#10843
Way out: Set up once for each process, in a function that the entry point alone calls.
Found by: `ot2otel diff before.jsonl after.jsonl`: it names duplicate ids.
Lanes: pinned, newest
"""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
trace.set_tracer_provider(TracerProvider())


def set_up() -> None:
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))


set_up()
set_up()
trace.get_tracer("app").start_span("request").end()
spans = exporter.get_finished_spans()
assert len(spans) == 1, f"{len(spans)} spans for one"
