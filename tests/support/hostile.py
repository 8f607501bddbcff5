"""Bodies that are small on the wire and large in memory, in protobuf and in JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

_IDS = b"\x0a\x10" + b"\x01" * 16 + b"\x12\x08" + b"\x01" * 8  # a span's trace id and span id


def field(number: int, content: bytes) -> bytes:
    """Return a length-delimited field of protobuf."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])


def request(*spans: bytes, resource: bytes = b"") -> bytes:
    """Return an OTLP request of encoded spans."""
    return field(1, field(1, resource) + field(2, b"".join(field(2, span) for span in spans)))


def span(content: bytes) -> bytes:
    """Return an encoded span with fresh ids and this content."""
    return field(1, os.urandom(16)) + field(2, os.urandom(8)) + content


def _value(content: bytes) -> bytes:
    return field(9, field(1, b"k") + field(2, content))


def _keys(number: int) -> bytes:
    return b"".join(field(9, field(1, b"%x" % key)) for key in range(number))


def _nested(number: int) -> bytes:
    return b"".join(field(9, field(1, b"%x" % key) + field(2, b"\x2a\x00")) for key in range(number))


# Encoded requests with this number of elements of one sort.
PROTOBUF: Mapping[str, Callable[[int], bytes]] = {
    "empty events": lambda number: request(span(b"\x5a\x00" * number)),
    "links": lambda number: request(span(field(13, _IDS) * number)),
    "attributes": lambda number: request(span(_keys(number))),
    "attributes of a resource": lambda number: field(
        1,
        field(1, b"".join(field(1, field(1, b"%x" % key)) for key in range(number)))
        + field(2, field(2, span(b""))),
    ),
    "values of a list": lambda number: request(span(_value(field(5, b"\x0a\x00" * number)))),
    "pairs of a map": lambda number: request(span(_value(field(6, b"\x0a\x00" * number)))),
    "empty maps": lambda number: request(span(_value(field(5, b"\x0a\x02\x32\x00" * number)))),
    "empty lists": lambda number: request(span(_nested(number))),
    "spans": lambda number: request(*(span(b"") for _ in range(number))),
    "spans without ids": lambda number: request(*([b""] * number)),
    "empty resources": lambda number: b"\x0a\x00" * number,
    "text": lambda number: request(span(field(5, "🐍".encode() + b"a" * 16 * number))),
}

_JSON_SPAN = (
    b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"00000000000000aa",%s}]}]}]}'
)


def _json(content: bytes) -> bytes:
    return _JSON_SPAN % (os.urandom(16).hex().encode(), content)


JSON: Mapping[str, Callable[[int], bytes]] = {
    "empty events": lambda number: _json(b'"events":[' + b",".join([b"{}"] * number) + b"]"),
    "attributes": lambda number: _json(
        b'"attributes":[' + b",".join(b'{"key":"%x"}' % key for key in range(number)) + b"]"
    ),
    "numbers": lambda number: _json(b'"x":[' + b",".join([b"0.5"] * number) + b"]"),
    "nested lists": lambda number: _json(b'"x":[' + b",".join([b"[]"] * number) + b"]"),
}
