# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""The service dies at its end with AttributeError: 'TracerShim' object has no attribute 'close'.

Cause: `tracer.close()`, `span.trace_id`, `span.is_sampled()` and `span.context.trace_id` belong to
    jaeger-client, not to OpenTracing's API, so opentelemetry-opentracing-shim, up to 0.66b1, does not have
    them.
Met: not reported that we know of
Way out: `provider.shutdown()` for `close`; `span.unwrap().get_span_context()` for ids and the sampled flag.
Found by: `ot2otel record` of the service on the shim, to its end: the error is on its stderr.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

provider = TracerProvider()
tracer = create_tracer(provider)
span = tracer.start_span("request")
assert span.unwrap().get_span_context().trace_flags.sampled
provider.shutdown()

gone = [
    name
    for owner, name in ((tracer, "close"), (span, "trace_id"), (span, "is_sampled"))
    if not hasattr(owner, name)
]
assert not gone, f"the shim lacks {', '.join(gone)}"
