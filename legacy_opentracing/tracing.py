"""Sets up tracing for one service: only this module names the tracer."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import opentracing
from jaeger_client.config import Config
from jaeger_client.metrics.prometheus import PrometheusMetricsFactory
from jaeger_client.reporter import BaseReporter
from jaeger_client.span import Span
from opentracing.scope_managers.contextvars import ContextVarsScopeManager
from tornado.concurrent import Future

from legacy_opentracing import metrics
from ot2otel_flows.children import deliver_in_children

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tracing:
    """A service's tracing; `close` and `flush` deliver the finished spans.

    `ids` returns the active span's `trace_id` of 32 digits, its `span_id` of 16 and its `trace_flags`
    ("01" if it is sampled, "00" if not), or nothing if no span is active.
    """

    tracer: opentracing.Tracer
    close: Callable[[], None]
    ids: Callable[[], Mapping[str, str]] = dict
    flush: Callable[[], None] = lambda: None


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`, reporting to JAEGER_AGENT_HOST:JAEGER_AGENT_PORT over UDP.

    jaeger-client itself reads JAEGER_TAGS and JAEGER_TRACEID_128BIT. This function reads JAEGER_PROPAGATION
    (`jaeger` or `b3`), JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM, JAEGER_REPORTER_FLUSH_INTERVAL (in ms) and
    JAEGER_REPORTER_LOG_SPANS: variables of Jaeger's other clients, in place of keys of jaeger-client's
    configuration. Raises ValueError for an invalid sampler or interval.
    """
    config = Config(
        {
            "sampler": _sampler(),
            # The default queue of 100 drops half of a burst of 200 spans without a word.
            "reporter_queue_size": 2048,
            "reporter_flush_interval": int(os.environ.get("JAEGER_REPORTER_FLUSH_INTERVAL", "1000")) / 1000,
            "propagation": os.environ.get("JAEGER_PROPAGATION", "jaeger"),
            "tags": {"service.namespace": "legacy"},
        },
        service_name=service,
        metrics_factory=TracerMetrics() if metrics.wanted() else None,
        # The default is one for each thread: tasks of one event loop would see each other's spans.
        scope_manager=ContextVarsScopeManager(),
    )
    try:
        tracer = config.new_tracer()
    except (AssertionError, ValueError) as error:
        raise ValueError(f"JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM: {error}") from error
    sender: Any = tracer.reporter  # Any: its base class declares neither its loop nor its queue
    flush = partial(_flush, sender, os.getpid())
    atexit.register(flush)
    deliver_in_children(flush)
    if os.environ.get("JAEGER_REPORTER_LOG_SPANS", "").lower() == "true":
        tracer.reporter = SpanLog(tracer.reporter)
    return Tracing(
        tracer,
        close=lambda: _close(tracer),
        ids=lambda: _ids(tracer),
        flush=flush,
    )


class TracerMetrics(PrometheusMetricsFactory):
    """Makes the tracer's own metrics for Prometheus, with names such as `jaeger_started_spans_total`.

    jaeger-client writes `jaeger:started_spans`. Today's prometheus_client replaces a colon by an underscore
    in a sample's name, but not in the name of its type, so that a parser accepts neither.
    """

    def create_counter(self, name: str, tags: dict[str, Any] | None = None) -> Callable[[int], None]:
        """Make a counter, and return the function that adds to it."""
        return super().create_counter(name.replace(":", "_"), tags)

    def create_gauge(self, name: str, tags: dict[str, Any] | None = None) -> Callable[[float], None]:
        """Make a gauge, and return the function that sets it."""
        return super().create_gauge(name.replace(":", "_"), tags)


class SpanLog(BaseReporter):
    """Logs each sampled span when it ends, with its duration, and hands it on.

    jaeger-client's own key `logging` does this too, but then `close` never ends.
    """

    def __init__(self, reporter: BaseReporter) -> None:
        self._reporter = reporter

    def report_span(self, span: Span) -> None:
        """Log the span and report it; a reporter gets no span at its start."""
        duration = (span.end_time or 0) - span.start_time
        ids = f"{span.trace_id:032x}:{span.span_id:016x}"
        _LOGGER.info("%s %s ended after %.3f ms", span.operation_name, ids, duration * 1e3)
        self._reporter.report_span(span)

    def close(self) -> Future[Any]:  # Any: as jaeger-client declares it
        """Return the future that is done when all spans are sent."""
        return self._reporter.close()


def _sampler() -> dict[str, str]:
    kind = os.environ.get("JAEGER_SAMPLER_TYPE", "const")
    if kind == "remote":
        # jaeger-client's default, which has no name: it asks the agent and starts at one trace in a thousand.
        return {}
    return {"type": kind, "param": os.environ.get("JAEGER_SAMPLER_PARAM", "1")}


def _ids(tracer: opentracing.Tracer) -> Mapping[str, str]:
    span = tracer.active_span
    if span is None:
        return {}
    return {
        "trace_id": f"{span.trace_id:032x}",
        "span_id": f"{span.span_id:016x}",
        "trace_flags": f"{span.flags & 1:02x}",
    }


def _close(tracer: opentracing.Tracer, timeout: float = 4.0) -> None:
    """Wait until every finished span is sent, at most `timeout` seconds; for the main thread only."""
    sent = tracer.close()
    deadline = time.monotonic() + timeout
    # The future that jaeger-client returns can't be waited on: its result() takes no time-out.
    while not sent.done() and time.monotonic() < deadline:
        time.sleep(0.01)


def _flush(sender: Any, process: int, timeout: float = 2.0) -> None:
    """Wait until `sender` has sent every span finished so far, at most `timeout` seconds.

    jaeger-client sends ten spans at once, and fewer after its flush interval. Its thread is only in the
    process that started it: in a fork of that one nothing is sent.
    """
    if os.getpid() != process:
        return
    sent = threading.Event()
    # In the sender's own thread, after the spans that are still on their way into its queue.
    sender.io_loop.add_callback(lambda: sender.queue.join().add_done_callback(lambda _: sent.set()))
    sent.wait(timeout)
