# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-instrumentation-sqlite3"]
# ///
"""Some queries have spans, some have none: those by `connection.execute(...)` are missing.

Cause: opentelemetry-instrumentation-sqlite3 and -dbapi, up to 0.66b1, wrap the cursors that
    `connection.cursor()` returns. sqlite3's shortcuts on the connection make a cursor past them.
Met: open-telemetry/opentelemetry-python-contrib#3082, grantjenks/python-diskcache#331
Way out: `connection.cursor().execute(...)`.
Found by: `ot2otel diff before.jsonl after.jsonl`: database spans that are missing.
Lanes: pinned, newest
"""

import sqlite3

from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
SQLite3Instrumentor().instrument(tracer_provider=provider)

connection = sqlite3.connect(":memory:")
connection.cursor().execute("SELECT 1")
assert len(exporter.get_finished_spans()) == 1

exporter.clear()
connection.execute("SELECT 1")
assert exporter.get_finished_spans(), "connection.execute makes no span"
