# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""Tags with a dict, None or an object are gone.

Cause: jaeger-client writes `str(value)`. opentelemetry-sdk 1.39.1 takes text, numbers, booleans and lists of
    one of them, and drops all else with a warning; 1.45.2 keeps such values.
Met: google/adk-python#4094, replicate/monobase#55
Way out: `str(value)` or `json.dumps(value)` at the call.
Found by: `ot2otel diff before.jsonl after.jsonl`: attributes that are gone.
Lanes: pinned
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.sdk.trace import TracerProvider

old = Tracer("old", InMemoryReporter(), ConstSampler(True)).start_span("order")
old.set_tag("cart", {"apples": 2})
assert any(tag.key == "cart" for tag in old.tags)

span = TracerProvider().get_tracer("new").start_span("order")
span.set_attribute("cart.text", str({"apples": 2}))
assert span.attributes["cart.text"] == "{'apples': 2}"

span.set_attribute("cart", {"apples": 2})
assert "cart" in span.attributes, "the attribute is dropped"
