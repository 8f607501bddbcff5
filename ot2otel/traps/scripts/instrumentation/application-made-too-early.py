# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-instrumentation-flask", "flask"]
# ///
"""`FlaskInstrumentor().instrument()` is called, and the service has no SERVER span.

Cause: opentelemetry-instrumentation-flask, up to 0.66b1, puts a class of its own into the module `flask`. An
    application that exists by then keeps the old class, and so does one whose module did `from flask import
    Flask` before. OpenTracing's `FlaskTracing(tracer, True, app)` was told its application.
Met: open-telemetry/opentelemetry-python-contrib#1921
Way out: `FlaskInstrumentor().instrument_app(app)`.
Found by: `ot2otel record` of the service: a diagnosis names an instrumentation that is installed and silent.
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


def spans_of(app: Flask) -> int:
    exporter.clear()
    app.test_client().get("/")
    return len(exporter.get_finished_spans())


mended, app = Flask("shop"), Flask("shop")
FlaskInstrumentor().instrument_app(mended, tracer_provider=provider)
FlaskInstrumentor().instrument(tracer_provider=provider)
assert spans_of(mended) == 1
assert spans_of(app) == 1, "a request to the application makes no span"
