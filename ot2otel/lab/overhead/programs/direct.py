"""HTTP without sockets: `requests` hands a request to an application in the same process."""

from __future__ import annotations

import contextvars
import io
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    Headers = list[tuple[str, str]]


class InProcess(HTTPAdapter):
    """The transport of every `requests.Session` of this process once `install` was called.

    `applications` has the application that answers, by host and port. A request to any other address goes
    over the network, as an exporter's does.
    """

    applications: dict[str, WSGIApplication] = {}  # noqa: RUF012  # one table for all, like a network's names

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Let the host's application answer, in a context of its own, as if in another process."""
        url = urlsplit(str(request.url))
        application = self.applications.get(url.netloc)
        if application is None:
            return super().send(request, stream, timeout, verify, cert, proxies)
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        status, headers, content = contextvars.Context().run(
            call, application, str(request.method), url.path, request.headers, body, url.netloc
        )
        response = requests.Response()
        response.status_code = int(status[:3])
        response.reason = status[4:]
        response.headers.update(headers)
        response.raw = io.BytesIO(content)
        response.url = str(request.url)
        response.request = request
        return response


def install() -> None:
    """Make `InProcess` the transport of all later sessions, and make a sleep of 0 s return at once.

    The flows and `requests` themselves stay unchanged.
    """
    requests.sessions.HTTPAdapter = InProcess  # where Session looks it up
    time.sleep = _sleep  # type: ignore[assignment]  # takes floats only; no flow sleeps for an index


_really_sleep = time.sleep


def _sleep(seconds: float) -> None:
    # In the kernel a sleep of 0 s takes 60 us, three times a request: free time for other threads.
    if seconds:
        _really_sleep(seconds)


def call(
    application: WSGIApplication,
    method: str,
    path: str,
    headers: Mapping[str, str | bytes],
    body: bytes,
    host: str,
) -> tuple[str, Headers, bytes]:
    """Return the status line, the headers and the body of the answer of `application`."""
    name, _, port = host.partition(":")
    environ: dict[str, object] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path),
        "QUERY_STRING": "",
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
    }
    for key, value in headers.items():
        variable = key.upper().replace("-", "_")
        text = value if isinstance(value, str) else value.decode("latin-1")
        environ[variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"] = text
    answered: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, error: object = None) -> None:
        answered.append((status, headers))

    start: StartResponse = start_response  # type: ignore[assignment]  # no application here calls write()
    chunks = application(environ, start)
    try:
        content = b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return *answered[-1], content
