"""Tells from a span itself which API recorded it and which exporter sent it."""

from __future__ import annotations

from enum import Enum

from ot2otel.compare.facts import SCOPE_NAME, Facts

# The scope of Python's shim, and the one that the specification wants.
PYTHON_SHIM = "opentelemetry.shim.opentracing_shim"
_SHIM_SCOPES = (PYTHON_SHIM, "opentracing-shim")
# The thrift exporter's tag for the instrumentation scope.
LIBRARY = ("attributes", "otel.library.name")
_SDK = ("resource", "telemetry.sdk.name")


class Origin(Enum):
    """The tracing API that recorded a span."""

    OPENTRACING = "OpenTracing"
    SHIM = "OpenTracing shim"
    OPENTELEMETRY = "OpenTelemetry"


def origin(facts: Facts) -> Origin:
    """Tell the API by the instrumentation scope, or by the thrift exporter's tags for it."""
    scope = facts.get(SCOPE_NAME) or facts.get(LIBRARY)
    if is_of_shim(scope):
        return Origin.SHIM
    if scope or _SDK in facts:
        return Origin.OPENTELEMETRY
    return Origin.OPENTRACING


def is_of_shim(scope: object) -> bool:
    """Tell whether the name of a scope is that of an OpenTracing shim."""
    return isinstance(scope, str) and scope.startswith(_SHIM_SCOPES)


def sent_by_thrift_exporter(facts: Facts) -> bool:
    """Tell whether OpenTelemetry's Jaeger thrift exporter sent the span."""
    return isinstance(facts.get(LIBRARY), str)
