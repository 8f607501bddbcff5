"""Drives a flow: sends its requests and returns the answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import quote

import requests

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import Request
from ot2otel.outline import cut
from ot2otel.recording import Answer

# Seconds; more than a service may wait for the next one.
_ANSWER_TIMEOUT = 45.0
# Seconds; how long asynchronous work may take, and how often to poll it.
FOLLOW_TIMEOUT = 20.0
_BETWEEN_LOOKS = 0.02


class NoAnswerError(Ot2OtelError):
    """A service did not answer; the text names it and the request."""


class Driver:
    """A client of a flow's services; asynchronous work may take `follow_timeout` seconds."""

    def __init__(self, follow_timeout: float = FOLLOW_TIMEOUT) -> None:
        self._follow_timeout = follow_timeout
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def send(
        self, request: Request, name: str, url: str, label: str, address: str = ""
    ) -> tuple[Answer, ...]:
        """Send a request of the flow to the service at `url`, and return its answers.

        `name` is the name to greet. `label` names the service in errors. `address` overrides the Host
        header. A request with an `until` has two answers: its own, and the one that contains that text.
        Raises NoAnswerError if one of them does not come.
        """
        path = request.path.format(name=quote(name, safe=""))
        headers = {**request.headers, **({"Host": address} if address else {})}
        response = self._request(request.method, url, path, headers, request.body, label)
        first = Answer(f"{request.method} {path}", response.status_code, response.text)
        if not request.until:
            return (first,)
        return first, self._follow(request.until, url, response.headers.get("Location", path), headers, label)

    def _follow(self, until: str, url: str, path: str, headers: Mapping[str, str], label: str) -> Answer:
        deadline = time.monotonic() + self._follow_timeout
        while until not in (response := self._request("GET", url, path, headers, "", label)).text:
            if time.monotonic() > deadline:
                raise NoAnswerError(
                    f"Waited {self._follow_timeout:g} s for {until} from {label} at GET {path}, "
                    f"got {cut(response.text)}."
                )
            time.sleep(_BETWEEN_LOOKS)
        return Answer(f"GET {path}", response.status_code, response.text)

    def _request(
        self, method: str, url: str, path: str, headers: Mapping[str, str], body: str, label: str
    ) -> requests.Response:
        try:
            return self._session.request(
                method, url.rstrip("/") + path, headers=headers, data=body.encode(), timeout=_ANSWER_TIMEOUT
            )
        except requests.RequestException as error:
            raise NoAnswerError(f"{label} did not answer {method} {path}: {error}.") from error
