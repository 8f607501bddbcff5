"""The HTTP ways in, without sockets: a request in, its spans into a store, a response out.

Every path is served at every port, so that a wrong port alone loses nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ot2otel.errors import WireError
from ot2otel.receive.collector import sampling
from ot2otel.wire.checked import MAX_ELEMENTS, Checked, TooManyElementsError, built
from ot2otel.wire.jaeger_thrift import check_batch
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_protobuf import check_protobuf
from ot2otel.wire.otlp_response import JSON, PROTOBUF, refused, taken

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

MAX_BODY = 8 * 1024 * 1024  # bytes, compressed or not; SDKs send some 100 kB at a time
_MAX_MEMBERS = 100  # of a gzip body; usual are one or two

# What Jaeger's collector takes: https://www.jaegertracing.io/docs/1.12/apis/#thrift-over-http-stable
THRIFT = ("application/x-thrift", "application/vnd.apache.thrift.binary")

# Bytes that take some 50 ms at most: the thread that serves the connections handles up to so many by itself.
_QUICK = {PROTOBUF: 512 * 1024, JSON: 64 * 1024, **dict.fromkeys(THRIFT, 64 * 1024)}
_QUICK_GZIP = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. `media_type` and `encoding` are in lower case; an absent encoding is "identity"."""

    method: str
    path: str
    media_type: str
    encoding: str = "identity"
    body: bytes = b""
    query: str = ""

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


@dataclass(frozen=True, slots=True)
class _Path:
    """What is done with a request to a path.

    Attributes:
        subject: what a client sends there.
        method: the only method.
        checks: by media type, the function that decodes a body with spans; none if there are no spans in it.
        counted: the tally of requests without spans.
        answer: the JSON that answers a question, from its query; None if the body is all that matters.
    """

    subject: str
    method: str = "POST"
    checks: Mapping[str, Callable[[bytes], Checked]] = field(default_factory=dict)
    counted: str = ""
    answer: Callable[[str], bytes] | None = None


def check_head(request: Request) -> None:
    """Raise HttpError if the request would be refused with any body."""
    path = _PATHS.get(request.path)
    if path is None:
        raise HttpError(
            404, f"There is no {request.path[:80]} here. Send OTLP to /v1/traces, Thrift to /api/traces."
        )
    if request.method != path.method:
        raise HttpError(405, f"Send {path.subject} with {path.method}.", ("Allow", path.method))
    if path.checks and request.media_type not in path.checks:
        raise HttpError(
            415, f"Send {path.subject} as {' or '.join(path.checks)}.", ("Accept", ", ".join(path.checks))
        )
    if request.encoding not in ("identity", "gzip"):
        raise HttpError(415, "Send the body uncompressed or with gzip.", ("Accept-Encoding", "gzip"))


def too_large() -> HttpError:
    """Return the error for a body of more than MAX_BODY bytes."""
    return HttpError(413, f"Send at most {MAX_BODY} bytes in a body, counted after decompression.")


def quick(request: Request) -> Request | None:
    """Return the request, unzipped, if the answer takes little time, and None if it may take up to a second.

    Raises WireError as `answer` would refuse it.
    """
    if not _PATHS[request.path].checks:
        return request
    most = _QUICK[request.media_type]
    if request.encoding == "identity":
        return request if len(request.body) <= most else None
    if len(request.body) > _QUICK_GZIP:
        return None
    body = _unzipped(request.body, most)
    return body if body is None else replace(request, encoding="identity", body=body)


def answer(request: Request, store: SpanStore) -> Response:
    """Put the request's spans into the store and return the response. The head must have been checked."""
    path = _PATHS[request.path]
    if not path.checks:
        store.note(path.counted)
        if path.answer:
            return Response(200, JSON, path.answer(request.query))
        media_type = JSON if request.media_type == JSON else PROTOBUF
        return Response(200, media_type, taken((), media_type))
    try:
        checked = path.checks[request.media_type](_body(request))
    except WireError as error:
        return refusal(error, str(request), request.media_type, store)
    store.take(checked, "requests")
    if request.media_type in THRIFT:
        return Response(202, "text/plain", b"")  # as Jaeger's collector answers
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


_PATHS = {
    "/v1/traces": _Path("traces", checks={PROTOBUF: check_protobuf, JSON: _check_json}),
    "/v1/metrics": _Path("metrics", counted="metrics"),
    "/v1/logs": _Path("logs", counted="logs"),
    "/api/traces": _Path("spans", checks=dict.fromkeys(THRIFT, check_batch)),
    "/sampling": _Path("a sampling question", "GET", counted="sampling_questions", answer=sampling.strategy),
    "/credits": _Path(
        "a question for credits", "GET", counted="credit_questions", answer=sampling.credits_for
    ),
}


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
