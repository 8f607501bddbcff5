"""OTLP/HTTP without sockets: a request to `POST /v1/traces` in, its spans into a store, a response out."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ot2otel.errors import WireError
from ot2otel.wire.checked import MAX_ELEMENTS, Checked, TooManyElementsError, built
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_protobuf import check_protobuf
from ot2otel.wire.otlp_response import JSON, PROTOBUF, refused, taken

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

MAX_BODY = 8 * 1024 * 1024  # bytes, compressed or not; SDKs send some 100 kB at a time
_MAX_MEMBERS = 100  # of a gzip body; usual are one or two

# Bytes that take some 50 ms at most: the thread that serves the connections handles up to so many by itself.
_QUICK = {PROTOBUF: 512 * 1024, JSON: 64 * 1024}
_QUICK_GZIP = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. `media_type` and `encoding` are in lower case; an absent encoding is "identity"."""

    method: str
    path: str
    media_type: str
    encoding: str = "identity"
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.path[:80]}"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    media_type: str
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()


class HttpError(WireError):
    """A request that is answered with an HTTP status other than 200."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def check_head(request: Request) -> None:
    """Raise HttpError if the request would be refused with any body."""
    if request.path != "/v1/traces":
        raise HttpError(404, "The only path here is /v1/traces.")
    if request.method != "POST":
        raise HttpError(405, "Send traces with POST.", ("Allow", "POST"))
    if request.media_type not in _CHECKS:
        raise HttpError(415, f"Send traces as {' or '.join(_CHECKS)}.", ("Accept", ", ".join(_CHECKS)))
    if request.encoding not in ("identity", "gzip"):
        raise HttpError(415, "Send the body uncompressed or with gzip.", ("Accept-Encoding", "gzip"))


def too_large() -> HttpError:
    """Return the error for a body of more than MAX_BODY bytes."""
    return HttpError(413, f"Send at most {MAX_BODY} bytes in a body, counted after decompression.")


def quick(request: Request) -> Request | None:
    """Return the request, unzipped, if the answer takes little time, and None if it may take up to a second.

    Raises WireError as `answer` would refuse it.
    """
    most = _QUICK[request.media_type]
    if request.encoding == "identity":
        return request if len(request.body) <= most else None
    if len(request.body) > _QUICK_GZIP:
        return None
    body = _unzipped(request.body, most)
    return body if body is None else replace(request, encoding="identity", body=body)


def answer(request: Request, store: SpanStore) -> Response:
    """Put the request's spans into the store and return the response. The head must have been checked."""
    try:
        checked = _CHECKS[request.media_type](_body(request))
    except WireError as error:
        return refusal(error, str(request), request.media_type, store)
    store.take(checked, "requests")
    return Response(200, request.media_type, taken(checked.rejected, request.media_type))


def refusal(error: WireError, source: str, media_type: str, store: SpanStore) -> Response:
    """Count a request from `source` that is refused with this error, and return the response."""
    store.refuse(WireError(f"{source}: {error}"), "requests")
    status, headers = (error.status, error.headers) if isinstance(error, HttpError) else (400, ())
    if isinstance(error, TooManyElementsError):
        status = 413
    media_type = PROTOBUF if media_type == PROTOBUF else JSON
    return Response(status, media_type, refused(str(error), media_type), headers)


def _check_json(body: bytes) -> Checked:
    # Each object and each array begins with one of these. In text they count as well, and do no harm.
    if body.count(b"{") + body.count(b"[") > MAX_ELEMENTS:
        raise TooManyElementsError
    return built(decode_json(body), len(body))


_CHECKS: dict[str, Callable[[bytes], Checked]] = {PROTOBUF: check_protobuf, JSON: _check_json}


def _body(request: Request) -> bytes:
    if request.encoding == "identity":
        return request.body
    body = _unzipped(request.body, MAX_BODY)
    if body is None:
        raise too_large()
    return body


def _unzipped(body: bytes, most: int) -> bytes | None:
    """Return the content, None if it has more than `most` bytes; raise WireError if it is not gzip."""
    content = b""
    rest = body
    try:
        for _ in range(_MAX_MEMBERS):
            member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with gzip's header and check sum
            content += member.decompress(rest, most + 1 - len(content))
            if len(content) > most:
                return None
            if not member.eof:
                raise WireError(f"{len(body)} bytes that are not valid gzip: they end too early")
            rest = member.unused_data.lstrip(b"\0")
            if not rest:
                return content
    except zlib.error as error:
        raise WireError(f"{len(body)} bytes that are not valid gzip: {error}") from error
    raise WireError(f"{len(body)} bytes of gzip have more than {_MAX_MEMBERS} members")
