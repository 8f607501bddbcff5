# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Your own spans arrive, those of every instrumentation library are missing.

Cause: Old code passes its tracer to each library. OpenTelemetry's instrumentations ask `opentelemetry.trace`
    for the global provider; without `set_tracer_provider`, opentelemetry-api, up to 1.45.2, gives them one
    that drops all, without a warning.
Met: not reported that we know of
Way out: `trace.set_tracer_provider(provider)`, once, before the first request.
Found by: `ot2otel record` of the service: a diagnosis names an instrumentation that is installed and silent.
Lanes: pinned, newest
"""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

provider = TracerProvider()
library = trace.get_tracer("opentelemetry.instrumentation.requests")
before = library.start_span("GET")

trace.set_tracer_provider(provider)
assert library.start_span("GET").is_recording()
assert before.is_recording(), "the library's span is not recorded"
