"""Puts the context of the span that creates a message into its metadata, and finds it there again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jaeger_client.span_context import SpanContext as JaegerSpanContext
from opentracing import Format, Span, SpanContext, SpanContextCorruptedException

from legacy_opentracing.tracing import Tracing

CreationContext: TypeAlias = SpanContext


@dataclass(frozen=True, slots=True)
class Carrying:
    """A way to carry a context: `put` writes it into metadata, `find` returns it, or None."""

    put: Callable[[Tracing, Span, dict[str, str]], None]
    find: Callable[[Tracing, Mapping[str, str]], CreationContext | None]


def inject(tracing: Tracing, span: Span, metadata: dict[str, str]) -> None:
    """Let the tracer write its headers: ids, the sampling decision, baggage."""
    tracing.tracer.inject(span.context, Format.TEXT_MAP, metadata)


def extract(tracing: Tracing, metadata: Mapping[str, str]) -> CreationContext | None:
    """Let the tracer read its headers."""
    again: dict[str, str] = {}
    try:
        context = tracing.tracer.extract(Format.TEXT_MAP, dict(metadata))
        if context is not None:
            # The shim extracts a context even from nothing, and jaeger-client extracts one from a debug id
            # alone. OpenTracing can't tell whether a context is a span's, but only a span's can be injected.
            tracing.tracer.inject(context, Format.TEXT_MAP, again)
    except (SpanContextCorruptedException, TypeError):
        return None
    return context if again else None


def write_ids(tracing: Tracing, span: Span, metadata: dict[str, str]) -> None:
    """Write the ids by hand, and nothing else."""
    metadata["trace_id"] = f"{span.trace_id:032x}"
    metadata["span_id"] = f"{span.span_id:016x}"


def read_ids(tracing: Tracing, metadata: Mapping[str, str]) -> CreationContext | None:
    """Rebuild a context by hand from the ids, guessing that it was sampled."""
    try:
        trace_id, span_id = int(metadata["trace_id"], 16), int(metadata["span_id"], 16)
    except (KeyError, ValueError):
        return None
    if not (0 < trace_id < 1 << 128 and 0 < span_id < 1 << 64):
        return None
    return JaegerSpanContext(trace_id, span_id, parent_id=None, flags=1)


CARRYING = {"propagator": Carrying(inject, extract), "by-hand": Carrying(write_ids, read_ids)}
