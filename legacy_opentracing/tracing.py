"""Sets up tracing for one service: this module alone knows which tracer it is."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import opentracing
from jaeger_client.config import Config


@dataclass(frozen=True, slots=True)
class Tracing:
    """What a service needs for its spans; `close` and `flush` deliver those that are finished."""

    tracer: opentracing.Tracer
    close: Callable[[], None]
    flush: Callable[[], None] = lambda: None


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`, reporting to JAEGER_AGENT_HOST:JAEGER_AGENT_PORT over UDP.

    jaeger-client itself reads JAEGER_TAGS and JAEGER_TRACEID_128BIT. JAEGER_PROPAGATION (`jaeger` or
    `b3`) and JAEGER_REPORTER_FLUSH_INTERVAL (in ms) are the names that Jaeger's other clients gave to what
    are only configuration keys in this one.
    """
    config = Config(
        {
            # The default sampler asks the agent over HTTP and starts at one trace in a thousand.
            "sampler": {"type": "const", "param": True},
            # The default queue of 100 drops half of a burst of 200 spans without a word.
            "reporter_queue_size": 2048,
            "reporter_flush_interval": int(os.environ.get("JAEGER_REPORTER_FLUSH_INTERVAL", "1000")) / 1000,
            "propagation": os.environ.get("JAEGER_PROPAGATION", "jaeger"),
            "tags": {"service.namespace": "legacy"},
        },
        service_name=service,
    )
    tracer = config.new_tracer()
    return Tracing(tracer, close=lambda: _close(tracer), flush=lambda: _flush(tracer))


def _close(tracer: opentracing.Tracer, timeout: float = 4.0) -> None:
    """Wait until every finished span was sent, `timeout` seconds at most; only in the main thread."""
    sent = tracer.close()
    deadline = time.monotonic() + timeout
    # The future that jaeger-client returns can't be waited on: its result() takes no time-out.
    while not sent.done() and time.monotonic() < deadline:
        time.sleep(0.01)


def _flush(tracer: opentracing.Tracer, timeout: float = 2.0) -> None:
    """Wait until every span finished so far was sent, `timeout` seconds at most.

    jaeger-client sends ten spans at once, fewer of them after its flush interval.
    """
    reporter = tracer.reporter
    sent = threading.Event()
    # In the reporter's own thread, behind the spans that are still on their way into its queue.
    reporter.io_loop.add_callback(lambda: reporter.queue.join().add_done_callback(lambda _: sent.set()))
    sent.wait(timeout)
