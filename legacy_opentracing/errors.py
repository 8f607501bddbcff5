"""Records an error in a span, for an error that does not leave the span as an exception."""

from __future__ import annotations

import traceback

from opentracing import Span, logs
from opentracing.ext import tags


def record_error(span: Span, error: Exception) -> None:
    """Record the error that is being handled; this does not mark the span as failed."""
    span.log_kv(
        {
            logs.EVENT: tags.ERROR,
            logs.ERROR_KIND: f"{type(error).__module__}.{type(error).__qualname__}",
            logs.ERROR_OBJECT: error,
            logs.MESSAGE: str(error),
            logs.STACK: traceback.format_exc(),
        }
    )
