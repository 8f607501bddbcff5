# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk", "opentracing"]
# ///
"""Traces without a root fill the back end: the caller did not sample them, and this service records its part.

Cause: jaeger-client's samplers, `const` as well, are asked for new traces alone. OpenTelemetry's `always_on`
    and `traceidratio` are asked for every span, whatever the caller decided.
Met: open-telemetry/opentelemetry-java#1445 (the same in Java)
Way out: The names that begin with `parentbased_`.
Found by: `ot2otel translate-config FILE`; `ot2otel diff before.jsonl after.jsonl`: orphans.
Lanes: pinned, newest
"""

from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, DEFAULT_ON
from opentracing.propagation import Format

OLD = {"uber-trace-id": "af7651916cd43dd8:b7ad6b7169203331:0:0"}
NEW = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}

old = Tracer("old", InMemoryReporter(), ConstSampler(True))
assert not old.start_span("request", child_of=old.extract(Format.HTTP_HEADERS, OLD)).is_sampled()
parent_based = TracerProvider(sampler=DEFAULT_ON).get_tracer("new")
assert not parent_based.start_span("request", extract(NEW)).is_recording()

span = TracerProvider(sampler=ALWAYS_ON).get_tracer("new").start_span("request", extract(NEW))
assert not span.is_recording(), "the span is recorded, and its parent is not"
