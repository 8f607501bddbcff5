"""Refuses gRPC where only HTTP/1.1 is served, with a message that the client's error shows.

An answer in HTTP/1.1 would be "unavailable" to a gRPC client: it tries again and shows no text. So this
speaks as much HTTP/2 (RFC 9113) as an answer to each call takes. No frame's content is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD = 9  # bytes of a frame's head: length (3), type (1), flags (1), stream (4)
_MAX_FRAME = 16384  # bytes; a client may send larger frames only if the settings permit it
_MAX_CALLS = 100  # that are answered on one connection

_DATA, _HEADERS, _SETTINGS, _PING, _GOAWAY, _CONTINUATION = 0, 1, 4, 6, 7, 9
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
# The exporter in Python logs a message only with this status (opentelemetry-exporter-otlp-proto-grpc
# 1.39.1, `_export`: exc_info=error.code() == StatusCode.UNKNOWN), and does not try again.
_UNKNOWN = "2"


class Http2Refusal:
    """One connection whose calls are all refused with `message`."""

    def __init__(self, message: str) -> None:
        self._headers = _headers(message)
        self._unread = b""
        self._is_begun = False
        self._calls = 0

    def received(self, data: bytes) -> bytes | None:
        """Take the client's next bytes and return those to send; None if the connection is to be cut."""
        self._unread += data
        answer = b""
        if not self._is_begun:
            if len(self._unread) < len(PREFACE):
                return b"" if PREFACE.startswith(self._unread) else None
            if not self._unread.startswith(PREFACE):
                return None
            self._unread = self._unread[len(PREFACE) :]
            self._is_begun = True
            answer = _frame(_SETTINGS, 0, 0)
        for kind, flags, stream, content in self._frames():
            answer += self._answer(kind, flags, stream, content)
        is_too_much = self._calls > _MAX_CALLS or _length(self._unread) > _MAX_FRAME
        return None if is_too_much else answer

    def _frames(self) -> Iterator[tuple[int, int, int, bytes]]:
        while len(self._unread) >= _HEAD and len(self._unread) >= (end := _HEAD + _length(self._unread)):
            head, content, self._unread = self._unread[:_HEAD], self._unread[_HEAD:end], self._unread[end:]
            yield head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7FFF_FFFF, content

    def _answer(self, kind: int, flags: int, stream: int, content: bytes) -> bytes:
        if kind == _SETTINGS and not flags & _ACK:
            return _frame(_SETTINGS, _ACK, 0)
        if kind == _PING and not flags & _ACK:
            return _frame(_PING, _ACK, 0, content)
        if kind in (_HEADERS, _CONTINUATION) and flags & _END_HEADERS:
            self._calls += 1
            return _frame(_HEADERS, _END_HEADERS | _END_STREAM, stream, self._headers)
        return b""


def _length(head: bytes) -> int:
    return int.from_bytes(head[:3], "big")


def _frame(kind: int, flags: int, stream: int, content: bytes = b"") -> bytes:
    return len(content).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + content


def _headers(message: str) -> bytes:
    """Return a gRPC answer that is trailers only, in HPACK (RFC 7541) without its table and Huffman code.

    https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
    """
    fields = {
        ":status": "200",
        "content-type": "application/grpc",
        "grpc-status": _UNKNOWN,
        "grpc-message": quote(message, safe=" !\"#$&'()*+,/:;<=>?@[]^_`{|}~"),
    }
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in fields.items())


def _text(text: str) -> bytes:
    encoded = text.encode("ascii")
    if len(encoded) < 127:
        return bytes((len(encoded),)) + encoded
    # An integer of more than 7 bits (RFC 7541, 5.1).
    rest, length = len(encoded) - 127, b"\x7f"
    while rest >= 128:
        length += bytes((rest % 128 + 128,))
        rest //= 128
    return length + bytes((rest,)) + encoded
