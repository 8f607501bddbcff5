"""Puts the context of the span that creates a message into its metadata, and finds it there again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)

from otel_native.tracing import Tracing

CreationContext: TypeAlias = Context


@dataclass(frozen=True, slots=True)
class Carrying:
    """A way to carry a context: `put` writes it into metadata, `find` returns it, or None."""

    put: Callable[[Tracing, Span, dict[str, str]], None]
    find: Callable[[Tracing, Mapping[str, str]], CreationContext | None]


def inject(tracing: Tracing, span: Span, metadata: dict[str, str]) -> None:
    """Let the propagator write its headers: ids, the sampling decision, baggage."""
    tracing.propagator.inject(metadata, set_span_in_context(span))


def extract(tracing: Tracing, metadata: Mapping[str, str]) -> CreationContext | None:
    """Let the propagator read its headers."""
    context = tracing.propagator.extract(metadata)
    return context if get_current_span(context).get_span_context().is_valid else None


def write_ids(tracing: Tracing, span: Span, metadata: dict[str, str]) -> None:
    """Write the ids by hand, and nothing else."""
    metadata["trace_id"] = format_trace_id(span.get_span_context().trace_id)
    metadata["span_id"] = format_span_id(span.get_span_context().span_id)


def read_ids(tracing: Tracing, metadata: Mapping[str, str]) -> CreationContext | None:
    """Rebuild a context by hand from the ids, guessing that it was sampled."""
    try:
        trace_id, span_id = int(metadata["trace_id"], 16), int(metadata["span_id"], 16)
    except (KeyError, ValueError):
        return None
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(context)) if context.is_valid else None


CARRYING = {"propagator": Carrying(inject, extract), "by-hand": Carrying(write_ids, read_ids)}
