"""Sends the requests of a file to a service, and records its answers with their times masked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from ot2otel.capture.requests_file import Request, Requests
from ot2otel.capture.times import without_times
from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut
from ot2otel.receive.program import says_unsampled
from ot2otel.recording import Answer

_ANSWER_TIMEOUT = 60.0  # seconds
_CONNECT_TIMEOUT = 1.0
_PAUSE = 0.05
_LONGEST_BODY = 1_000_000  # characters; of a longer one the beginning and the length are recorded
_NO_ANSWER = 0  # the status of a request without an answer


class NotListeningError(Ot2OtelError):
    """A service did not accept connections in time."""


class Drive:
    """Requests under way in a thread of their own; `answered` gets each answer in their order.

    A request without an answer (the connection broke, or 60 s passed) has the status 0 and the problem as its
    body. `unanswered` counts these. `error` is None, or the reason that nothing was sent.
    """

    def __init__(
        self, wanted: Requests, url: str, answered: Callable[[Answer], None], patience: float
    ) -> None:
        self.sent = self.unanswered = 0
        self.error: Exception | None = None
        self._ended = 0.0
        self._wanted = wanted
        self._url = url.rstrip("/")
        self._answered = answered
        self._patience = patience
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drive", daemon=True)

    def __enter__(self) -> Drive:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(2 * _CONNECT_TIMEOUT)  # a request under way may wait for longer; nobody needs it

    @property
    def is_running(self) -> bool:
        """Whether requests may still be sent."""
        return self._thread.is_alive()

    @property
    def quiet(self) -> float:
        """Seconds since the last answer; 0 before it."""
        return time.monotonic() - self._ended if self._ended else 0.0

    @property
    def unsampled(self) -> int:
        """The number of requests whose headers say not to sample."""
        return sum(request.times for request in self._wanted.requests if says_unsampled(request.headers))

    @property
    def wanted(self) -> int:
        """The number of requests to send."""
        return sum(request.times for request in self._wanted.requests)

    def _run(self) -> None:
        try:
            if self._wait_until_listening():
                self._send_all()
                self._ended = time.monotonic()
        except Exception as error:  # the main thread tells it
            self.error = error

    def _wait_until_listening(self) -> bool:
        parts = urlsplit(self._url)
        address = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        deadline = time.monotonic() + self._patience
        while not self._stopped.is_set():
            try:
                socket.create_connection(address, _CONNECT_TIMEOUT).close()
                return True
            except OSError as error:
                if time.monotonic() > deadline:
                    raise NotListeningError(
                        f"Nothing accepts connections at {self._url} after {self._patience:g} s: {error}. "
                        "Check the address of --url, or wait longer with --patience."
                    ) from error
            self._stopped.wait(_PAUSE)
        return False

    def _send_all(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no credentials of ~/.netrc
            for request in self._wanted.requests:
                for _ in range(request.times):
                    if self._stopped.is_set():
                        return
                    self._answered(self._send(session, request))
                    self.sent += 1

    def _send(self, session: requests.Session, request: Request) -> Answer:
        label = f"{request.method} {request.path}"
        try:
            response = session.request(
                request.method,
                self._url + request.path,
                headers=dict(request.headers),
                data=request.body.encode(),
                timeout=_ANSWER_TIMEOUT,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError) as error:
            self.unanswered += 1
            return Answer(label, _NO_ANSWER, f"no answer: {type(error).__name__}")
        text = response.text
        body = text if len(text) <= _LONGEST_BODY else cut(text, _LONGEST_BODY)
        return Answer(label, response.status_code, without_times(body, time.time()))
