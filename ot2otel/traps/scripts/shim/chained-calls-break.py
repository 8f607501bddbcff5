# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""`span.set_baggage_item(...).set_tag(...)` raises AttributeError: 'NoneType' object has no attribute
'set_tag'.

Cause: OpenTracing's methods return the span. In opentelemetry-opentracing-shim, up to 0.66b1,
    `set_baggage_item` returns None; in OpenTelemetry's own API nearly every method of a span returns None,
    too.
Met: not reported that we know of
Way out: One statement for each call, in the old code first.
Found by: `ot2otel record` of the service on the shim: the request fails.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

span = create_tracer(TracerProvider()).start_span("request")
returned = span.set_baggage_item("tenant", "blue")
assert returned is span, f"set_baggage_item returned {returned!r}, not the span"
