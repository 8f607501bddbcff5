# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk", "opentelemetry-propagator-jaeger"]
# ///
"""`curl -H 'jaeger-debug-id: me'` no longer forces a trace.

Cause: The header belongs to Jaeger's clients. opentelemetry-propagator-jaeger, up to 1.45.1, does not read
    it.
Met: grafana/dskit#732 (the same in Go)
Way out: Send a `traceparent` with the flag 01 to a service whose sampler is parent-based.
Found by: `ot2otel headers FILE` on one captured request.
Lanes: pinned, newest
"""

from jaeger_client.codecs import TextCodec
from opentelemetry.propagate import extract
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

HEADERS = {"jaeger-debug-id": "me"}
assert TextCodec().extract(HEADERS).debug_id == "me"

tracer = TracerProvider(sampler=ParentBased(ALWAYS_OFF)).get_tracer("new")
forced = extract({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
assert tracer.start_span("request", forced).is_recording()

span = tracer.start_span("request", JaegerPropagator().extract(HEADERS))
assert span.is_recording(), "the span is not recorded"
