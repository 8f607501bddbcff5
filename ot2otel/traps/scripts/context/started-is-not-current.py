# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""One request makes many traces: the spans inside `with tracer.start_span(...)` are roots.

Cause: `start_span` makes no span current, in OpenTracing and in OpenTelemetry; a `with` around it only ends
    it. It reads like `start_active_span`, whose counterpart is `start_as_current_span`.
Met: saleor/saleor#5249 (on OpenTracing already)
Way out: `with tracer.start_as_current_span(...)`; or `with trace.use_span(span, end_on_exit=True)`.
Found by: `ot2otel diff before.jsonl after.jsonl`: spans that lost their parents.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("app")
with tracer.start_as_current_span("request"):
    assert tracer.start_span("query").parent is not None

with tracer.start_span("request"):
    query = tracer.start_span("query")
assert query.parent is not None, "the span `query` is a root"
