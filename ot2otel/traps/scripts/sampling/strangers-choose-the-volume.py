# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""A ratio of one in a thousand is set, and one customer's requests are all traced, below parents that are not
in your back end.

Cause: A public endpoint reads `traceparent`, which many clients send today; few sent `uber-trace-id`. A
    parent-based sampler of opentelemetry-sdk, up to 1.45.2, obeys the caller's flag.
Met: micrometer-metrics/tracing#626, open-telemetry/opentelemetry-specification#1188
Way out: At the edge, do not extract; or `ParentBased(root, remote_parent_sampled=root)`.
Found by: `ot2otel headers captured.txt` on one captured request, and `ot2otel record`: orphans.
Lanes: pinned, newest
"""

from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
ratio = TraceIdRatioBased(0.0)

edge = TracerProvider(sampler=ParentBased(ratio, remote_parent_sampled=ratio)).get_tracer("edge")
assert not edge.start_span("request", extract(HEADERS)).is_recording()

span = TracerProvider(sampler=ParentBased(ratio)).get_tracer("edge").start_span("request", extract(HEADERS))
assert not span.is_recording(), "the ratio is 0, and the span is recorded"
