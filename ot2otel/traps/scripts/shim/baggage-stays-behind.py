# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Tenant or user ids that travel as baggage are gone at the next service, and in child spans already.

Cause: opentelemetry-opentracing-shim, up to 0.66b1, keeps an item in the span's own context object. Children
    do not inherit it, `inject` does not send it, and `extract` does not read it.
Met: open-telemetry/opentelemetry-js#329 (the same in JavaScript)
Way out: OpenTelemetry's baggage: `attach(baggage.set_baggage(key, value))`, and the propagator `baggage`.
Found by: `ot2otel fleet`, where B marks lost baggage, and `ot2otel headers captured.txt` for one captured
    request.
Lanes: pinned, newest
"""

from opentelemetry import baggage, propagate
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.propagation import Format

tracer = create_tracer(TracerProvider())
span = tracer.start_span("request")
span.set_baggage_item("tenant", "blue")
sent: dict[str, str] = {}
tracer.inject(span.context, Format.HTTP_HEADERS, sent)

mended: dict[str, str] = {}
propagate.inject(mended, baggage.set_baggage("tenant", "blue"))
assert mended["baggage"] == "tenant=blue"

assert "baggage" in sent, f"the next service gets {', '.join(sent)} and no baggage"
