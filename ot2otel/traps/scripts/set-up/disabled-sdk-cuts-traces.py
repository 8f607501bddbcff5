# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Tracing is switched off in one service in the middle, and the traces of all others fall apart.

Cause: With `OTEL_SDK_DISABLED=true`, the tracer of opentelemetry-sdk 1.39.1 starts an empty span that hides
    the caller's context, and `inject` sends nothing. 1.45.2 passes the caller's context on.
Met: not reported that we know of
Way out: `OTEL_TRACES_SAMPLER=parentbased_always_off`, or a newer SDK.
Found by: `ot2otel record` of two services with the middle one disabled: no headers go on.
Lanes: pinned
"""

import os

os.environ["OTEL_SDK_DISABLED"] = "true"

from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context

HEADERS = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

sent: dict[str, str] = {}
span = TracerProvider().get_tracer("middle").start_span("request", extract(HEADERS))
inject(sent, set_span_in_context(span))
assert sent == HEADERS, f"the next service gets the headers {sent}"
