# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Background jobs hang below the request that started them: `ignore_active_span=True` has no effect.

Cause: `start_active_span` of opentelemetry-opentracing-shim, up to 0.66b1, makes the current span the parent
    before it looks at the argument. `start_span` honours it.
Met: not reported that we know of
Way out: `start_span(..., ignore_active_span=True)`, then `scope_manager.activate(span,
    finish_on_close=True)`. Natively: `start_as_current_span(name, context=Context())`.
Found by: `ot2otel diff before.jsonl after.jsonl`: a parent that is new, and two traces that became one.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

tracer = create_tracer(TracerProvider())
with tracer.start_active_span("request"):
    with tracer.start_active_span("job", ignore_active_span=True) as scope:
        job = scope.span.unwrap()
    root = tracer.start_span("job", ignore_active_span=True)
    with tracer.scope_manager.activate(root, finish_on_close=True):
        assert root.unwrap().parent is None

assert job.parent is None, "the span `job` is a child of `request`"
