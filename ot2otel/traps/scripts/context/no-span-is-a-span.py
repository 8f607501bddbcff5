# /// script
# dependencies = ["opentelemetry-api"]
# ///
"""`if span is None` is never true after the move: code that guarded against a missing span runs, and does
nothing.

Cause: `tracer.active_span` of OpenTracing is None without a span. `get_current_span()` of opentelemetry-api,
    in every release, returns an invalid span that is truthy and drops what it is given; its trace id is 32
    zeros.
Met: open-telemetry/opentelemetry-python#891, open-telemetry/oteps#216
Way out: `span.get_span_context().is_valid`, or `span.is_recording()`.
Found by: `grep` for `active_span`; `ot2otel diff before.jsonl after.jsonl` shows the tags that are gone.
Lanes: pinned, newest
"""

from opentelemetry import trace

span = trace.get_current_span()
assert not span.get_span_context().is_valid

assert not span, f"without a span, get_current_span() returns {span!r}"
