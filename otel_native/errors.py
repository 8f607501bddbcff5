"""Records an error in a span, for an error that does not leave the span as an exception."""

from __future__ import annotations

from opentelemetry.trace import Span


def record_error(span: Span, error: Exception) -> None:
    """Record the error that is being handled; this does not mark the span as failed."""
    span.record_exception(error)
