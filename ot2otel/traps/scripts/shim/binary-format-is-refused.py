# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""A producer that writes the context into a binary message header raises UnsupportedFormatException.

Cause: opentelemetry-opentracing-shim, up to 0.66b1, and OpenTelemetry's propagators carry text alone;
    jaeger-client wrote 37 bytes for `Format.BINARY`.
Met: not reported that we know of
Way out: Text headers, in the old code first: `Format.TEXT_MAP`. OpenTracing and OpenTelemetry both read them.
Found by: `ot2otel record` of the service on the shim: the request fails. `grep` for `Format.BINARY` finds the
    place.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing import UnsupportedFormatException
from opentracing.propagation import Format

tracer = create_tracer(TracerProvider())
context = tracer.start_span("publish").context
text: dict[str, str] = {}
tracer.inject(context, Format.TEXT_MAP, text)
assert "traceparent" in text

binary, refused = bytearray(), False
try:
    tracer.inject(context, Format.BINARY, binary)
except UnsupportedFormatException:
    refused = True
assert not refused, "inject raised UnsupportedFormatException for Format.BINARY"
