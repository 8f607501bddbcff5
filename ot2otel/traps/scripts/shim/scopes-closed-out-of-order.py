# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Later requests of a worker hang below a span that ended long ago.

Cause: A scope is closed before the one inside it. Closing the inner scope puts back the context of its start,
    in which the outer span is current. So does jaeger-client, and there the outer span is never reported: the
    later spans are orphans.
Met: not reported that we know of
Way out: `with` blocks, or `close()` in the opposite order.
Found by: `ot2otel diff before.jsonl after.jsonl`: parents that are new, and traces that became one.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

tracer = create_tracer(TracerProvider())
with tracer.start_active_span("request"), tracer.start_active_span("query"):
    pass
assert tracer.start_span("next request").unwrap().parent is None

outer = tracer.start_active_span("request")
inner = tracer.start_active_span("query")
outer.close()
inner.close()
with tracer.start_active_span("next request") as scope:
    later = scope.span.unwrap()
assert later.parent is None, "the span `next request` is a child of `request`, which has ended"
