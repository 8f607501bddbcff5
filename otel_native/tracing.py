"""Sets up tracing for one service: only this module names the tracer."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import set_meter_provider
from opentelemetry.propagate import get_global_textmap
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Tracer, get_current_span, get_tracer_provider, set_tracer_provider

from ot2otel_flows.children import deliver_in_children
from otel_native import metrics

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tracing:
    """A service's tracing; `close` and `flush` deliver the finished spans.

    `ids` returns the active span's `trace_id` of 32 digits, its `span_id` of 16 and its `trace_flags`
    ("01" if it is sampled, "00" if not), or nothing if no span is active.
    """

    tracer: Tracer
    propagator: TextMapPropagator
    close: Callable[[], None]
    ids: Callable[[], Mapping[str, str]] = dict
    flush: Callable[[], None] = lambda: None


class UnknownExporterError(ValueError):
    """OTEL_TRACES_EXPORTER names an exporter that is not available; the text has the remedy."""


def start_tracing(service: str) -> Tracing:
    """Return the tracing of `service`, set up by OpenTelemetry's environment variables."""
    provider = global_provider(service, namespace="native")
    return Tracing(
        provider.get_tracer("otel_native"),
        get_global_textmap(),
        close=lambda: close_provider(provider),
        ids=active_ids,
        flush=lambda: flush_provider(provider),
    )


def global_provider(service: str, namespace: str) -> TracerProvider:
    """Return the provider of the process, where instrumented libraries find it as well.

    Under `opentelemetry-instrument` it is the agent's, whose resource has the name in OTEL_SERVICE_NAME;
    otherwise a new one for `service`.
    """
    provider = get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = start_provider(service, namespace)
        set_tracer_provider(provider)
    # In the thread that ends the process: not every Python starts another one there. Without `shutdown`: in a
    # worker of uWSGI that recorded nothing it waits 30 s for a thread that did not survive the fork.
    atexit.register(provider.force_flush)
    deliver_in_children(lambda: flush_provider(provider))
    return provider


def start_provider(service: str, namespace: str) -> TracerProvider:
    """Return a provider with the exporters that OTEL_TRACES_EXPORTER lists (`otlp` unless it is set).

    The SDK itself reads OTEL_EXPORTER_OTLP_*, OTEL_EXPORTER_JAEGER_*, OTEL_PROPAGATORS,
    OTEL_TRACES_SAMPLER, OTEL_BSP_* and OTEL_RESOURCE_ATTRIBUTES. With OTEL_PYTHON_LOG_LEVEL=debug the
    start and the end of every span are logged. Raises UnknownExporterError.
    """
    # jaeger-client always records its host; the SDK's detector for that is off unless it is named.
    os.environ.setdefault("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "host")
    resource = Resource.create({"service.name": service, "service.namespace": namespace})
    if metrics.wanted():
        # Before the exporters and processors, which send their own metrics there.
        set_meter_provider(MeterProvider([PrometheusMetricReader()], resource))
    exporters = [_exporter(name) for name in os.environ.get("OTEL_TRACES_EXPORTER", "otlp").split(",")]
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if os.environ.get("OTEL_PYTHON_LOG_LEVEL", "").lower() == "debug":
        provider.add_span_processor(SpanLog())
    for exporter in exporters:
        if exporter is not None:
            provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def close_provider(provider: TracerProvider, timeout: float = 4.0) -> None:
    """Wait until every finished span is exported, at most `timeout` seconds."""
    # Without a collector the exporter's back-off would delay the service's end for too long.
    shutdown = threading.Thread(target=provider.shutdown, daemon=True)
    shutdown.start()
    shutdown.join(timeout)


def flush_provider(provider: TracerProvider, timeout: float = 2.0) -> None:
    """Wait until every span finished so far is exported, at most `timeout` seconds."""
    # The SDK's time-out has no effect: its batch processor exports in the calling thread, with back-off.
    flush = threading.Thread(target=provider.force_flush, daemon=True)
    flush.start()
    flush.join(timeout)


def active_ids() -> Mapping[str, str]:
    """Return the ids of the active span as `Tracing.ids` does."""
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "trace_flags": f"{context.trace_flags & 1:02x}",
    }


class SpanLog(SpanProcessor):
    """Logs each sampled span when it starts and, with its duration, when it ends."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Log that the span started."""
        _LOGGER.debug("%s %s started", span.name, _label(span))

    def on_end(self, span: ReadableSpan) -> None:
        """Log that the span ended, with its duration."""
        duration = (span.end_time or 0) - (span.start_time or 0)
        _LOGGER.debug("%s %s ended after %.3f ms", span.name, _label(span), duration / 1e6)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return True: the inherited method returns None, then the provider flushes no further processor."""
        return True


def _label(span: ReadableSpan) -> str:
    context = span.context
    return f"{context.trace_id:032x}:{context.span_id:016x}" if context else ""


class UntrustedCollectorError(requests.RequestException):
    """The collector's certificate, or ours, is refused; no ConnectionError, because a retry is no use."""


class _Session(requests.Session):
    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        # Otherwise REQUESTS_CA_BUNDLE wins over the authority that newer SDKs set on the session.
        options.setdefault("verify", self.verify)
        try:
            return super().request(method, url, *args, **options)
        except requests.exceptions.SSLError as error:
            raise UntrustedCollectorError(
                f"no TLS with {url!s}, check OTEL_EXPORTER_OTLP_CERTIFICATE: {error}"
            ) from error


class _OTLPSpanExporter(OTLPSpanExporter):
    def __init__(self) -> None:
        super().__init__(session=_Session())

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            return super().export(spans)
        except UntrustedCollectorError as error:  # from 1.40 on the SDK reports this itself
            _LOGGER.error("Failed to export spans: %s", error)
            return SpanExportResult.FAILURE


def _exporter(name: str) -> SpanExporter | None:
    try:
        make = _EXPORTERS[name.strip()]
    except KeyError:
        known = ", ".join(_EXPORTERS)
        raise UnknownExporterError(f"OTEL_TRACES_EXPORTER={name}: choose from {known}") from None
    return make()


def _jaeger_thrift_exporter() -> SpanExporter:
    try:
        from opentelemetry.exporter.jaeger.thrift import JaegerExporter
    except ImportError as error:
        # Beside SDK 1.40 or newer it can be installed, but its import fails.
        raise UnknownExporterError(
            f"the Jaeger thrift exporter does not import here ({error}): "
            "export with OTEL_TRACES_EXPORTER=otlp, "
            "or install ot2otel[jaeger-thrift] with opentelemetry-sdk<=1.39.1"
        ) from error
    # Otherwise a batch of more than 65 000 bytes is dropped completely and reported as a success.
    exporter: SpanExporter = JaegerExporter(udp_split_oversized_batches=True)
    return exporter


_EXPORTERS: dict[str, Callable[[], SpanExporter | None]] = {
    "otlp": _OTLPSpanExporter,
    "jaeger": _jaeger_thrift_exporter,
    "jaeger_thrift": _jaeger_thrift_exporter,  # its name for `opentelemetry-instrument`
    "console": ConsoleSpanExporter,
    "none": lambda: None,
}
