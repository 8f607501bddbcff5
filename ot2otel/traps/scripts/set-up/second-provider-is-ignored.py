# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""The log says `Overriding of current TracerProvider is not allowed`, and your exporter gets no span.

Cause: `opentelemetry-instrument`, or a library, has set a provider; opentelemetry-api, up to 1.45.2, keeps
    the first one. The exporters and the sampler of the second one never see a span.
Met: open-telemetry/opentelemetry-python#3275, pydantic/logfire#1622
Way out: Under `opentelemetry-instrument`, set none: `trace.get_tracer_provider().add_span_processor(...)`.
Found by: `ot2otel record -- opentelemetry-instrument ...`: its diagnosis of two providers.
Lanes: pinned, newest
"""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

trace.set_tracer_provider(TracerProvider())  # the agent

mended, exporter = InMemorySpanExporter(), InMemorySpanExporter()
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(mended))
own = TracerProvider()
own.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(own)

trace.get_tracer("app").start_span("request").end()
assert len(mended.get_finished_spans()) == 1
assert exporter.get_finished_spans(), "the exporter of the second provider got no span"
