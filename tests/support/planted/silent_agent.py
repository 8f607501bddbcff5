"""A server whose code makes a SERVER span by hand, with the provider that it finds."""

from __future__ import annotations

import flask
from opentelemetry import trace

from tests.golden.exchanges.asking import Ask, ask, served


def main() -> None:
    """Serve one request."""
    app = flask.Flask("shop")

    @app.get("/")
    def index() -> str:
        with trace.get_tracer("shop").start_as_current_span(
            "index", kind=trace.SpanKind.SERVER, attributes={"http.request.method": "GET"}
        ):
            return "ok"

    with served(app) as port:
        ask(port, [Ask("GET", "/")])


if __name__ == "__main__":
    main()
