# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Nobody can tell a caller that waits from one that does not: FOLLOWS_FROM and CHILD_OF arrive alike.

Cause: opentelemetry-opentracing-shim, up to 0.66b1, makes a link of each reference, and of the first one the
    parent if no span is active. It leaves out the link's attribute `opentracing.ref_type`, which the
    specification wants.
Met: open-telemetry/opentelemetry-python#2179
Way out: Natively, a span that follows another has a link to it, `Link(context, {"opentracing.ref_type":
    "follows_from"})`.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `shim-reference-type`.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import Link
from opentracing import follows_from

provider = TracerProvider()
tracer = create_tracer(provider)
producer = tracer.start_span("publish")
span = tracer.start_span("handle", references=[follows_from(producer.context)]).unwrap()

link = Link(producer.unwrap().get_span_context(), {"opentracing.ref_type": "follows_from"})
native = provider.get_tracer("app").start_span("handle", links=[link])
assert native.links[0].attributes["opentracing.ref_type"] == "follows_from"

attributes = dict(span.links[0].attributes or {})
assert attributes, "the link has no attributes"
