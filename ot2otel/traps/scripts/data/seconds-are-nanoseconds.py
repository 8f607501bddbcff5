# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Spans from queues or logs are nowhere: they lie on 1 January 1970.

Cause: OpenTracing's `start_time` and `finish_time` are seconds. `start_time`, `end_time` and `timestamp` of
    opentelemetry-api, up to 1.45.2, are integer nanoseconds, and nothing checks them.
Met: open-telemetry/opentelemetry-python#4193, vllm-project/vllm#40698
Way out: `int(seconds * 1e9)`, or `time.time_ns()`.
Found by: `ot2otel diff before.jsonl after.jsonl`: it names spans that end before they start, and events far
    outside their span.
Lanes: pinned, newest
"""

import time
from datetime import datetime, timezone

from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("app")


def year(nanoseconds: float) -> int:
    return datetime.fromtimestamp(nanoseconds / 1e9, timezone.utc).year


received = time.time()
assert year(tracer.start_span("handle", start_time=int(received * 1e9)).start_time) > 1970

found = year(tracer.start_span("handle", start_time=received).start_time)
assert found > 1970, f"the span starts in {found}"
