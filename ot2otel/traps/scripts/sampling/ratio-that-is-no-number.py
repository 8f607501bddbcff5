# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""A ratio of one in a hundred is set, and every trace is sampled.

Cause: opentelemetry-sdk, up to 1.45.2, cannot read `OTEL_TRACES_SAMPLER_ARG=1%` or `0,01`: it warns once and
    takes 1.0.
Met: not reported that we know of
Way out: A decimal fraction with a point: `OTEL_TRACES_SAMPLER_ARG=0.01`.
Found by: `ot2otel translate-config FILE` writes the variable; `ot2otel record` shows how many requests are
    sampled.
Lanes: pinned, newest
"""

import os

from opentelemetry.sdk.trace import TracerProvider

os.environ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio"
os.environ["OTEL_TRACES_SAMPLER_ARG"] = "0.01"
assert "0.01" in TracerProvider().sampler.get_description()

os.environ["OTEL_TRACES_SAMPLER_ARG"] = "1%"
sampler = TracerProvider().sampler.get_description()
assert "0.01" in sampler, f"the sampler is {sampler}"
