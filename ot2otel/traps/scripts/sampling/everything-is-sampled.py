# /// script
# dependencies = ["jaeger-client", "opentelemetry-sdk"]
# ///
"""On the day of the switch the volume of traces grows, up to a thousandfold.

Cause: Left to itself, jaeger-client 4.8.0 samples one trace in a thousand until the Jaeger agent answers.
    opentelemetry-sdk, up to 1.45.2, samples all.
Met: grafana/grafana#70331, drogue-iot/drogue-cloud#230 (the same in Go and Rust)
Way out: `OTEL_TRACES_SAMPLER=parentbased_traceidratio`, and in `OTEL_TRACES_SAMPLER_ARG` the ratio that the
    Jaeger agent gave, or 0.001, before the switch.
Found by: `ot2otel translate-config FILE` warns; `ot2otel diff before.jsonl after.jsonl` counts the traces.
Lanes: pinned, newest
"""

from jaeger_client.sampler import DEFAULT_SAMPLING_PROBABILITY, ProbabilisticSampler
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

REQUESTS = 2000


def sampled(provider: TracerProvider) -> int:
    tracer = provider.get_tracer("new")
    return sum(tracer.start_span("request").is_recording() for _ in range(REQUESTS))


assert ProbabilisticSampler(DEFAULT_SAMPLING_PROBABILITY).rate == 0.001
assert sampled(TracerProvider(sampler=ParentBasedTraceIdRatio(0.001))) < REQUESTS / 50

traces = sampled(TracerProvider())
assert traces < REQUESTS / 50, f"{traces} of {REQUESTS} requests are sampled"
