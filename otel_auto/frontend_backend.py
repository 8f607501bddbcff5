"""The flow `frontend_backend`: frontend passes on backend's answer."""

from __future__ import annotations

import time

import requests
from flask import Flask, Response


def frontend(backend_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make frontend, which passes on backend's answer; it waits `timeout` seconds for backend."""
    app = Flask("frontend")

    @app.get("/")
    def incoming_call() -> Response:
        time.sleep(0.1 * work)
        try:
            text, status = call_backend(backend_url, timeout)
        except requests.RequestException as error:
            return answer(f"backend can't be reached: {type(error).__name__}", 502)
        return answer(text, status)

    return app


def backend(work: float = 1.0) -> Flask:
    """Make backend, which answers OK."""
    app = Flask("backend")

    @app.get("/")
    def backend_call() -> Response:
        time.sleep(0.1 * work)
        return answer("OK", 200)

    return app


def call_backend(backend_url: str, timeout: float) -> tuple[str, int]:
    """Return backend's text and status; raise requests.RequestException if it can't be reached."""
    response = requests.get(backend_url, timeout=timeout)
    return response.text, response.status_code


def answer(text: str, status: int) -> Response:
    """Answer the request in plain text."""
    return Response(text, status, mimetype="text/plain")
