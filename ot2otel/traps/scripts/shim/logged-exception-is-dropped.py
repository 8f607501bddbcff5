# /// script
# dependencies = ["opentelemetry-sdk", "opentelemetry-opentracing-shim", "opentracing"]
# ///
"""The text of logged exceptions is missing: the event has no `error.object`.

Cause: `log_kv({"error.object": error})` hands the SDK an exception. opentelemetry-sdk 1.39.1 drops a value
    that is no attribute, with a warning; 1.45.2 keeps its text, as jaeger-client does.
Met: open-telemetry/opentelemetry-python#5266
Way out: `str(error)`, or `span.unwrap().record_exception(error)`.
Found by: `ot2otel diff before.jsonl after.jsonl`: the rule `shim-error-object`.
Lanes: pinned
"""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer

tracer = create_tracer(TracerProvider())
span, mended = tracer.start_span("load"), tracer.start_span("load")
mended.log_kv({"event": "error", "error.object": str(ValueError("no such user"))})
assert mended.unwrap().events[0].attributes["error.object"] == "no such user"

span.log_kv({"event": "error", "error.object": ValueError("no such user")})
kept = dict(span.unwrap().events[0].attributes)
assert kept.get("error.object") == "no such user", f"the event keeps only {', '.join(kept)}"
