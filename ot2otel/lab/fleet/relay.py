"""A relay between services: it forwards each request to its service, and remembers the headers."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_TIMEOUT = 40.0  # seconds; dozens of services may share the cores


@dataclass(slots=True)
class Relay:
    """The URLs to which requests go, by the name in their body, and the headers of the forwarded requests.

    A forwarded request keeps its headers, with their case and order. Its URL gets the name as a query, so the
    spans of the called service have the name as well.
    """

    routes: dict[str, str] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    url: str = ""


@contextmanager
def relay() -> Iterator[Relay]:
    """Run a relay on a free port of the loopback; its routes can be set while it runs."""
    running = Relay()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace")
            running.headers[name] = dict(self.headers.items())
            try:
                status, body = _pass_on(running.routes[name], name, running.headers[name])
            except (KeyError, OSError, http.client.HTTPException) as error:
                status, body = 502, f"{name} got no answer: {error!r}".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: standard error belongs to the user."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.url = f"http://127.0.0.1:{server.server_port}/"
    loop = threading.Thread(target=server.serve_forever, args=(0.05,), name="relay", daemon=True)
    loop.start()
    try:
        yield running
    finally:
        server.shutdown()
        loop.join()
        server.server_close()


def _pass_on(url: str, name: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=_TIMEOUT)
    try:
        connection.putrequest("POST", f"/?{name}", skip_host=True, skip_accept_encoding=True)
        for key, value in headers.items():
            connection.putheader(key, value)
        connection.endheaders(name.encode())
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
