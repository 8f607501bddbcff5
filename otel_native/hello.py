"""The flow `hello`: server-1 asks server-2 to greet somebody and adds the time."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import requests
from flask import Flask, Response, request
from opentelemetry.baggage import get_baggage
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.trace import Span, SpanKind, StatusCode

from otel_native.incoming import incoming_span
from otel_native.tracing import Tracing
from otel_native.urls import port, redacted


def server_1(tracing: Tracing, server_2_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make server-1, which greets the name in the path; it waits `timeout` seconds for server-2."""
    app = Flask("server-1")

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status=404)

    @app.get("/<name>")
    def hello(name: str) -> Response:
        with incoming_span(tracing, "server-1") as span:
            span.set_attribute("hello.name", name)
            time.sleep(0.25 * work)
            try:
                greeting = ask_server_2(tracing, server_2_url, name, timeout)
            except requests.RequestException as error:
                return answer(span, f"server-2 gave no greeting: {type(error).__name__}", 502)
            return answer(span, f"{greeting} time is {time.ctime()}", 200)

    return app


def server_2(tracing: Tracing, work: float = 1.0) -> Flask:
    """Make server-2, which greets the name in the body of a POST, in the words of the baggage."""
    app = Flask("server-2")
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024

    @app.post("/")
    def greet() -> Response:
        body = request.get_data()
        with incoming_span(tracing, "server-2") as span:
            time.sleep(0.25 * work)
            try:
                name = body.decode().strip()
            except UnicodeDecodeError:
                name = ""
            if not name:
                return answer(span, "send a name as UTF-8 text", 400)
            time.sleep(0.5 * work)
            greeting = get_baggage("greeting") or "Hello"
            return answer(span, f"{greeting} {name}!", 200)

    return app


def ask_server_2(tracing: Tracing, server_2_url: str, name: str, timeout: float) -> str:
    """Return server-2's greeting; raise requests.RequestException if it gives none."""
    url = urlsplit(server_2_url)
    attributes: dict[str, str | int] = {
        HTTP_REQUEST_METHOD: "POST",
        URL_FULL: redacted(server_2_url),
        SERVER_ADDRESS: url.hostname or "",
        SERVER_PORT: port(url),
    }
    with tracing.tracer.start_as_current_span(
        "server-1_to_server-2", kind=SpanKind.CLIENT, attributes=attributes
    ) as span:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        tracing.propagator.inject(headers)
        try:
            response = requests.post(server_2_url, data=name.encode(), headers=headers, timeout=timeout)
        except requests.RequestException as error:
            # The SDK records the exception and the status; error.type is left to us.
            span.set_attribute(ERROR_TYPE, f"{type(error).__module__}.{type(error).__qualname__}")
            raise
        span.set_attribute(HTTP_RESPONSE_STATUS_CODE, response.status_code)
        if response.status_code >= 400:
            span.set_status(StatusCode.ERROR)
            span.set_attribute(ERROR_TYPE, str(response.status_code))
    response.raise_for_status()
    return response.text


def answer(span: Span, text: str, status: int) -> Response:
    """Record on `span` how the request ended, and answer it in plain text."""
    span.set_attribute(HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, str(status))
    span.add_event("answered", {"answer.length": len(text)})
    return Response(text, status, mimetype="text/plain")
