# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""Some failures are errors and some are not: an exception that leaves `with tracer.start_span(...)` sets no
status.

Cause: opentracing's own `Span.__exit__` logs the exception and sets the tag `error`, and the shim keeps that
    tag as an attribute. `start_active_span` goes through OpenTelemetry's context manager, which records the
    exception and sets ERROR.
Met: open-telemetry/opentelemetry-python#1870 (`start_active_span`, mended in 2021)
Way out: `with tracer.start_active_span(...)`, in the old code already: jaeger-client reports the error of
    both alike. The span is then the current one, too: spans started inside become its children.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `shim-error-as-attribute` at these spans.
Lanes: pinned, newest
"""

from contextlib import suppress

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import StatusCode

tracer = create_tracer(TracerProvider())
with suppress(ValueError), tracer.start_active_span("load") as scope:
    raise ValueError("no such user")
assert scope.span.unwrap().status.status_code is StatusCode.ERROR

with suppress(ValueError), tracer.start_span("load") as span:
    raise ValueError("no such user")
found = span.unwrap()
assert found.status.status_code is StatusCode.ERROR, (
    f"status {found.status.status_code.name}, event {found.events[0].name!r}"
)
