# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk", "opentelemetry-propagator-jaeger"]
# ///
"""Old services behind a new one trace everything as debug: sampling limits and adaptive sampling do not
apply.

Cause: opentelemetry-propagator-jaeger, up to 1.45.1, sets the debug bit of `uber-trace-id` as well when a
    span is sampled: the flags are 03 instead of 01.
Met: not reported that we know of
Way out: A propagator of your own that writes 01, or move the callees before the callers.
Found by: `ot2otel fleet`, where N marks a debug flag that the caller did not set, and
    `ot2otel headers captured.txt` for one captured request.
Lanes: pinned, newest
"""

from jaeger_client.codecs import TextCodec
from jaeger_client.constants import DEBUG_FLAG
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context

span = TracerProvider().get_tracer("new").start_span("call")
sent: dict[str, str] = {}
JaegerPropagator().inject(sent, set_span_in_context(span))

flags = TextCodec().extract(sent).flags
assert not flags & DEBUG_FLAG, (
    f"a new service sends uber-trace-id {sent['uber-trace-id'][-3:]}, which is debug"
)
