# /// script
# dependencies = ["jaeger-client"]
# ///
"""JAEGER_SAMPLER_TYPE and similar variables are in the deployment, and the service does not do what they say.

Cause: Jaeger's documents list them for all clients. jaeger-client 4.8.0 for Python reads JAEGER_AGENT_HOST,
    JAEGER_AGENT_PORT, JAEGER_TAGS and JAEGER_TRACEID_128BIT, and no other. A translation that takes the other
    variables to be in force changes the volume, the name or the headers.
Met: jaegertracing/documentation#306
Way out: Translate what the code's `Config` says.
Found by: `ot2otel translate-config FILE --environment` warns of each.
Lanes: pinned, newest
"""

import os

os.environ["JAEGER_SAMPLER_TYPE"], os.environ["JAEGER_SAMPLER_PARAM"] = "const", "0"

from jaeger_client import Config

assert Config({"sampler": {"type": "const", "param": 0}}, service_name="old").sampler.decision is False

sampler = Config({}, service_name="old").sampler
assert sampler is not None, "with JAEGER_SAMPLER_TYPE=const, the sampler is the default"
