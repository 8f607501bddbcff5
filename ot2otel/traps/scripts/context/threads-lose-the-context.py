# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Work in a thread pool is in traces of its own.

Cause: By default, Python hands its context variables to tasks, not to threads: a new thread, or one of an
    executor, has no current span. This is so for jaeger-client and for opentelemetry-sdk, up to 1.45.2.
Met: open-telemetry/opentelemetry-python-contrib#1009, open-telemetry/opentelemetry-python-contrib#1010
Way out: `executor.submit(copy_context().run, work)`; or opentelemetry-instrumentation-threading.
Found by: `ot2otel record` of the service: more traces than requests.
Lanes: pinned, newest
"""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("app")
with ThreadPoolExecutor() as executor, tracer.start_as_current_span("request"):
    mended = executor.submit(copy_context().run, tracer.start_span, "work").result()
    assert mended.parent is not None
    work = executor.submit(tracer.start_span, "work").result()
assert work.parent is not None, "the span `work` is the root of another trace"
