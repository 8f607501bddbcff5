"""OTLP over HTTP, served by waitress."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import waitress
from waitress import wasyncore

from ot2otel.receive.collector.listening import bound_socket

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_WORKERS = 4
# Bytes. Waitress keeps large bodies on disk. It refuses larger ones by itself, and `Counts` misses those.
_MOST_BODY = 128 * 1024 * 1024

# Waitress logs each full task queue. Standard error belongs to the user.
logging.getLogger("waitress.queue").addHandler(logging.NullHandler())


@contextmanager
def otlp_http(application: WSGIApplication, host: str, port: int) -> Iterator[int]:
    """Serve OTLP/HTTP with `application` and yield the port. Requests under way at the end are still handled.

    Raises ListenError if the address is not available.
    """
    channels: dict[int, Any] = {}  # Any: waitress publishes no types
    bound = bound_socket(socket.SOCK_STREAM, host, port)
    port_in_use: int = bound.getsockname()[1]
    server = waitress.create_server(
        application,
        map=channels,
        sockets=[bound],
        threads=_WORKERS,
        max_request_body_size=_MOST_BODY,
    )
    loop = threading.Thread(target=server.run, name="otlp-http")
    loop.start()
    try:
        yield port_in_use
    finally:
        server.task_dispatcher.shutdown()
        # The loop owns the sockets, so it closes them; with none left it ends.
        with suppress(OSError):  # the loop was awake: it closed the sockets before it could be woken
            server.trigger.pull_trigger(lambda: wasyncore.close_all(channels))
        loop.join()
