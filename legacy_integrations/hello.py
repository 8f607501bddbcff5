"""The flow `hello`: server-1 asks server-2 to greet somebody and adds the time."""

from __future__ import annotations

import time

import requests
from flask import Flask, Response, request
from flask_opentracing import FlaskTracing
from requests_opentracing import SessionTracing

from legacy_opentracing.tracing import Tracing


def server_1(tracing: Tracing, server_2_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make server-1, which greets the name in the path; it waits `timeout` seconds for server-2."""
    app = Flask("server-1")
    FlaskTracing(tracing.tracer, True, app)

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status=404)

    @app.get("/<name>")
    def hello(name: str) -> Response:
        time.sleep(0.25 * work)
        try:
            greeting = ask_server_2(tracing, server_2_url, name, timeout)
        except requests.RequestException as error:
            return answer(f"server-2 gave no greeting: {type(error).__name__}", 502)
        return answer(f"{greeting} time is {time.ctime()}", 200)

    return app


def server_2(tracing: Tracing, work: float = 1.0) -> Flask:
    """Make server-2, which greets the name in the body of a POST."""
    app = Flask("server-2")
    FlaskTracing(tracing.tracer, True, app)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024

    @app.post("/")
    def greet() -> Response:
        body = request.get_data()
        time.sleep(0.25 * work)
        try:
            name = body.decode().strip()
        except UnicodeDecodeError:
            name = ""
        if not name:
            return answer("send a name as UTF-8 text", 400)
        time.sleep(0.5 * work)
        greeting = "Hello"
        return answer(f"{greeting} {name}!", 200)

    return app


def ask_server_2(tracing: Tracing, server_2_url: str, name: str, timeout: float) -> str:
    """Return server-2's greeting; raise requests.RequestException if it gives none."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    with SessionTracing(tracing.tracer) as session:
        response = session.post(server_2_url, data=name.encode(), headers=headers, timeout=timeout)
    response.raise_for_status()
    text: str = response.text
    return text


def answer(text: str, status: int) -> Response:
    """Answer the request in plain text."""
    return Response(text, status, mimetype="text/plain")
