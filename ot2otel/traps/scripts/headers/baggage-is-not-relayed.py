# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Baggage reaches the first service and no other, although the trace is whole.

Cause: `start_as_current_span(name, context=extract(headers))` takes the parent from the context and attaches
    the new span to the *current* context, in which there is no baggage. This is so up to opentelemetry-api
    1.45.2.
Met: open-telemetry/opentelemetry-python#3350
Way out: `token = attach(extract(headers))` before the span, and `detach(token)` after it.
Found by: `ot2otel fleet`, where B marks lost baggage, and `ot2otel record` of two services.
Lanes: pinned, newest
"""

from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.trace import TracerProvider

HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "tenant=blue"}
tracer = TracerProvider().get_tracer("app")

relayed: dict[str, str] = {}
token = attach(extract(HEADERS))
with tracer.start_as_current_span("request"):
    inject(relayed)
detach(token)
assert relayed["baggage"] == "tenant=blue"

sent: dict[str, str] = {}
with tracer.start_as_current_span("request", context=extract(HEADERS)):
    inject(sent)
assert "baggage" in sent, f"the next service gets {', '.join(sent)} alone"
