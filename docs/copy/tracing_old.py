"""Tracing with jaeger-client: copy this file into your service, and call `start_tracing` once, at its start.

Every finished span is delivered when the process ends: by itself, by sys.exit, by SIGTERM, as a forked worker
of gunicorn or uWSGI, as a child of multiprocessing or of Celery. Call `flush` before os._exit.
"""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import signal
import sys
import threading
from collections.abc import Mapping

import opentracing
from jaeger_client.config import Config
from opentracing.scope_managers.contextvars import ContextVarsScopeManager


def start_tracing(service: str) -> opentracing.Tracer:
    """Start the tracing of this process, and make its tracer the global one.

    The agent's address is in JAEGER_AGENT_HOST and JAEGER_AGENT_PORT.
    """
    config = Config(
        {
            # Your own settings go here.
            "sampler": {"type": "const", "param": 1},
            # The default queue of 100 drops the end of a burst without a word.
            "reporter_queue_size": 2048,
        },
        service_name=service,
        # The default keeps one active span for each thread: tasks of asyncio would see each other's.
        scope_manager=ContextVarsScopeManager(),
    )
    tracer = config.new_tracer()
    opentracing.set_global_tracer(tracer)

    def renew() -> None:
        new = config.new_tracer()
        tracer.reporter, tracer.sampler, tracer.random = new.reporter, new.sampler, new.random

    # A fork has no copy of the thread that sends, and would make the same trace ids as its siblings.
    os.register_at_fork(after_in_child=renew)
    _flush_at_the_end()
    return tracer


def caller(headers: Mapping[str, str]) -> opentracing.SpanContext | None:
    """Return the context that the sender of these headers gave, None if it gave none."""
    # Lower-case names: later, on the shim, no others are found in a plain dictionary.
    carrier = {name.lower(): value for name, value in headers.items()}
    try:
        return opentracing.global_tracer().extract(opentracing.Format.HTTP_HEADERS, carrier)
    except opentracing.SpanContextCorruptedException:
        return None  # a malformed header starts a new trace, it does not fail the request


def flush() -> None:
    """Wait until every finished span is sent, at most 4 seconds."""
    reporter = opentracing.global_tracer().reporter
    sent = threading.Event()
    # In the reporter's own thread, behind the spans that are still on their way into its queue.
    reporter.io_loop.add_callback(lambda: reporter.queue.join().add_done_callback(lambda _: sent.set()))
    sent.wait(4)


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
