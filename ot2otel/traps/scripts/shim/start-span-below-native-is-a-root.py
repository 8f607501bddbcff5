# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""A trace falls apart where OpenTracing code runs below a native span or an instrumentation: `start_span`
makes a root.

Cause: `start_span` of opentelemetry-opentracing-shim, up to 0.66b1, looks for its parent among the scopes of
    the shim alone. It does not see OpenTelemetry's current span. `start_active_span` does.
Met: open-telemetry/opentelemetry-python#3140
Way out: `start_active_span`; or migrate from the inside out: a function before the functions that call it.
Found by: `ot2otel diff before.jsonl after.jsonl`: fewer spans have their parent, and there are more traces.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

provider = TracerProvider()
shim = create_tracer(provider)
with provider.get_tracer("app").start_as_current_span("request") as request:
    with shim.start_active_span("query") as scope:
        assert scope.span.unwrap().parent.span_id == request.get_span_context().span_id
    query = shim.start_span("query").unwrap()

assert query.parent is not None, "the span `query` is the root of another trace"
