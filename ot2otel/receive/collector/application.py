"""The WSGI application of the collector: `POST /v1/traces`, whose bodies go into a span store."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from ot2otel.errors import WireError
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from ot2otel.wire.otlp_response import JSON, PROTOBUF, refused, taken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ot2otel.receive.collector.store import SpanStore

MAX_BODY = 8 * 1024 * 1024  # bytes, compressed or not; SDKs send some 100 kB at a time

_DECODERS: dict[str, Callable[[bytes], Decoded]] = {PROTOBUF: decode_protobuf, JSON: decode_json}


class _HttpError(WireError):
    """A request that is answered with an HTTP status other than 200."""

    def __init__(self, status: str, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def application(store: SpanStore) -> WSGIApplication:
    """Make the WSGI application that puts the spans of `POST /v1/traces` into the store."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        media_type = PROTOBUF if _media_type(environ) == PROTOBUF else JSON
        status, headers = "200 OK", list[tuple[str, str]]()
        try:
            decode, body = _request(environ)
            decoded = decode(body)
        except WireError as error:
            store.refuse(
                WireError(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'][:80]}: {error}"), "requests"
            )
            content = refused(str(error), media_type)
            status = "400 Bad Request"
            if isinstance(error, _HttpError):
                status, headers = error.status, [*error.headers]
        else:
            store.take(decoded, "requests", len(body))
            content = taken(decoded.rejected, media_type)
        headers += [("Content-Type", media_type), ("Content-Length", str(len(content)))]
        start_response(status, headers)
        return [content]

    return application


def _request(environ: WSGIEnvironment) -> tuple[Callable[[bytes], Decoded], bytes]:
    """Return the decoder for the request's media type, and the decompressed body."""
    if environ["PATH_INFO"] != "/v1/traces":
        raise _HttpError("404 Not Found", "The only path here is /v1/traces.")
    if environ["REQUEST_METHOD"] != "POST":
        raise _HttpError("405 Method Not Allowed", "Send traces with POST.", ("Allow", "POST"))
    decode = _DECODERS.get(_media_type(environ))
    if decode is None:
        raise _HttpError(
            "415 Unsupported Media Type",
            f"Send traces as {' or '.join(_DECODERS)}.",
            ("Accept", ", ".join(_DECODERS)),
        )
    return decode, _body(environ)


def _media_type(environ: WSGIEnvironment) -> str:
    content_type: str = environ.get("CONTENT_TYPE", "")
    return content_type.partition(";")[0].strip().lower()


def _body(environ: WSGIEnvironment) -> bytes:
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise _HttpError("411 Length Required", "Send the length of the body in Content-Length.")
    length = int(environ.get("CONTENT_LENGTH") or 0)  # for a chunked body, waitress sets it
    if length > MAX_BODY:
        raise _too_large()
    body: bytes = environ["wsgi.input"].read(length)
    encoding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if encoding == "gzip":
        return _unzipped(body)
    if encoding != "identity":
        raise _HttpError(
            "415 Unsupported Media Type",
            "Send the body uncompressed or with gzip.",
            ("Accept-Encoding", "gzip"),
        )
    return body


def _unzipped(body: bytes) -> bytes:
    try:
        with gzip.open(BytesIO(body)) as unzipped:
            content = unzipped.read(MAX_BODY + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise WireError(f"{len(body)} bytes that are not valid gzip: {error}") from error
    if len(content) > MAX_BODY:
        raise _too_large()
    return content


def _too_large() -> _HttpError:
    return _HttpError(
        "413 Content Too Large", f"Send at most {MAX_BODY} bytes in a body, counted after decompression."
    )
