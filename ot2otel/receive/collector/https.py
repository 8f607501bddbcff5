"""OTLP over HTTPS: waitress does not speak TLS, so wsgiref serves here."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from ot2otel.errors import WireError
from ot2otel.receive.collector.listening import bound_socket

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ot2otel.receive.collector.store import SpanStore


class _Handler(WSGIRequestHandler):
    timeout = 5  # seconds for a handshake, a header or a body: none of them may delay the end

    def log_message(self, *_: object) -> None:
        """Log nothing: the store's problems have each refused request."""


class _Server(ThreadingMixIn, WSGIServer):
    def __init__(
        self, bound: socket.socket, tls: ssl.SSLContext, application: WSGIApplication, store: SpanStore
    ) -> None:
        super().__init__(bound.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_name, self.server_port = bound.getsockname()
        self.setup_environ()
        self.set_app(application)
        self._tls = tls
        self._store = store

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:  # Any: as socketserver declares an address
        connection, address = self.socket.accept()
        # The handshake is left to the connection's own thread: here a slow client would block all others.
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        """Add the failed connection to the store's problems."""
        self._store.refuse(WireError(f"Connection from {client_address}: {sys.exc_info()[1]}"), "requests")


@contextmanager
def otlp_https(
    application: WSGIApplication, store: SpanStore, host: str, port: int, tls: ssl.SSLContext
) -> Iterator[int]:
    """Serve OTLP over HTTPS with `application` and yield the port.

    Requests under way at the end are still handled. `store` counts the connections that fail. `tls` has the
    server's certificate. If clients need one as well, it has their authority. Raises ListenError if the
    address is not available.
    """
    with _Server(bound_socket(socket.SOCK_STREAM, host, port), tls, application, store) as server:
        loop = threading.Thread(target=server.serve_forever, args=(0.05,), name="otlp-https")
        loop.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            loop.join()
