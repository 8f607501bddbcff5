"""FastAPI: a server with a route, an unknown path, an answer 503 and an exception."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Response

from tests.golden.exchanges.asking import Ask, ask
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
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        FastAPIInstrumentor().instrument_app(app)
    else:
        from starlette_opentracing import StarletteTracingMiddleWare

        app.add_middleware(StarletteTracingMiddleWare, tracer=tracing.tracer)
    with _served(app) as port:
        ask(port, _REQUESTS[scenario])


@contextmanager
def _served(app: FastAPI) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = int(listening.getsockname()[1])
    print(f"port {port}", flush=True)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(10)


def users() -> FastAPI:
    """Make the first application."""
    app = FastAPI()

    @app.get("/users/{uid}")
    def user(uid: int) -> int:
        return uid

    @app.get("/down")
    def down(response: Response) -> str:
        response.status_code = 503
        return "down"

    @app.get("/boom")
    def boom() -> str:
        raise ValueError("boom")

    return app


def library() -> FastAPI:
    """Make the second application."""
    app = FastAPI()

    @app.post("/books", status_code=201)
    def add() -> str:
        return "added"

    @app.delete("/books/{title}", status_code=202)
    def remove(title: str) -> str:
        return title

    @app.get("/shelf/{number}/{side}")
    def shelf(number: int, side: str) -> str:
        return f"{number} {side}"

    @app.put("/full", status_code=507)
    def full() -> str:
        return "full"

    @app.get("/torn")
    def torn() -> str:
        raise LookupError("a page is torn")

    return app
