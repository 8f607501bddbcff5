"""The flow `frontend_backend`: frontend passes on backend's answer."""

from __future__ import annotations

import time

import requests
from flask import Flask, Response
from opentracing import Format, Span
from opentracing.ext import tags

from legacy_opentracing.errors import record_error
from legacy_opentracing.incoming import incoming_span
from legacy_opentracing.tracing import Tracing


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
            span.log_kv({"event": "handling backend call"})
            time.sleep(0.1 * work)
            return answer(span, "OK", 200)

    return app


def call_backend(tracing: Tracing, backend_url: str, timeout: float) -> tuple[str, int]:
    """Return backend's text and status; raise requests.RequestException if it can't be reached."""
    attributes = {
        tags.SPAN_KIND: tags.SPAN_KIND_RPC_CLIENT,
        tags.HTTP_METHOD: "GET",
        tags.HTTP_URL: backend_url,
    }
    span = tracing.tracer.start_span("backend call", tags=attributes)
    try:
        span.log_kv({"event": "making backend call"})
        headers: dict[str, str] = {}
        tracing.tracer.inject(span.context, Format.HTTP_HEADERS, headers)
        response = requests.get(backend_url, headers=headers, timeout=timeout)
        span.set_tag(tags.HTTP_STATUS_CODE, response.status_code)
        if response.status_code >= 400:
            span.set_tag(tags.ERROR, True)
        return response.text, response.status_code
    except requests.RequestException as error:
        span.set_tag(tags.ERROR, True)
        record_error(span, error)
        raise
    finally:
        # Here, not at the end of the incoming call: writing the answer is no part of calling backend.
        span.finish()


def answer(span: Span, text: str, status: int) -> Response:
    """Record on `span` how the request ended, and answer it in plain text."""
    span.set_tag(tags.HTTP_STATUS_CODE, status)
    if status >= 500:
        span.set_tag(tags.ERROR, True)
    return Response(text, status, mimetype="text/plain")
