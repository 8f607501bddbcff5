"""Single operations of a tracing API, in each variant."""

from __future__ import annotations

from collections.abc import Callable

import opentracing
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import get_global_textmap
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing import Format

from ot2otel.lab.overhead.programs.rungs import legacy, providers

Operation = Callable[[], object]

_TAGS: dict[str, str | int | float | bool] = {"a": "one", "b": "two", "c": 3, "d": 4.5, "e": True}


def opentracing_operations(tracer: opentracing.Tracer) -> dict[str, Operation]:
    """Return the operations of the OpenTracing API, on jaeger-client or the shim."""
    parent = tracer.start_span("parent")
    carrier: dict[str, str] = {}
    tracer.inject(parent.context, Format.HTTP_HEADERS, carrier)

    def tags() -> None:
        span = tracer.start_span("child", child_of=parent)
        for key, value in _TAGS.items():
            span.set_tag(key, value)
        span.finish()

    def event() -> None:
        span = tracer.start_span("child", child_of=parent)
        span.log_kv({"event": "answered", "answer.length": 12})
        span.finish()

    def active() -> None:
        with tracer.start_active_span("child", child_of=parent):
            pass

    return {
        "root": lambda: tracer.start_span("root", ignore_active_span=True).finish(),
        "child": lambda: tracer.start_span("child", child_of=parent).finish(),
        "child with 5 tags": tags,
        "child with an event": event,
        "active child": active,
        "inject": lambda: tracer.inject(parent.context, Format.HTTP_HEADERS, {}),
        "extract": lambda: tracer.extract(Format.HTTP_HEADERS, carrier),
    }


def opentelemetry_operations(tracer: trace.Tracer) -> dict[str, Operation]:
    """Return the operations of the OpenTelemetry API."""
    root, parent = Context(), trace.set_span_in_context(tracer.start_span("parent"))
    propagator = get_global_textmap()
    carrier: dict[str, str] = {}
    propagator.inject(carrier, parent)

    def tags() -> None:
        span = tracer.start_span("child", parent)
        for key, value in _TAGS.items():
            span.set_attribute(key, value)
        span.end()

    def event() -> None:
        span = tracer.start_span("child", parent)
        span.add_event("answered", {"answer.length": 12})
        span.end()

    def active() -> None:
        with tracer.start_as_current_span("child", parent):
            pass

    return {
        "root": lambda: tracer.start_span("root", root).end(),
        "child": lambda: tracer.start_span("child", parent).end(),
        "child with 5 tags": tags,
        "child with an event": event,
        "active child": active,
        "inject": lambda: propagator.inject({}, parent),
        "extract": lambda: propagator.extract(carrier),
    }


# By variant: the operations with the tracing of a level (`null`, `unsampled`, `hooks`).
VARIANTS: dict[str, Callable[[str], dict[str, Operation]]] = {
    "legacy": lambda level: opentracing_operations(legacy.LEVELS[level]("benchmark").tracer),
    "shim": lambda level: opentracing_operations(create_tracer(providers.LEVELS[level]("benchmark"))),
    "native": lambda level: opentelemetry_operations(
        providers.LEVELS[level]("benchmark").get_tracer("benchmark")
    ),
}

# By name in the table: the operation and the level of tracing under it.
OPERATIONS = {
    "start and finish a root": ("root", "null"),
    "start and finish a child": ("child", "null"),
    "a child with 5 tags": ("child with 5 tags", "null"),
    "a child with an event": ("child with an event", "null"),
    "an active child": ("active child", "null"),
    "inject": ("inject", "null"),
    "extract": ("extract", "null"),
    "an unsampled child": ("child", "unsampled"),
    "a child of the no-op tracer": ("child", "hooks"),
}
