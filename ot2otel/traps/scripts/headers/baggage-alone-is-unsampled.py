# /// script
# dependencies = ["jaeger-client", "opentracing"]
# ///
"""Requests that bring baggage and no trace are never traced, although the sampler is `const` with 1.

Cause: jaeger-client 4.8.0 takes a context with baggage alone for a caller: the new trace gets its flags,
    which are 0, and its sampler is not asked. A gateway or a new service may well send `uberctx-` headers and
    no `uber-trace-id`.
Met: open-telemetry/opentelemetry-specification#2326 (on baggage alone)
Way out: Send both or neither; `extract` at the edge only.
Found by: `ot2otel headers FILE` on one captured request.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentracing.propagation import Format

tracer = Tracer("old", InMemoryReporter(), ConstSampler(True))
assert tracer.start_span("request", child_of=tracer.extract(Format.HTTP_HEADERS, {})).is_sampled()

caller = tracer.extract(Format.HTTP_HEADERS, {"uberctx-tenant": "blue"})
span = tracer.start_span("request", child_of=caller)
assert span.is_sampled(), "the span is not sampled"
