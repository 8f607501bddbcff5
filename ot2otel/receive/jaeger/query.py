"""A client of Jaeger's query API: it gets traces, and describes a bad answer in one line."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ot2otel.errors import Ot2OtelError, WireError
from ot2otel.receive.ports import JAEGER_UI
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_json import decode_json

MAX_ANSWER = 64 * 1024 * 1024  # bytes
_CHUNK = 64 * 1024
_DAY_US = 24 * 3600 * 1_000_000


class JaegerError(Ot2OtelError):
    """Jaeger gave no usable answer; the text has the answer and the remedy."""


class JaegerQuery:
    """A client of the query API at `url`, with or without a path. Each answer may take `timeout` seconds."""

    def __init__(self, url: str, timeout: float = 5.0, max_answer: int = MAX_ANSWER) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._max_answer = max_answer
        self._session = requests.Session()
        # A proxy for the outside world must not stand between two programs on this machine.
        self._session.trust_env = urlsplit(url).hostname not in ("127.0.0.1", "localhost")

    def __enter__(self) -> JaegerQuery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def check(self) -> None:
        """Raise JaegerError if there is no Jaeger at the URL."""
        answer = self._get("/api/services", {})
        if not isinstance(answer, dict) or "data" not in answer:
            raise self._error("answered with JSON that is not Jaeger's")

    def traces(self, service: str, tags: Mapping[str, str], since_ns: int, limit: int) -> Decoded:
        """Return the stored spans of up to `limit` traces that have a span of `service` with these tags.

        The traces began at `since_ns` (nanoseconds since the epoch) or later. The spans are unadjusted
        (`raw=true`). Raises JaegerError.
        """
        since = since_ns // 1000
        answer = self._get(
            "/api/traces",
            {
                "service": service,
                "tags": json.dumps(dict(tags)),
                "start": str(since),
                "end": str(since + _DAY_US),
                "limit": str(limit),
                "raw": "true",
            },
        )
        try:
            decoded = decode_json(answer)
        except WireError as error:
            raise self._error(f"answered with JSON that is not Jaeger's: {error}") from error
        if decoded.rejected:
            raise self._error(f"answered with a span that cannot be read: {decoded.rejected[0]}")
        return decoded

    def _get(self, path: str, parameters: Mapping[str, str]) -> object:
        try:
            with self._session.get(
                self.url + path, params=parameters, timeout=self._timeout, stream=True
            ) as response:
                body = self._read(response)
        except (requests.Timeout, ReadTimeoutError) as error:
            raise self._error(f"did not answer within {self._timeout:g} s") from error
        except requests.ConnectionError as error:
            raise JaegerError(
                f"There is no Jaeger at {self.url}: {_reason(error)}. Start one (docker compose up jaeger), "
                "or give the address of its UI with --jaeger."
            ) from error
        except (requests.RequestException, HTTPError) as error:
            raise self._error(f"gave no answer: {error}") from error
        return self._checked(response, body)

    def _read(self, response: requests.Response) -> bytes:
        # The time-out of `requests` is for each read. A Jaeger that sends byte by byte would never reach it.
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._max_answer:
                raise self._error(f"answered with more than {self._max_answer} bytes")
            if time.monotonic() > deadline:
                raise requests.Timeout
        return bytes(body)

    def _checked(self, response: requests.Response, body: bytes) -> object:
        try:
            answer: object = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if response.status_code != 200:
            raise self._error(f"answered {response.status_code}{_reported(answer)}")
        if answer is None:
            media_type = response.headers.get("Content-Type", "").partition(";")[0] or "something"
            raise self._error(f"answered with {media_type} that is not JSON")
        return answer

    def _error(self, problem: str) -> JaegerError:
        return JaegerError(
            f"{self.url} {problem}. Is it the address of {JAEGER_UI.purpose} (port {JAEGER_UI.number})?"
        )


def _reported(answer: object) -> str:
    """Return the first message among the envelope's `errors`, or ""."""
    match answer:
        case {"errors": [{"msg": str(message)}, *_]}:
            return f": {message[:200]}"
        case _:
            return ""


def _reason(error: requests.ConnectionError) -> str:
    text = str(error)
    return "connection refused" if "refused" in text else text[-200:].strip("()'\"> ")
