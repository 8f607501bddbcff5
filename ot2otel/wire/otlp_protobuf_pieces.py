"""Cuts a large message of OTLP traces into messages of some hundred kilobytes, without parsing it."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import DecodeError

from ot2otel.errors import WireError
from ot2otel.wire.protobuf_fields import fields, nested

PIECE = 512 * 1024  # bytes
# The numbers of `resource_spans`, of `scope_spans` in it, and of `spans` in those.
_RESOURCE_SPANS, _SCOPE_SPANS, _SPANS = 1, 2, 2
_PER_HEAD = 4  # as many times what the pieces repeat is a piece, so that repeating costs a quarter


def pieces(body: bytes) -> Iterator[bytes]:
    """Yield messages that have the same spans as the body together, in their order; raise WireError.

    A piece is larger than PIECE if a span is, or a resource. An empty body has no piece.
    """
    try:
        yield from _grouped(_small(memoryview(body)), PIECE)
    except DecodeError as error:
        raise WireError(f"{len(body)} bytes are not OTLP traces in protobuf: {error}") from error


def _small(body: memoryview) -> Iterator[bytes]:
    """Yield the fields of the body, those with many spans in several."""
    for number, content, begin, end in fields(body):
        if number == _RESOURCE_SPANS and end - begin > PIECE:
            yield from (nested(_RESOURCE_SPANS, part) for part in _parts_of_resource(body[content:end]))
        else:
            yield bytes(body[begin:end])


def _parts_of_resource(resource_spans: memoryview) -> Iterator[bytes]:
    head = _without(resource_spans, _SCOPE_SPANS)
    size = max(PIECE, _PER_HEAD * len(head))
    return (head + group for group in _grouped(_scopes(resource_spans, size), size))


def _scopes(resource_spans: memoryview, size: int) -> Iterator[bytes]:
    for number, content, begin, end in fields(resource_spans):
        if number == _SCOPE_SPANS and end - begin > size:
            parts = _parts_of_scope(resource_spans[content:end], size)
            yield from (nested(_SCOPE_SPANS, part) for part in parts)
        elif number == _SCOPE_SPANS:
            yield bytes(resource_spans[begin:end])


def _parts_of_scope(scope_spans: memoryview, size: int) -> Iterator[bytes]:
    head = _without(scope_spans, _SPANS)
    spans = (
        bytes(scope_spans[begin:end]) for number, _, begin, end in fields(scope_spans) if number == _SPANS
    )
    return (head + group for group in _grouped(spans, max(size, _PER_HEAD * len(head))))


def _without(message: memoryview, left_out: int) -> bytes:
    return b"".join(
        bytes(message[begin:end]) for number, _, begin, end in fields(message) if number != left_out
    )


def _grouped(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Join parts until one more would make them larger than this size."""
    group: list[bytes] = []
    together = 0
    for part in parts:
        if group and together + len(part) > size:
            yield b"".join(group)
            group, together = [], 0
        group.append(part)
        together += len(part)
    if group:
        yield b"".join(group)
