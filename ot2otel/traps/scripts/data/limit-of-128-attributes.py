# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""Wide spans lose tags without a word, the first ones first.

Cause: opentelemetry-sdk, up to 1.45.2, keeps 128 attributes for each span and drops the oldest. jaeger-client
    does not limit their number.
Met: not reported that we know of
Way out: `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=512`.
Found by: `ot2otel diff before.jsonl after.jsonl`: attributes that are gone, and dropped counts.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.sdk.trace import SpanLimits, TracerProvider

TAGS = {f"tag.{number}": number for number in range(200)}

old = Tracer("old", InMemoryReporter(), ConstSampler(True)).start_span("import", tags=dict(TAGS))
assert set(TAGS) <= {tag.key for tag in old.tags}
wide = TracerProvider(span_limits=SpanLimits(max_span_attributes=512)).get_tracer("new")
assert len(wide.start_span("import", attributes=TAGS).attributes) == 200

kept = TracerProvider().get_tracer("new").start_span("import", attributes=TAGS).attributes
assert len(kept) == 200, f"{len(kept)} of 200 are kept, from {next(iter(kept))} on"
