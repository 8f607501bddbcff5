# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""Long batch spans begin in the middle: their first log lines are gone.

Cause: opentelemetry-sdk, up to 1.45.2, keeps 128 events for each span and drops the oldest. jaeger-client
    does not limit their number.
Met: not reported that we know of
Way out: `OTEL_SPAN_EVENT_COUNT_LIMIT=1024`, or a span for each step.
Found by: `ot2otel diff before.jsonl after.jsonl`: events that are gone, and dropped counts.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.sdk.trace import SpanLimits, TracerProvider

old = Tracer("old", InMemoryReporter(), ConstSampler(True)).start_span("import")
long = TracerProvider(span_limits=SpanLimits(max_events=1024)).get_tracer("new").start_span("import")
span = TracerProvider().get_tracer("new").start_span("import")
for number in range(300):
    old.log_kv({"event": f"row {number}"})
    long.add_event(f"row {number}")
    span.add_event(f"row {number}")
assert len(old.logs) == len(long.events) == 300
assert len(span.events) == 300, f"{len(span.events)} of 300 are kept, from `{span.events[0].name}` on"
