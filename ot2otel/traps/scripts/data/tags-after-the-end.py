# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""Status codes that a callback sets after `finish()` are missing; the log says `Setting attribute on ended
span.`.

Cause: opentelemetry-sdk, in every release, drops what comes after `end()`. jaeger-client changed the span
    that waited in its queue, so most of these tags arrived.
Met: BerriAI/litellm#36746
Way out: Set the tag first, then end the span.
Found by: `ot2otel diff before.jsonl after.jsonl`: attributes that are gone.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.sdk.trace import TracerProvider

old = Tracer("old", InMemoryReporter(), ConstSampler(True)).start_span("GET")
old.finish()
old.set_tag("http.status_code", 503)
assert any(tag.key == "http.status_code" for tag in old.tags)

span = TracerProvider().get_tracer("new").start_span("GET")
span.end()
span.set_attribute("http.status_code", 503)
assert "http.status_code" in span.attributes, "the attribute is dropped"
