"""Drives a flow from outside: sends its requests and brings back the answers."""

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
    """A client of a flow's services."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def ask(self, step: Request, name: str, url: str, label: str, address: str = "") -> Answer:
        """Send a request of the flow to the service at `url`, with `name` as who is greeted.

        `label` is what the service is called in an error, `address` the host and port that it takes itself
        to be asked at where those are not the URL's. Raises NoAnswerError.
        """
        path = step.path.format(name=quote(name, safe=""))
        try:
            response = self._session.request(
                step.method,
                url.rstrip("/") + path,
                headers={**step.headers, **({"Host": address} if address else {})},
                data=step.body.encode(),
                timeout=_ANSWER_TIMEOUT,
            )
        except requests.RequestException as error:
            raise NoAnswerError(f"{label} did not answer {step.method} {path}: {error}.") from error
        return Answer(f"{step.method} {path}", response.status_code, response.text)
