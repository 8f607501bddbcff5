"""A client of Jaeger's query API: it gets traces, and describes a bad answer in one line."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeAlias
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from ot2otel.errors import Ot2OtelError, WireError
from ot2otel.receive.ports import JAEGER_UI
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_json import decode_json
from ot2otel.wire.otlp_json import decode_json as decode_otlp

MAX_ANSWER = 64 * 1024 * 1024  # bytes
_Parameters: TypeAlias = Mapping[str, str | list[str]]
_USER = re.compile(r"(?<=//)[^/@\s]*@|(?<![^\s'\"])[^/@\s'\"]+:[^/@\s'\"]*@")
_CHUNK = 64 * 1024
_DAY_US = 24 * 3600 * 1_000_000


class JaegerError(Ot2OtelError):
    """Jaeger gave no usable answer; the text has the answer and the remedy."""


class AnswerTooLargeError(JaegerError):
    """An answer has too many bytes."""


class JaegerQuery:
    """A client of the query API at `url`, with or without a path. Each answer may take `timeout` seconds.

    `option` is the command line's option for the URL; errors name it.
    """

    def __init__(
        self, url: str, timeout: float = 5.0, max_answer: int = MAX_ANSWER, option: str = "--jaeger"
    ) -> None:
        self.url = _without_password(url.rstrip("/"))
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._max_answer = max_answer
        self._option = option
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
        self.services()

    def services(self) -> list[str]:
        """Return the names of the services that have a span in the store."""
        answer = self._get("/api/services", {})
        if not isinstance(answer, dict) or "data" not in answer:
            raise self._error("answered with JSON that is not Jaeger's")
        names = answer["data"]
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def traces(
        self,
        service: str,
        tags: Mapping[str, str],
        since_ns: int,
        limit: int,
        until_ns: int | None = None,
    ) -> Decoded:
        """Return the stored spans of up to `limit` traces that have a span of `service` with these tags.

        The traces began at `since_ns` (nanoseconds since the epoch) or later, and before `until_ns`; None is
        a day after. The spans are unadjusted (`raw=true`). Raises JaegerError.
        """
        since = since_ns // 1000
        answer = self._get(
            "/api/traces",
            {
                "service": service,
                "tags": json.dumps(dict(tags)),
                "start": str(since),
                "end": str(since + _DAY_US if until_ns is None else until_ns // 1000),
                "limit": str(limit),
                "raw": "true",
            },
        )
        return self._decoded(answer)

    def traces_by_id(self, trace_ids: Sequence[str]) -> Decoded:
        """Return the stored spans of these traces, unadjusted; one that is not stored is left out.

        Raises JaegerError.
        """
        answer = self._get("/api/traces", {"traceID": list(trace_ids), "raw": "true"})
        match answer:
            case {"data": list() as found}:
                return self._decoded({"data": found})  # without `errors`, one for each that is not stored
        return self._decoded(answer)

    def otlp_traces(self, service: str, since_ns: int, until_ns: int, limit: int) -> Decoded | None:
        """Return the same from the API v3, as OTLP; None if this Jaeger has no such API that is usable.

        https://github.com/jaegertracing/jaeger/tree/v2.20.0/cmd/jaeger/internal/extension/jaegerquery/internal/apiv3
        """  # a URL
        # Older releases know the names with underscores alone.
        wanted = {
            ("serviceName", "service_name"): service,
            ("startTimeMin", "start_time_min"): _rfc3339(since_ns),
            ("startTimeMax", "start_time_max"): _rfc3339(until_ns),
            ("searchDepth", "num_traces"): str(limit),
            ("rawTraces", "raw_traces"): "true",
        }
        parameters: _Parameters = {
            f"query.{name}": value for names, value in wanted.items() for name in names
        }
        response, body = self._fetch("/api/v3/traces", parameters)
        answer = _parsed(body)
        match answer:
            case {"result": {"resourceSpans": list()} as result} if response.status_code == 200:
                pass
            case {"error": {"httpCode": 404}} if response.status_code == 404:
                return Decoded()
            case {"error": {"message": str(message)}} if response.status_code not in (200, 404):
                raise self._error(f"answered {response.status_code}: {message[:200]}")
            case _:
                return None
        try:
            decoded = decode_otlp(result)
        except WireError:
            return None
        # Old releases write ids in base64: none of their spans can be read here.
        return decoded if decoded.spans or not decoded.rejected else None

    def _decoded(self, answer: object) -> Decoded:
        try:
            decoded = decode_json(answer)
        except WireError as error:
            raise self._error(f"answered with JSON that is not Jaeger's: {error}") from error
        if decoded.rejected:
            raise self._error(f"answered with a span that cannot be read: {decoded.rejected[0]}")
        return decoded

    def _get(self, path: str, parameters: _Parameters) -> object:
        return self._checked(*self._fetch(path, parameters))

    def _fetch(self, path: str, parameters: _Parameters) -> tuple[requests.Response, bytes]:
        try:
            with self._session.get(
                self._url + path, params=parameters, timeout=self._timeout, stream=True
            ) as response:
                return response, self._read(response)
        except (requests.Timeout, ReadTimeoutError) as error:
            raise self._error(f"did not answer within {self._timeout:g} s") from error
        except requests.ConnectionError as error:
            raise JaegerError(
                f"There is no Jaeger at {self.url}: {_reason(error)}. Start one (docker compose up jaeger), "
                f"or give the address of its UI with {self._option}."
            ) from error
        except (requests.RequestException, HTTPError) as error:
            raise self._error(f"gave no answer: {_without_password(str(error))}") from error

    def _read(self, response: requests.Response) -> bytes:
        # The time-out of `requests` is for each read. A Jaeger that sends byte by byte would never reach it.
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._max_answer:
                raise AnswerTooLargeError(f"{self.url} answered with more than {self._max_answer} bytes.")
            if time.monotonic() > deadline:
                raise requests.Timeout
        return bytes(body)

    def _checked(self, response: requests.Response, body: bytes) -> object:
        answer = _parsed(body)
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


def _parsed(body: bytes) -> object:
    """Return the JSON document, None if it is none."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document


def _rfc3339(time_ns: int) -> str:
    seconds, nanoseconds = divmod(time_ns, 10**9)
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"


def _without_password(text: str) -> str:
    """Return a URL, or a text with one, without the user's name and password."""
    return _USER.sub("", text)


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
