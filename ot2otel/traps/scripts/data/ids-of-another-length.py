# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk", "opentelemetry-propagator-jaeger", "opentracing"]
# ///
"""The trace id of an old service's log finds nothing in the new services' logs, and the reverse.

Cause: jaeger-client 4.8.0 makes ids of 64 bits, which the usual `f"{span.trace_id:x}"` prints with up to 16
    digits and without leading zeros. OpenTelemetry prints the same id with 32.
Met: elastic/apm-server#3837
Way out: Pad when you log: `f"{span.trace_id:032x}"`. Or `generate_128bit_trace_id: true`, and pad as well.
Found by: `ot2otel headers FILE` shows the id as each side reads it.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id
from opentracing.propagation import Format

tracer = Tracer("old", InMemoryReporter(), ConstSampler(True))
old = tracer.start_span("call")
sent: dict[str, str] = {}
tracer.inject(old.context, Format.HTTP_HEADERS, sent)
span = TracerProvider().get_tracer("new").start_span("request", JaegerPropagator().extract(sent))
new = format_trace_id(span.get_span_context().trace_id)

assert f"{old.trace_id:032x}" == new
assert f"{old.trace_id:x}" == new, f"the old service logs {old.trace_id:x}, the new one {new}"
