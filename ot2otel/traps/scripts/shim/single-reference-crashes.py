# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""A consumer crashes on the shim: `references=follows_from(context)` raises AttributeError.

Cause: jaeger-client accepts one reference in place of a list, and skips references to None.
    opentelemetry-opentracing-shim, up to 0.66b1, iterates over what it gets: a reference is a tuple of its
    fields.
Met: not reported that we know of
Way out: Always a list: `references=[follows_from(context)]`, and none if the context is None.
Found by: `ot2otel record` of the service on the shim: the request fails.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing import follows_from

tracer = create_tracer(TracerProvider())
producer = tracer.start_span("publish")
assert len(tracer.start_span("handle", references=[follows_from(producer.context)]).unwrap().links) == 1

crash = ""
try:
    tracer.start_span("handle", references=follows_from(producer.context))
except AttributeError as error:
    crash = f"{type(error).__name__}: {error}"
assert not crash, crash
