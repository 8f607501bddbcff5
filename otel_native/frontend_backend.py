"""The flow `frontend_backend`: frontend passes on backend's answer."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import requests
from flask import Flask, Response
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context

from otel_native.errors import record_error
from otel_native.incoming import incoming_span
from otel_native.tracing import Tracing
from otel_native.urls import port, redacted


def frontend(tracing: Tracing, backend_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make frontend, which passes on backend's answer; it waits `timeout` seconds for backend."""
    app = Flask("frontend")

    @app.get("/")
    def incoming_call() -> Response:
        with incoming_span(tracing, "incoming call") as span:
            time.sleep(0.1 * work)
            try:
                text, status = call_backend(tracing, backend_url, timeout)
            except requests.RequestException as error:
                record_error(span, error)
                return answer(span, f"backend can't be reached: {type(error).__name__}", 502)
            return answer(span, text, status)

    return app


def backend(tracing: Tracing, work: float = 1.0) -> Flask:
    """Make backend, which answers OK."""
    app = Flask("backend")

    @app.get("/")
    def backend_call() -> Response:
        with incoming_span(tracing, "backend call received") as span:
            span.add_event("handling backend call")
            time.sleep(0.1 * work)
            return answer(span, "OK", 200)

    return app


def call_backend(tracing: Tracing, backend_url: str, timeout: float) -> tuple[str, int]:
    """Return backend's text and status; raise requests.RequestException if it can't be reached."""
    url = urlsplit(backend_url)
    attributes: dict[str, str | int] = {
        HTTP_REQUEST_METHOD: "GET",
        URL_FULL: redacted(backend_url),
        SERVER_ADDRESS: url.hostname or "",
        SERVER_PORT: port(url),
    }
    span = tracing.tracer.start_span("backend call", kind=SpanKind.CLIENT, attributes=attributes)
    try:
        span.add_event("making backend call")
        headers: dict[str, str] = {}
        # Explicit: the current span is still the incoming call's, so backend would become its child.
        tracing.propagator.inject(headers, set_span_in_context(span))
        response = requests.get(backend_url, headers=headers, timeout=timeout)
        span.set_attribute(HTTP_RESPONSE_STATUS_CODE, response.status_code)
        if response.status_code >= 400:
            span.set_status(StatusCode.ERROR)
            span.set_attribute(ERROR_TYPE, str(response.status_code))
        return response.text, response.status_code
    except requests.RequestException as error:
        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, f"{type(error).__module__}.{type(error).__qualname__}")
        record_error(span, error)
        raise
    finally:
        # Here, not at the end of the incoming call: writing the answer is no part of calling backend.
        span.end()


def answer(span: Span, text: str, status: int) -> Response:
    """Record on `span` how the request ended, and answer it in plain text."""
    span.set_attribute(HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, str(status))
    return Response(text, status, mimetype="text/plain")
