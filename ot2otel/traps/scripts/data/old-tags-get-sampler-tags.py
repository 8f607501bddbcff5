# /// script
# dependencies = ["jaeger-client"]
# ///
"""Spans deep in a trace have `sampler.type`, and after the move they do not: no rule explains it.

Cause: jaeger-client 4.8.0 adds `sampler.type` and `sampler.param` to the dictionary that the caller gave as
    `tags` of a sampled root. A dictionary that is used again carries them to other spans.
Met: not reported that we know of
Way out: `tags=dict(TAGS)` in the old code, before the recording to compare with.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `sampler-tags` at roots, attributes that are gone
    elsewhere.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer

TAGS = {"component": "billing"}
tracer = Tracer("old", InMemoryReporter(), ConstSampler(True))
tracer.start_span("request", tags=dict(TAGS)).finish()
assert list(TAGS) == ["component"]

tracer.start_span("request", tags=TAGS).finish()
assert list(TAGS) == ["component"], f"the caller's dictionary has {', '.join(TAGS)}"
