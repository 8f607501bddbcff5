# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-instrumentation-flask", "flask"]
# ///
"""The list of operations grows without end: a scanner's paths are names of spans.

Cause: opentelemetry-instrumentation-flask, up to 0.66b1, names a request that no route matches by its path.
    Flask-OpenTracing gave all of them one name.
Met: open-telemetry/opentelemetry-python-contrib#1914 (the same under Pyramid)
Way out: A catch-all route, or a processor or collector that renames spans without `http.route`.
Found by: `ot2otel diff before.jsonl after.jsonl`: names that vary without end.
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


def names(app: Flask) -> set[str]:
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider)
    exporter.clear()
    for path in ("/wp-login.php", "/.env"):
        app.test_client().get(path)
    return {span.name for span in exporter.get_finished_spans()}


caught = Flask("shop")
caught.add_url_rule("/<path:anything>", view_func=lambda anything: ("", 404))
assert len(names(caught)) == 1

found = names(Flask("shop"))
assert len(found) == 1, f"two unknown paths make the names {', '.join(sorted(found))}"
