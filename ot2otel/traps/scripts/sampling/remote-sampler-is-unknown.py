# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""`OTEL_TRACES_SAMPLER=jaeger_remote` samples everything, with one warning at the start.

Cause: opentelemetry-sdk for Python, up to 1.45.2, has no remote sampler. The word stands in the
    specification; an unknown sampler is replaced by `parentbased_always_on`. `ratelimiting` has no
    counterpart either.
Met: open-telemetry/opentelemetry-python-contrib#636, open-telemetry/opentelemetry-python-contrib#4774
Way out: A fixed ratio: `OTEL_TRACES_SAMPLER=parentbased_traceidratio`; limits and adaptive rates in a
    collector.
Found by: `ot2otel translate-config FILE` warns of samplers without a counterpart.
Lanes: pinned, newest
"""

import os

from opentelemetry.sdk.trace import TracerProvider

os.environ["OTEL_TRACES_SAMPLER"] = "jaeger_remote"
os.environ["OTEL_TRACES_SAMPLER_ARG"] = (
    "endpoint=http://127.0.0.1:5778,pollingIntervalMs=5000,initialSamplingRate=0.001"
)
sampler = TracerProvider().sampler.get_description()
assert "Remote" in sampler, f"the sampler is {sampler}"
