# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Work without incoming headers loses its place in the trace: `child_of=tracer.extract(...)` makes a root.

Cause: jaeger-client's `extract` returns None for a carrier without a context, and `child_of=None` means the
    active span. opentelemetry-opentracing-shim, up to 0.66b1, returns an invalid context that is truthy, and
    takes it as the parent.
Met: not reported that we know of
Way out: Ask whether the context is valid: `context if context.unwrap().is_valid else None`.
Found by: `ot2otel diff before.jsonl after.jsonl`: a span that lost its parent.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.propagation import Format

tracer = create_tracer(TracerProvider())
with tracer.start_active_span("request"):
    caller = tracer.extract(Format.HTTP_HEADERS, {})
    work = tracer.start_span("work", child_of=caller).unwrap()
    valid = caller if caller.unwrap().is_valid else None
    assert tracer.start_span("work", child_of=valid).unwrap().parent is not None

assert work.parent is not None, f"`work` is a root: extract({{}}) returned {type(caller).__name__}, not None"
