"""Tells from a span itself which API recorded it and which exporter sent it."""

from __future__ import annotations

from enum import Enum

from ot2otel.model import Span

_SHIM_SCOPES = ("opentelemetry.shim.opentracing_shim", "opentracing-shim")


class Origin(Enum):
    """The tracing API that recorded a span."""

    OPENTRACING = "OpenTracing"
    SHIM = "OpenTracing shim"
    OPENTELEMETRY = "OpenTelemetry"


def origin(span: Span) -> Origin:
    """Tell the API by the instrumentation scope, or by the thrift exporter's tags for it."""
    scope = span.scope.name or span.attributes.get("otel.library.name")
    if isinstance(scope, str) and scope.startswith(_SHIM_SCOPES):
        return Origin.SHIM
    if scope or "telemetry.sdk.name" in span.resource:
        return Origin.OPENTELEMETRY
    return Origin.OPENTRACING


def sent_by_thrift_exporter(span: Span) -> bool:
    """Tell whether OpenTelemetry's Jaeger thrift exporter sent the span."""
    return isinstance(span.attributes.get("otel.library.name"), str)
