# /// script
# dependencies = ["opentelemetry-api", "opentelemetry-propagator-jaeger"]
# ///
"""Behind a proxy that adds a header of its own, spans hang below the wrong caller.

Cause: Two headers name different traces. opentelemetry-api's composite propagator lets each propagator
    overwrite the one before it: the last in OTEL_PROPAGATORS that finds a context wins.
Met: open-telemetry/opentelemetry-java-instrumentation#425 (the same in Java)
Way out: Put the header that you trust last, or let the proxy remove the other.
Found by: `ot2otel headers FILE` on one captured request.
Lanes: pinned, newest
"""

from opentelemetry import trace
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

W3C, JAEGER = "0af7651916cd43dd8448eb211c80319c", "5b8efff798038103d269b633813fc60c"
HEADERS = {
    "traceparent": f"00-{W3C}-b7ad6b7169203331-01",
    "uber-trace-id": f"{JAEGER}:eee19b7ec3c1b174:0:1",
}


def trace_id(*propagators: object) -> str:
    found = CompositePropagator(list(propagators)).extract(HEADERS)
    return f"{trace.get_current_span(found).get_span_context().trace_id:032x}"


assert trace_id(JaegerPropagator(), TraceContextTextMapPropagator()) == W3C

first = trace_id(TraceContextTextMapPropagator(), JaegerPropagator())
assert first == W3C, "tracecontext is listed first, and uber-trace-id decides"
