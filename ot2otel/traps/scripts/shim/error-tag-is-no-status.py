# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""The error rate falls to zero: spans tagged `error=true` have the status UNSET.

Cause: opentelemetry-opentracing-shim, up to 0.66b1, keeps the tag as an attribute. The specification of the
    compatibility layer wants it as the status ERROR.
Met: open-telemetry/opentelemetry-java#4910 (the same in Java, mended there)
Way out: Set the status natively, on `span.unwrap()` while the shim is there. Let alerts read both meanwhile.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `shim-error-as-attribute`.
Lanes: pinned, newest
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import StatusCode
from opentracing.ext import tags

tracer = create_tracer(TracerProvider())
span = tracer.start_span("charge")
span.set_tag(tags.ERROR, True)

mended = tracer.start_span("charge")
mended.unwrap().set_status(StatusCode.ERROR)
assert mended.unwrap().status.status_code is StatusCode.ERROR

status = span.unwrap().status.status_code
assert status is StatusCode.ERROR, f"status {status.name} after set_tag('error', True)"
