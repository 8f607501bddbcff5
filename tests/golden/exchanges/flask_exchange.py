"""Flask: a server with a route, an unknown path, an answer 503 and an exception."""

from __future__ import annotations

import flask

from tests.golden.exchanges.asking import Ask, ask, served
from tests.golden.exchanges.tracing import Started

SERVICES = ("users", "library")
_REQUESTS = (
    (
        *(Ask("GET", "/users/7?q=1"), Ask("GET", "/missing"), Ask("GET", "/down"), Ask("GET", "/boom")),
        Ask("GET", "/users/8"),
    ),
    (
        *(Ask("POST", "/books", "title=Momo"), Ask("DELETE", "/books/Momo"), Ask("GET", "/shelf/2/left")),
        *(Ask("GET", "/nowhere/else?a=b"), Ask("PUT", "/full", "x"), Ask("GET", "/torn")),
    ),
)


def exchange(tracing: Started, scenario: int) -> None:
    """Serve one of the applications and ask it."""
    app = (users, library)[scenario]()
    if tracing.tracer is None:
        from opentelemetry.instrumentation.flask import FlaskInstrumentor

        FlaskInstrumentor().instrument_app(app)  # type: ignore[no-untyped-call]  # it publishes no types
    else:
        from flask_opentracing import FlaskTracing

        FlaskTracing(tracing.tracer, True, app, ["url_rule"])
    with served(app) as port:
        ask(port, _REQUESTS[scenario])


def users() -> flask.Flask:
    """Make the first application."""
    app = flask.Flask("users")

    @app.get("/users/<int:uid>")
    def user(uid: int) -> str:
        return str(uid)

    @app.get("/down")
    def down() -> tuple[str, int]:
        return "down", 503

    @app.get("/boom")
    def boom() -> str:
        raise ValueError("boom")

    return app


def library() -> flask.Flask:
    """Make the second application."""
    app = flask.Flask("library")

    @app.post("/books")
    def add() -> tuple[str, int]:
        return "added", 201

    @app.delete("/books/<title>")
    def remove(title: str) -> tuple[str, int]:
        return title, 202

    @app.get("/shelf/<int:number>/<side>")
    def shelf(number: int, side: str) -> str:
        return f"{number} {side}"

    @app.put("/full")
    def full() -> tuple[str, int]:
        return "full", 507

    @app.get("/torn")
    def torn() -> str:
        raise LookupError("a page is torn")

    return app
