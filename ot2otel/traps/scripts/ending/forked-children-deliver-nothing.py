# /// script
# dependencies = ["opentelemetry-sdk"]
# ///
"""Workers of a process pool make no spans.

Cause: A child of `multiprocessing` that was forked leaves by `os._exit`, without exit handlers: what its
    BatchSpanProcessor holds is lost, in every opentelemetry-sdk. With the start method `spawn` the child sets
    up its own.
Met: open-telemetry/opentelemetry-python#4215, pydantic/logfire#779
Way out: `multiprocessing.util.Finalize(None, provider.force_flush, exitpriority=100)` in the child.
    gunicorn's and uWSGI's workers leave in order.
Found by: `ot2otel record` of the service: the children's spans are missing.
Lanes: pinned, newest
"""

import multiprocessing
import multiprocessing.util
import tempfile
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter


def work(provider: TracerProvider, finalized: bool) -> None:
    if finalized:
        multiprocessing.util.Finalize(None, provider.force_flush, exitpriority=100)
    provider.get_tracer("worker").start_span("work").end()


def delivered(finalized: bool) -> bool:
    with tempfile.NamedTemporaryFile("w") as file:
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter(out=file)))
        child = multiprocessing.get_context("fork").Process(target=work, args=(provider, finalized))
        child.start()
        child.join()
        return "work" in Path(file.name).read_text(encoding="utf-8")


assert delivered(finalized=True)
assert delivered(finalized=False), "the child's span is lost"
