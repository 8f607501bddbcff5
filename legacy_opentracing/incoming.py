"""Continues the caller's trace in the request that is being handled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from opentracing import Format, Span, SpanContextCorruptedException
from opentracing.ext import tags

from legacy_opentracing.metrics import EXEMPLAR
from legacy_opentracing.tracing import Tracing

LOGGER = logging.getLogger(__name__)


@contextmanager
def incoming_span(tracing: Tracing, name: str) -> Iterator[Span]:
    """Open the span of the request that is being handled, as a child of the caller's."""
    # Lower-case keys: jaeger-client takes any, but behind the shim OpenTelemetry's propagators look for
    # `traceparent` in a plain dictionary. They would not find `Traceparent`, and the trace would split here.
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        # A span that is active is automatic instrumentation's, which has continued the caller's trace.
        caller = None if tracing.ids() else tracing.tracer.extract(Format.HTTP_HEADERS, headers)
    except SpanContextCorruptedException:
        caller = None  # a malformed header starts a new trace, it does not fail the request
    attributes = {
        tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER,
        tags.HTTP_METHOD: request.method,
        tags.HTTP_URL: request.url,
    }
    with tracing.tracer.start_active_span(name, child_of=caller, tags=attributes) as scope:
        LOGGER.info("%s %r", request.method, request.path)
        ids = tracing.ids()
        if ids.get("trace_flags") == "01":
            request.environ[EXEMPLAR] = {key: ids[key] for key in ("trace_id", "span_id")}
        yield scope.span
