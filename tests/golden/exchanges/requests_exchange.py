"""requests: a client that is answered 200, 404 and 503, has credentials in its URL, and is refused."""

from __future__ import annotations

from contextlib import suppress

import flask
import requests

from tests.golden.exchanges.asking import free_port, served
from tests.golden.exchanges.tracing import Started

SERVICES = ("shop", "mailer")


def exchange(tracing: Started, scenario: int) -> None:
    """Send the scenario's requests to a server without tracing."""
    if tracing.tracer is None:
        from opentelemetry.instrumentation.requests import RequestsInstrumentor

        RequestsInstrumentor().instrument()
        session = requests.Session()
    else:
        from requests_opentracing import SessionTracing

        session = SessionTracing(tracing.tracer)
    session.trust_env = False
    with served(answering()) as port, session:
        at, gone = f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}"
        if scenario == 0:
            session.get(f"http://{at}/200/a?q=1")
            session.get(f"http://{at}/404")
            session.get(f"http://{at}/503")
            session.get(f"http://user:secret@{at}/200/b")
            with suppress(requests.ConnectionError):
                session.get(f"http://{gone}/200")
        else:
            session.post(f"http://{at}", data="x")
            session.put(f"http://{at}/200/c?sig=abc&d=e", data="y")
            session.delete(f"http://{at}/410/d")
            session.head(f"http://ann:pass@{at}/200")
            session.get(f"http://{at}/500")
            with suppress(requests.ConnectionError):
                session.post(f"http://{gone}/201", data="z")


def answering() -> flask.Flask:
    """Make the server, which answers with the status in the path."""
    app = flask.Flask("answering")
    methods = ["GET", "POST", "PUT", "DELETE"]

    @app.route("/", methods=methods)
    def root() -> str:
        return "ok"

    @app.route("/<int:status>", methods=methods)
    @app.route("/<int:status>/<rest>", methods=methods)
    def answer(status: int, rest: str = "") -> tuple[str, int]:
        return rest, status

    return app
