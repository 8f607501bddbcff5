# /// script
# dependencies = ["jaeger-client"]
# ///
"""A service whose configuration says `enabled: false` sends spans; translated to OTEL_SDK_DISABLED it goes
silent.

Cause: jaeger-client 4.8.0 has the key `enabled` and reads it nowhere.
Met: not reported that we know of
Way out: Ask who reads these traces before you translate the key.
Found by: `ot2otel translate-config FILE` warns.
Lanes: pinned, newest
"""

from jaeger_client import Config
from jaeger_client.reporter import InMemoryReporter

config = Config({"enabled": False, "sampler": {"type": "const", "param": 1}}, service_name="old")
reporter = InMemoryReporter()
config.create_tracer(reporter, config.sampler).start_span("request").finish()
assert not reporter.get_spans(), f"{len(reporter.get_spans())} span reported with `enabled: false`"
