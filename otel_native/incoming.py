"""Continues the caller's trace in the request that is being handled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import request
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_PATH, URL_QUERY, URL_SCHEME
from opentelemetry.trace import Span, SpanKind

from otel_native.tracing import Tracing
from otel_native.urls import port, redacted_query

LOGGER = logging.getLogger(__name__)


@contextmanager
def incoming_span(tracing: Tracing, name: str) -> Iterator[Span]:
    """Open the span of the request that is being handled, as a child of the caller's."""
    # Lower-case keys: the propagators look for `traceparent` in a plain dictionary. They would not find
    # `Traceparent`, and the trace would split here.
    headers = {key.lower(): value for key, value in request.headers.items()}
    url = urlsplit(request.url)
    attributes: dict[str, str | int] = {
        HTTP_REQUEST_METHOD: request.method,
        URL_SCHEME: url.scheme,
        URL_PATH: url.path,
        SERVER_ADDRESS: url.hostname or "",
        SERVER_PORT: port(url),
    }
    if url.query:
        attributes[URL_QUERY] = redacted_query(url.query)
    # A span that is active is automatic instrumentation's, which has continued the caller's trace.
    # Extracted with a context given: OTEL_PROPAGATORS=none otherwise extracts None, which can't be attached.
    caller = get_current() if tracing.ids() else tracing.propagator.extract(headers, Context())
    # Attached, not only passed as the span's context: the caller's baggage goes on to the next service.
    token = attach(caller)
    try:
        with tracing.tracer.start_as_current_span(name, kind=SpanKind.SERVER, attributes=attributes) as span:
            LOGGER.info("%s %r", request.method, request.path)
            yield span
    finally:
        detach(token)
