# /// script
# dependencies = ["jaeger-client", "opentelemetry-api", "opentelemetry-propagator-jaeger", "opentracing"]
# ///
"""Every call between an old and a new service splits the trace in two.

Cause: jaeger-client 4.8.0 writes and reads Jaeger's headers alone, such as `uber-trace-id`; opentelemetry-api
    writes and reads `traceparent`, `tracestate` and `baggage` alone.
Met: open-telemetry/opentelemetry-java#967
Way out: `OTEL_PROPAGATORS=tracecontext,baggage,jaeger` in every new service, with
    opentelemetry-propagator-jaeger, until the last old one is gone.
Found by: `ot2otel fleet`, and `ot2otel headers captured.txt` for one captured request.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry import propagate, trace
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentracing.propagation import Format

tracer = Tracer("old", InMemoryReporter(), ConstSampler(True))
sent: dict[str, str] = {}
tracer.inject(tracer.start_span("call").context, Format.HTTP_HEADERS, sent)

mended = JaegerPropagator().extract(sent)
assert trace.get_current_span(mended).get_span_context().is_valid

caller = trace.get_current_span(propagate.extract(sent)).get_span_context()
assert caller.is_valid, f"the default propagators find no caller in {', '.join(sent)}"
