"""OpenTracing's API on OpenTelemetry's SDK: this file takes the place of the one with jaeger-client.

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
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.shim.opentracing_shim import create_tracer


def start_tracing(service: str) -> opentracing.Tracer:
    """Start the tracing of this process, and make its tracer the global one.

    The collector's address is in OTEL_EXPORTER_OTLP_ENDPOINT, the sampler in OTEL_TRACES_SAMPLER, the formats
    of headers in OTEL_PROPAGATORS.
    """
    # jaeger-client records its host; the SDK does if it is told to.
    os.environ.setdefault("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "host")
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    if os.environ.get("OTEL_TRACES_EXPORTER") != "none":  # in tests it is
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    tracer = create_tracer(provider)
    opentracing.set_global_tracer(tracer)
    _flush_at_the_end()
    return tracer


def caller(headers: Mapping[str, str]) -> opentracing.SpanContext | None:
    """Return the context that the sender of these headers gave, None if it gave none."""
    # Lower-case names: no others are found in a plain dictionary.
    carrier = {name.lower(): value for name, value in headers.items()}
    context = opentracing.global_tracer().extract(opentracing.Format.HTTP_HEADERS, carrier)
    # Without a sender the shim gives a context, too: its child would be a root, even inside an active span.
    return context if context.unwrap().is_valid else None


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
