# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Requests fail with an exception, and their spans are OK.

Cause: A status OK is final in opentelemetry-sdk, as the specification wants: a later ERROR is ignored, also
    one that an exception sets. OpenTracing has no such state.
Met: googleapis/python-spanner#1246
Way out: Set no status on success: UNSET means that nothing went wrong.
Found by: `ot2otel diff before.jsonl after.jsonl`: errors that are gone.
Lanes: pinned, newest
"""

from contextlib import suppress

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import StatusCode

tracer = TracerProvider().get_tracer("app")
with suppress(TimeoutError), tracer.start_as_current_span("charge") as mended:
    raise TimeoutError("no answer")
assert mended.status.status_code is StatusCode.ERROR

with suppress(TimeoutError), tracer.start_as_current_span("charge") as span:
    span.set_status(StatusCode.OK)
    raise TimeoutError("no answer")
assert span.status.status_code is StatusCode.ERROR, f"the status is {span.status.status_code.name}"
