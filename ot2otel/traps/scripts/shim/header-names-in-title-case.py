# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""The trace splits at the first service on the shim, although the header `traceparent` arrives.

Cause: `dict(request.headers)` has the key `Traceparent`. jaeger-client ignores the case of keys;
    OpenTelemetry's default getter looks up `traceparent` in the mapping as it is, in every release up to
    opentelemetry-api 1.45.2.
Met: open-telemetry/opentelemetry-python#214
Way out: `{key.lower(): value for key, value in request.headers.items()}`, which jaeger-client reads as well.
Found by: `ot2otel headers FILE` on one captured request, and `ot2otel diff before.jsonl after.jsonl`: a lost
    parent.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.propagation import Format

HEADERS = {"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

tracer = create_tracer(TracerProvider())
lower = {key.lower(): value for key, value in HEADERS.items()}
assert tracer.extract(Format.HTTP_HEADERS, lower).unwrap().is_valid

caller = tracer.extract(Format.HTTP_HEADERS, HEADERS)
assert caller.unwrap().is_valid, "extract does not find the key `Traceparent`"
