"""Records in a span what went wrong, where the error does not leave the span by itself."""

from __future__ import annotations

from opentelemetry.trace import Span


def record_error(span: Span, error: Exception) -> None:
    """Record the error that is being handled; whether the span failed is not said by this."""
    span.record_exception(error)
