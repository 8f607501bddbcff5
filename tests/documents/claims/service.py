"""A process with a tracer that takes one action: `python -m tests.documents.claims.service legacy exit "{}"`.

Results other than spans are printed as JSON. Batches wait for a minute, so that the action alone decides
whether a span is sent.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.support.untyped import AnySpan, AnyTracer

WAIT = 60.0


class Legacy:
    """A tracer of jaeger-client, with its defaults but for the sampler and the wait."""

    def __init__(self, **options: object) -> None:
        from jaeger_client.config import Config

        settings = {"sampler": {"type": "const", "param": True}, "reporter_flush_interval": WAIT}
        self.counted: dict[str, dict[str, int]] = {}
        self.sent = threading.Event()
        config = Config(settings | options, service_name="service", metrics_factory=_counting(self.counted))
        self.tracer: AnyTracer = config.new_tracer()

    def close(self) -> Any:  # Any: a future, whose library publishes no types
        return self.tracer.close()

    def close_and_wait(self) -> None:
        done(self.close(), 10)

    def flush(self) -> None:
        done(self.close(), 0.5)

    def trace_id(self, span: AnySpan) -> int:
        return int(span.trace_id)


def _counting(counted: dict[str, dict[str, int]]) -> Any:  # Any: its library publishes no types
    """Return a factory whose counters write into `counted`, by name and tags."""
    from jaeger_client.metrics.metrics import MetricsFactory

    class Counting(MetricsFactory):
        def create_counter(self, name: str, tags: dict[str, str] | None = None) -> Callable[[int], None]:
            key = ",".join(sorted(f"{tag}={value}" for tag, value in (tags or {}).items()))

            def count(value: int) -> None:
                of_name = counted.setdefault(name, {})
                of_name[key] = of_name.get(key, 0) + value

            return count

    return Counting()


class Native:
    """A provider with a batch processor, with its defaults but for the wait in s; `sent` tells of a batch."""

    def __init__(self, wait: float = WAIT) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.shim.opentracing_shim import create_tracer

        self.sent = sent = threading.Event()

        class Exporter(OTLPSpanExporter):
            def export(self, spans: Any) -> Any:  # Any: the SDK's types are not imported here
                result = super().export(spans)
                sent.set()
                return result

        self.provider = TracerProvider()
        processor = BatchSpanProcessor(Exporter(), schedule_delay_millis=wait * 1000)
        self.provider.add_span_processor(processor)
        self.tracer: AnyTracer = create_tracer(self.provider)

    def close(self) -> None:
        self.provider.shutdown()

    close_and_wait = close

    def flush(self) -> None:
        self.provider.force_flush()

    def trace_id(self, span: AnySpan) -> int:
        return int(span.context.unwrap().trace_id)


Library: TypeAlias = Any  # Any: `Legacy` or `Native`; not every action is possible with both
LIBRARIES: dict[str, Callable[..., Library]] = {"legacy": Legacy, "native": Native}
ACTIONS: dict[str, Callable[[Library], None]] = {}


def done(future: Any, timeout: float) -> bool:  # Any: its library publishes no types
    """Wait until a future of jaeger-client is done; its own result() takes no time-out."""
    deadline = time.monotonic() + timeout
    while not future.done() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(future.done())


def action(do: Callable[[Library], None]) -> Callable[[Library], None]:
    """Register an action, which a process takes after its span."""
    ACTIONS[do.__name__] = do
    return do


@action
def exit(library: Library) -> None:
    """Reach the end of the program."""


@action
def sys_exit(library: Library) -> None:
    sys.exit(0)


@action
def sigint(library: Library) -> None:
    os.kill(os.getpid(), signal.SIGINT)


@action
def sigterm(library: Library) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@action
def sigterm_handled(library: Library) -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    os.kill(os.getpid(), signal.SIGTERM)


@action
def close(library: Library) -> None:
    """Close, and reach the end of the program at once while the sending thread is busy for half a second."""
    if isinstance(library, Legacy):
        library.tracer.reporter.io_loop.add_callback(time.sleep, 0.5)
    library.close()


def block(library: Legacy) -> threading.Event:
    """Keep the thread busy that queues and sends spans; set the returned event to release it."""
    reached, released = threading.Event(), threading.Event()
    loop = library.tracer.reporter.io_loop
    loop.add_callback(reached.set)
    loop.add_callback(released.wait)
    reached.wait()
    return released


@action
def close_and_wait(library: Library) -> None:
    library.close_and_wait()


def children(library: Library, end: Callable[[Library], None]) -> None:
    """Let two children make a span each, as the workers of a preforking server do; print their trace ids."""
    for number in range(2):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            in_child(library, number, write)
            return end(library)
        os.waitpid(child, 0)
        print(os.read(read, 1000).decode(), flush=True)
    return None


def in_child(library: Library, number: int, write: int) -> None:
    library.sent.clear()
    span = library.tracer.start_span(f"child {number}")
    os.write(write, str(library.trace_id(span)).encode())
    span.finish()


@action
def fork_and_exit(library: Library) -> None:
    """Let the children end as programs do, with the functions registered for the exit."""
    children(library, lambda library: sys.exit(0))


@action
def fork_and_end_at_once(library: Library) -> None:
    children(library, lambda library: os._exit(0))


@action
def fork_and_flush(library: Library) -> None:
    def flush_and_end(library: Library) -> None:
        library.flush()
        os._exit(0)

    children(library, flush_and_end)


@action
def fork_and_live(library: Library) -> None:
    """Let the children live until they have sent a batch, at most 2 s."""

    def live(library: Library) -> None:
        library.sent.wait(2)
        os._exit(0)

    # The sending thread must hold no lock at the fork.
    if isinstance(library, Native):
        library.sent.wait(30)
    children(library, live)


@action
def fork_by_multiprocessing(library: Library) -> None:
    for number in range(2):
        read, write = os.pipe()
        child = multiprocessing.get_context("fork").Process(target=in_child, args=(library, number, write))
        child.start()
        child.join()
        print(os.read(read, 1000).decode(), flush=True)


@action
def close_twice(library: Library) -> None:
    print(json.dumps([done(library.close(), 10), done(library.close(), 0.5)]))


@action
def close_once(library: Library) -> None:
    print(json.dumps(done(library.close(), 0.5)))


@action
def close_in_thread(library: Library) -> None:
    print(json.dumps(raised_in_thread(library.close)))


@action
def close_after_asyncio(library: Library) -> None:
    asyncio.run(asyncio.sleep(0))
    print(json.dumps(raised(library.close)))


@action
def close_result(library: Library) -> None:
    print(json.dumps(raised(lambda: library.close().result(timeout=1))))


def raised(call: Callable[[], object]) -> str:
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return ""


def raised_in_thread(call: Callable[[], object]) -> str:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(raised(call)))
    thread.start()
    thread.join()
    return found[0]


@action
def overflow(library: Library) -> None:
    """Make 300 spans while the thread that empties the queue is busy."""
    released = block(library)
    for number in range(300):
        library.tracer.start_span(str(number)).finish()
    released.set()
    library.close_and_wait()
    print(json.dumps(library.counted))


POISON: dict[str, Callable[[AnySpan], object]] = {
    "number": lambda span: span.set_tag("n", 2**63),
    "surrogate": lambda span: span.set_tag("n", "\ud800"),
    "name": lambda span: span.set_operation_name(7),
}
# What costs jaeger-client nothing; the start is what `start_span(start_time=-5)` sets.
HARMLESS: dict[str, Callable[[AnySpan], object]] = {
    "event": lambda span: span.log_kv({"event": 7}),
    "before_1970": lambda span: setattr(span, "start_time", -5.0),
}


def poison(make_bad: Callable[[AnySpan], object]) -> Callable[[Library], None]:
    """Make a bad span among good ones, and then two batches of three good spans."""

    def make_spans(library: Library) -> None:
        bad = library.tracer.start_span("bad")
        make_bad(bad)
        bad.finish()
        for name in ("beside", *["next"] * 3, *["later"] * 3):
            library.tracer.start_span(name).finish()
        library.close_and_wait()

    return make_spans


ACTIONS |= {f"poison_{kind}": poison(make_bad) for kind, make_bad in (POISON | HARMLESS).items()}


@action
def oversized(library: Library) -> None:
    """Make a span whose short tags exceed a datagram together, and a small span."""
    library.tracer.start_span("big", tags={str(number): "x" * 1000 for number in range(70)}).finish()
    library.tracer.start_span("small").finish()
    library.close_and_wait()


@action
def oversized_batch(library: Library) -> None:
    """Make two spans of 40 kB, and a small span; in batches of one all fit in a datagram."""
    for name in ("large 0", "large 1"):
        library.tracer.start_span(name, tags={str(number): "x" * 1000 for number in range(40)}).finish()
    library.tracer.start_span("small").finish()
    library.close_and_wait()


if __name__ == "__main__":
    name, chosen, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    library = LIBRARIES[name](**options)
    library.tracer.start_span(chosen).finish()
    ACTIONS[chosen](library)
