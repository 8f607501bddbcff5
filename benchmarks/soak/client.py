"""A client in a process of its own: it makes numbered spans at a given rate and writes its journal.

`python -m benchmarks.soak.client TASK`, where TASK is a JSON document. The libraries have their own defaults
with two exceptions. jaeger-client's queue takes 2,048 spans, as the SDK's does. A batch of the Jaeger thrift
exporter fits into one datagram, so that a lost datagram is known by its spans.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic as now
from time import sleep
from typing import Any, TypeAlias

from jaeger_client.local_agent_net import LocalAgentSender
from jaeger_client.reporter import Reporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.span import Span as JaegerSpan
from jaeger_client.tracer import Tracer
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.shim.opentracing_shim import create_tracer
from opentelemetry.trace import SpanKind
from requests.exceptions import ConnectionError as UnreachableError
from requests.exceptions import Timeout

from benchmarks.soak.journal import NUMBER, Batch, Outcome, Step, Writer

ATTRIBUTES: dict[str, str | int] = {
    "http.method": "GET",
    "http.url": "http://127.0.0.1:8082/Bryan",
    "http.status_code": 200,
    "hello.name": "Bryan",
}
_NAME = "server-1_to_server-2"
_TURN = 0.01  # seconds between two bursts
_QUEUE = 2048
_TIMEOUT = 9.0  # seconds; the OTLP exporter's is 10, and what is refused is repeated for 8.4 at most
_THRIFT_BATCH = 64  # spans; 64 of ours take 30 kB, and a datagram 65 kB
_PATIENCE = 40.0  # seconds for the delivery of the last spans

# Makes a span with this number.
Make: TypeAlias = Callable[[int], None]


class LoggedExporter(SpanExporter):
    """Hands spans on to an exporter, and notes each batch and the exporter's answer."""

    def __init__(self, exporter: SpanExporter, journal: Writer) -> None:
        self._exporter = exporter
        self._journal = journal

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export; an exception is noted and raised again."""
        begin = now()
        outcome = Outcome.FAILED
        try:
            result = self._exporter.export(spans)
            outcome = Outcome.SENT if result is SpanExportResult.SUCCESS else Outcome.REFUSED
        except Timeout:
            outcome = Outcome.TIMED_OUT
            raise
        except UnreachableError:
            outcome = Outcome.UNREACHABLE
            raise
        finally:
            end = now()
            # From SDK 1.40 on the OTLP exporter raises nothing when its time-out has passed.
            if outcome is Outcome.REFUSED and end - begin > _TIMEOUT:
                outcome = Outcome.TIMED_OUT
            numbers = [number for span in spans if isinstance(number := (span.attributes or {})[NUMBER], int)]
            self._journal.handed_over(numbers, Batch(begin, end, outcome))
        return result

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()


class LoggedReporter(Reporter):
    """jaeger-client's reporter, which also notes each batch. 4.8.0 is its last release."""

    def __init__(self, journal: Writer, **options: Any) -> None:  # Any: as jaeger-client takes them
        super().__init__(**options)
        self._journal = journal
        self._failed = 0
        self.metrics.reporter_failure = self._fail

    def _fail(self, spans: int) -> None:
        self._failed += spans

    def _submit(self, spans: Sequence[JaegerSpan]) -> Any:  # Any: tornado's future
        # The reporter reuses its list. It sends in this call: a datagram needs no wait.
        numbers = [next(tag.vLong for tag in span.tags if tag.key == NUMBER) for span in spans]
        begin, failed = now(), self._failed
        done = super()._submit(spans)
        outcome = Outcome.FAILED if self._failed > failed else Outcome.SENT
        self._journal.handed_over(numbers, Batch(begin, now(), outcome))
        return done


