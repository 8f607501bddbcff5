# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Spans of one request hang below a span of another, and the log says `Failed to detach context`.

Cause: A generator shares the context of its caller. `with tracer.start_as_current_span(...)` around a `yield`
    leaves the span current for the caller until the generator ends, and it may end in another context.
Met: open-telemetry/opentelemetry-python#2606, google/adk-python#6559
Way out: `start_span` in a generator, `use_span` around the parts between two `yield`s, and `end()` at its
    end.
Found by: `ot2otel record` and `ot2otel diff before.jsonl after.jsonl`: parents that are new.
Lanes: pinned, newest
"""

from collections.abc import Iterator

from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("app")


def rows() -> Iterator[int]:
    with tracer.start_as_current_span("rows"):
        yield from range(3)


def mended_rows() -> Iterator[int]:
    span = tracer.start_span("rows")
    try:
        yield from range(3)
    finally:
        span.end()


next(reader := mended_rows())
assert tracer.start_span("caller").parent is None

next(reader := rows())
assert tracer.start_span("caller").parent is None, "the caller's span is a child of `rows`"
