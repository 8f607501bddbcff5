"""Serves a WSGI application while an untraced client asks it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple

import waitress

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Ask(NamedTuple):
    """A request: its method, its path with the query, and its body."""

    method: str
    path: str
    body: str = ""


@contextmanager
def served(application: WSGIApplication) -> Iterator[int]:
    """Serve the application on a free port of 127.0.0.1 and give the port; print it, for the recording."""
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    port = int(server.effective_port)
    print(f"port {port}", flush=True)
    try:
        yield port
    finally:
        server.task_dispatcher.shutdown()  # its threads use what `close` closes
        server.close()
        thread.join(5)


def ask(port: int, requests: Sequence[Ask]) -> None:
    """Send the requests one after the other, each from a port that is printed; any answer will do."""
    for each in requests:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.connect()
        print(f"port {connection.sock.getsockname()[1]}", flush=True)
        connection.request(each.method, each.path, each.body or None, {"User-Agent": "exchange/1"})
        connection.getresponse().read()
        connection.close()


def free_port() -> int:
    """Return a port on which nobody listens; print it, for the recording."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    print(f"port {port}", flush=True)
    return port
