"""Sets up tracing for one service: this module alone knows which tracer it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import opentracing
from jaeger_client.config import Config


@dataclass(frozen=True, slots=True)
class Tracing:
    """What a service needs for its spans; `close` delivers those that are finished."""

    tracer: opentracing.Tracer
    close: Callable[[], None]


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`, reporting to JAEGER_AGENT_HOST:JAEGER_AGENT_PORT over UDP.

    jaeger-client itself reads JAEGER_TAGS and JAEGER_TRACEID_128BIT. JAEGER_PROPAGATION (`jaeger` or
    `b3`) is the name that Jaeger's other clients gave to what is only a configuration key in this one.
    """
    config = Config(
        {
            # The default sampler asks the agent over HTTP and starts at one trace in a thousand.
            "sampler": {"type": "const", "param": True},
            # The default queue of 100 drops half of a burst of 200 spans without a word.
            "reporter_queue_size": 2048,
            "propagation": os.environ.get("JAEGER_PROPAGATION", "jaeger"),
            "tags": {"service.namespace": "legacy"},
        },
        service_name=service,
    )
    tracer = config.new_tracer()
    return Tracing(tracer, close=lambda: _close(tracer))


def _close(tracer: opentracing.Tracer, timeout: float = 4.0) -> None:
    """Wait until every finished span was sent, `timeout` seconds at most; only in the main thread."""
    sent = tracer.close()
    deadline = time.monotonic() + timeout
    # The future that jaeger-client returns can't be waited on: its result() takes no time-out.
    while not sent.done() and time.monotonic() < deadline:
        time.sleep(0.01)
