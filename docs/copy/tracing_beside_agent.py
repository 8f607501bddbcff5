"""Spans of your own under `opentelemetry-instrument`: copy this file, and call `start_tracing` once.

The agent sets tracing up and traces the frameworks. This file gives a tracer for further spans, and delivers
every finished span where the agent does not: on SIGTERM, and in children that multiprocessing or Celery fork.
Call `flush` before os._exit. Children that multiprocessing starts as new interpreters have no agent and no
spans.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing.util
import signal
import sys
import threading

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider


def start_tracing(name: str) -> trace.Tracer:
    """Return a tracer for spans beside the agent's.

    `name` is their scope; OTEL_SERVICE_NAME names the service.
    """
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        logging.getLogger(__name__).warning("No spans: start this program with opentelemetry-instrument.")
    _flush_at_the_end()
    return trace.get_tracer(name)


def flush() -> None:
    """Wait until every finished span is sent, at most OTEL_EXPORTER_OTLP_TIMEOUT: by default 10 seconds."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.force_flush()


def _flush_at_the_end() -> None:
    atexit.register(flush)
    # SIGTERM ends a process without atexit. A server with a handler of its own keeps it.
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Children of multiprocessing end without atexit as well, but not without their finalizers.
    multiprocessing.util.register_after_fork(flush, _finalize)
    if multiprocessing.parent_process() is not None:
        _finalize()
    if "celery" in sys.modules:  # in its workers it is
        from celery.signals import worker_process_shutdown

        worker_process_shutdown.connect(lambda **_: flush(), weak=False)


def _finalize(_: object = None) -> None:
    multiprocessing.util.Finalize(None, flush, exitpriority=100)
