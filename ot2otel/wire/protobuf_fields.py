"""The fields of a message in protobuf's wire format, without parsing what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import DecodeError

# Protobuf's wire types.
_VARINT = 0
_LENGTH_DELIMITED = 2
_FIXED_SIZES = {1: 8, 5: 4}


def fields(message: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield each field's number, the place of its content, of its beginning and of its end.

    Raises DecodeError if a field ends after the message.
    """
    place, length = 0, len(message)
    while place < length:
        begin = place
        tag, place = _varint(message, place)
        content = place
        if tag & 7 == _LENGTH_DELIMITED:
            size, content = _varint(message, place)
            place = content + size
        elif tag & 7 == _VARINT:
            _, place = _varint(message, place)
        else:
            place += _FIXED_SIZES.get(tag & 7, 0)
        if place > length:
            raise DecodeError("a field ends after the message")
        yield tag >> 3, content, begin, place


def nested(number: int, content: bytes) -> bytes:
    """Return a field that is a message, or text."""
    return _written(number << 3 | _LENGTH_DELIMITED) + _written(len(content)) + content


def _written(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def _varint(message: memoryview, begin: int) -> tuple[int, int]:
    """Return the number at the place, and the place after it."""
    number = 0
    for place, byte in enumerate(message[begin : begin + 10]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            return number, begin + place + 1
    raise DecodeError("a number does not end")
