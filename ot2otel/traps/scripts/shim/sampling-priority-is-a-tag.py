# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Requests that had to be traced are missing, and those that had to be left out are there:
`sampling.priority` does nothing.

Cause: An OpenTelemetry sampler decides when a span starts, and no later tag changes it.
    opentelemetry-opentracing-shim, up to 0.66b1, keeps `sampling.priority` as an attribute.
Met: matrix-org/synapse#13400
Way out: A sampler that reads an attribute given at the start; for traces that get interesting later, tail
    sampling in a collector.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `sampling.priority`, and traces that are new or
    missing.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.ext import tags

span = create_tracer(TracerProvider(sampler=ALWAYS_OFF)).start_span(
    "request", tags={tags.SAMPLING_PRIORITY: 1}
)
span.set_tag(tags.SAMPLING_PRIORITY, 1)
assert span.unwrap().is_recording(), "the span is not recorded, although sampling.priority is 1"
