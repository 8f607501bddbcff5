# /// script
# dependencies = ["opentelemetry-api"]
# ///
"""A consumer raises TypeError on its first message: expected string or bytes-like object, got 'int'.

Cause: Kafka's header values are bytes. The default getter of opentelemetry-api, up to 1.45.2, takes them for
    a list, so the propagator gets a number, the first byte.
Met: not reported that we know of
Way out: Decode: `{key: value.decode() for key, value in message.headers}`; or a getter of your own.
Found by: `ot2otel record` of the consumer: its spans are missing, and the error is on its stderr.
Lanes: pinned, newest
"""

from opentelemetry import trace
from opentelemetry.propagate import extract

HEADERS = [("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]

decoded = extract({key: value.decode() for key, value in HEADERS})
assert trace.get_current_span(decoded).get_span_context().is_valid

raised = ""
try:
    extract(dict(HEADERS))
except TypeError as error:
    raised = str(error)
assert not raised, f"extract raised TypeError: {raised}"
