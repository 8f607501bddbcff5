# /// script
# dependencies = ["jaeger-client", "opentelemetry-api", "opentelemetry-propagator-jaeger", "opentracing"]
# ///
"""A scanner's odd header answers 500: `extract` raises SpanContextCorruptedException.

Cause: jaeger-client 4.8.0 raises for an `uber-trace-id` that it cannot read. OpenTelemetry's propagators
    ignore such a header, so code that relied on the exception gets none.
Met: not reported that we know of
Way out: Catch the exception around `extract` and start a new trace. The `except` is harmless after the move.
Found by: `ot2otel headers captured.txt` on one captured request.
Lanes: pinned, newest
"""

from jaeger_client.reporter import NullReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry import trace
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentracing import SpanContextCorruptedException
from opentracing.propagation import Format

HEADERS = {"uber-trace-id": "' OR 1=1"}
assert not trace.get_current_span(JaegerPropagator().extract(HEADERS)).get_span_context().is_valid

raised = ""
try:
    Tracer("old", NullReporter(), ConstSampler(True)).extract(Format.HTTP_HEADERS, HEADERS)
except SpanContextCorruptedException as error:
    raised = str(error)
assert not raised, f"extract raised: {raised}"
