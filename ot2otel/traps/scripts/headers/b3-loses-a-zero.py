# /// script
# dependencies = ["jaeger-client", "opentelemetry-propagator-b3"]
# ///
"""One trace in sixteen splits behind an old service that speaks B3.

Cause: jaeger-client 4.8.0 writes ids without leading zeros. An id of 128 bits that begins with a zero gets 31
    digits, and opentelemetry-propagator-b3 takes 16 or 32.
Met: jaegertracing/jaeger-client-python#322
Way out: `uber-trace-id` instead of B3 between the two: OpenTelemetry pads it.
Found by: `ot2otel headers FILE` on a captured request of such a trace.
Lanes: pinned, newest
"""

from jaeger_client.codecs import B3Codec
from jaeger_client.span_context import SpanContext
from opentelemetry import trace
from opentelemetry.propagators.b3 import B3MultiFormat

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
sent: dict[str, str] = {}
B3Codec(generate_128bit_trace_id=False).inject(SpanContext(TRACE_ID, 0xB7AD6B7169203331, None, 1), sent)
headers = {key.lower(): value for key, value in sent.items()}

padded = {**headers, "x-b3-traceid": headers["x-b3-traceid"].zfill(32)}
assert trace.get_current_span(B3MultiFormat().extract(padded)).get_span_context().trace_id == TRACE_ID

caller = trace.get_current_span(B3MultiFormat().extract(headers)).get_span_context()
assert caller.trace_id == TRACE_ID, f"not read: x-b3-traceid of {len(headers['x-b3-traceid'])} digits"
