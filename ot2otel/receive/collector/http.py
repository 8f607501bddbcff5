"""OTLP over HTTP, served by waitress."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import waitress
from waitress import wasyncore

from ot2otel.receive.collector.listening import bound_socket

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_WORKERS = 4
# Bytes. Waitress keeps large bodies on disk; it refuses more than this by itself, and nobody counts that.
_MOST_BODY = 128 * 1024 * 1024

# A full task queue is waitress's own business: standard error belongs to the user.
logging.getLogger("waitress.queue").addHandler(logging.NullHandler())


@contextmanager
def otlp_http(application: WSGIApplication, host: str, port: int) -> Iterator[int]:
    """Serve OTLP/HTTP by `application` and give the port; what is being read at the end is still taken.

    Raises ListenError if the address is not to be had.
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
        server.trigger.pull_trigger(lambda: wasyncore.close_all(channels))
        loop.join()
