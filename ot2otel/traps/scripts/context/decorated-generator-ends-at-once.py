# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""The span of a streamed answer takes no time, and its children are in other traces.

Cause: `@tracer.start_as_current_span(...)` on a generator wraps the call that makes the generator, not its
    items: the span has ended before the first one. Coroutines are awaited inside the span, generators are
    not, up to SDK 1.45.2.
Met: not reported that we know of
Way out: Decorate the function that reads the generator.
Found by: `ot2otel diff before.jsonl after.jsonl`: spans that lost their parents.
Lanes: pinned, newest
"""

from collections.abc import Iterator

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("app")


def current() -> bool:
    return trace.get_current_span().is_recording()


@tracer.start_as_current_span("stream")
def stream() -> Iterator[bool]:
    yield current()


@tracer.start_as_current_span("stream")
def read() -> list[bool]:
    return [current()]


assert all(read())
assert all(stream()), "the span `stream` ended before the first item"
