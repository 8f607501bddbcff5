# /// script
# dependencies = ["jaeger-client", "opentelemetry-propagator-b3"]
# ///
"""One trace in sixteen splits behind an old service that speaks B3.

Cause: jaeger-client 4.8.0 pads an id to 16 digits only, unless `generate_128bit_trace_id` is set. An id of
    128 bits that begins with a zero gets 31 digits, and opentelemetry-propagator-b3 takes 16 or 32.
Met: jaegertracing/jaeger-client-python#322
Way out: `generate_128bit_trace_id` in the old service, or `uber-trace-id` between both: it is padded.
Found by: `ot2otel headers captured.txt` on a captured request of such a trace.
Lanes: pinned, newest
"""

from jaeger_client.codecs import B3Codec
from jaeger_client.span_context import SpanContext
from opentelemetry import trace
from opentelemetry.propagators.b3 import B3MultiFormat

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
context = SpanContext(TRACE_ID, 0xB7AD6B7169203331, None, 1)
sent: dict[str, str] = {}
B3Codec(generate_128bit_trace_id=False).inject(context, sent)
headers = {key.lower(): value for key, value in sent.items()}

mended: dict[str, str] = {}
B3Codec(generate_128bit_trace_id=True).inject(context, mended)
padded = {key.lower(): value for key, value in mended.items()}
assert trace.get_current_span(B3MultiFormat().extract(padded)).get_span_context().trace_id == TRACE_ID

caller = trace.get_current_span(B3MultiFormat().extract(headers)).get_span_context()
assert caller.trace_id == TRACE_ID, f"not read: x-b3-traceid of {len(headers['x-b3-traceid'])} digits"
