"""Drives a flow from outside: sends requests to its front service and keeps the answers."""

from __future__ import annotations

from types import TracebackType
from urllib.parse import quote

import requests

from ot2otel.catalog import Request
from ot2otel.errors import Ot2OtelError
from ot2otel.recording import Answer

# Seconds; a service may hold a request for as long as it waits for the next one, and some more.
_ANSWER_TIMEOUT = 30.0


class NoAnswerError(Ot2OtelError):
    """A service did not answer; the text says which and what it was asked."""


class Driver:
    """A client of the service at `url`, called `label` in errors.

    `address` is the host and port that it takes itself to be asked at, where that is not the URL's.
    """

    def __init__(self, label: str, url: str, address: str = "") -> None:
        self._label = label
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        if address:
            self._session.headers["Host"] = address

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def ask(self, step: Request, name: str) -> Answer:
        """Send a request of the flow, with `name` as who is greeted; raise NoAnswerError."""
        path = step.path.format(name=quote(name, safe=""))
        asked = f"{step.method} {path}"
        try:
            response = self._session.request(step.method, self._url + path, timeout=_ANSWER_TIMEOUT)
        except requests.RequestException as error:
            raise NoAnswerError(f"{self._label} did not answer {asked} at {self._url}: {error}.") from error
        return Answer(asked, response.status_code, response.text)
