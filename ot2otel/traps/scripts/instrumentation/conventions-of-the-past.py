# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-instrumentation-flask", "flask"]
# ///
"""Dashboards made from today's documentation are empty: the spans have `http.method`, not
`http.request.method`.

Cause: opentelemetry-instrumentation-* for HTTP, up to 0.66b1, write the old conventions unless
    OTEL_SEMCONV_STABILITY_OPT_IN says otherwise. For databases, 0.60b1 knows no other.
Met: open-telemetry/opentelemetry-python-contrib#2453
Way out: `OTEL_SEMCONV_STABILITY_OPT_IN=http/dup` while dashboards move, then `http`. Set it before the
    program starts: the first instrumentation to start reads it, once.
Found by: `ot2otel semconv FILE`, and a diagnosis of two generations in `ot2otel diff before.jsonl
    after.jsonl`.
Lanes: pinned, newest
"""

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
app = Flask("shop")
FlaskInstrumentor().instrument_app(app, tracer_provider=provider)
app.test_client().get("/")
found = [key for key in exporter.get_finished_spans()[0].attributes if key.endswith("method")]
assert found == ["http.request.method"], f"the span has {', '.join(found)}"