@contextmanager
def jaeger_client(service: str, agent_port: int, journal: Writer) -> Iterator[Make]:
    """Make spans with jaeger-client."""
    channel = LocalAgentSender("127.0.0.1", 0, agent_port)
    reporter = LoggedReporter(journal, channel=channel, queue_capacity=_QUEUE)
    tracer = Tracer(service, reporter, ConstSampler(True))
    yield lambda number: _opentracing_span(tracer, number)
    delivered = tracer.close()
    _wait_until(delivered.done)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = now() + _PATIENCE
    while not condition() and now() < deadline:
        sleep(_TURN)


def _opentracing_span(tracer: Any, number: int) -> None:  # Any: opentracing has no types
    tags = {"span.kind": "server", NUMBER: number, **ATTRIBUTES}
    with tracer.start_span(_NAME, tags=tags, ignore_active_span=True) as span:
        span.log_kv({"event": "answered", "value": "Hello"})


@contextmanager
def shim(provider: TracerProvider) -> Iterator[Make]:
    """Make spans with OpenTracing's API on the shim."""
    tracer = create_tracer(provider)
    yield lambda number: _opentracing_span(tracer, number)


@contextmanager
def native(provider: TracerProvider) -> Iterator[Make]:
    """Make spans with OpenTelemetry's API."""
    tracer = provider.get_tracer("benchmarks.soak")

    def make(number: int) -> None:
        attributes: Mapping[str, str | int] = {NUMBER: number, **ATTRIBUTES}
        span = tracer.start_span(_NAME, Context(), SpanKind.SERVER, attributes)
        span.add_event("answered", {"value": "Hello"})
        span.end()

    yield make


@contextmanager
def sdk(service: str, exporter: SpanExporter, journal: Writer, **options: int) -> Iterator[TracerProvider]:
    """Give a provider with the batch processor as it comes; deliver its spans at the end."""
    provider = TracerProvider(resource=Resource({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(LoggedExporter(exporter, journal), **options))
    yield provider
    # A thread that hangs in an exporter's back-off is left alone.
    delivery = threading.Thread(target=provider.shutdown, daemon=True)
    delivery.start()
    delivery.join(_PATIENCE)


@contextmanager
def maker(task: dict[str, Any], journal: Writer) -> Iterator[Make]:  # Any: JSON
    """Set the task's libraries up, and give the function that makes a span."""
    service = task["service"]
    if task["variant"] == "legacy":
        with jaeger_client(service, task["agent_port"], journal) as make:
            yield make
        return
    options = {}
    if task["exporter"] == "jaeger":
        from opentelemetry.exporter.jaeger.thrift import JaegerExporter  # not in every lane

        exporter = JaegerExporter(agent_host_name="127.0.0.1", agent_port=task["agent_port"])
        options = {"max_export_batch_size": _THRIFT_BATCH}
    else:
        exporter = OTLPSpanExporter(f"http://127.0.0.1:{task['otlp_port']}/v1/traces")
    api = {"shim": shim, "native": native}[task["variant"]]
    with sdk(service, exporter, journal, **options) as provider, api(provider) as make:
        yield make


def make_spans(make: Make, journal: Writer, rate: float, seconds: float) -> Step:
    """Make spans at this rate, or as many as the machine can, for so many seconds."""
    start, first = now(), journal.made
    while (passed := now() - start) < seconds:
        for _ in range(first + int(passed * rate) - journal.made):
            make(journal.number())
            if now() - start >= seconds:
                break
        sleep(_TURN)
    return Step(rate, now() - start, first, journal.made)


def main() -> None:
    """Make the spans of the task's steps, deliver them, and write the journal."""
    logging.disable()  # an absent receiver would fill the log
    task: dict[str, Any] = json.loads(sys.argv[1])
    journal = Writer()
    with maker(task, journal) as make:
        print("ready", flush=True)
        steps = [make_spans(make, journal, rate, seconds) for rate, seconds in task["steps"]]
    journal.write(Path(task["journal"]), steps)


if __name__ == "__main__":
    main()
