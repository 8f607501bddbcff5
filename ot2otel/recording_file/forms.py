"""Tells the form of a file from its first bytes."""

from __future__ import annotations

import codecs
from enum import Enum

from ot2otel.errors import WireError
from ot2otel.recording_file.document import FORMS

_ZSTD = b"\x28\xb5\x2f\xfd"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_RESOURCE_SPANS = b"\x0a"  # the tag of OTLP's only field, in protobuf
SIZE = 4  # bytes of a message's size, as the Collector's file exporter writes it
_LARGEST_VARINT = 5  # bytes of one
_LOOKED_AT = 512  # bytes
# In JSON no other control character stands; in a message of OTLP there is one within some bytes.
_BLANKS = b" \t\n\r"
_NO_TEXT = bytes(byte for byte in range(32) if byte not in _BLANKS)


class Form(Enum):
    """How the documents or messages of a file follow each other."""

    JSON = "JSON"  # one document, or one a line, or one after the other
    MESSAGE = "a message of protobuf"
    MESSAGES = "messages of protobuf, each after its size in four bytes"
    DELIMITED = "messages of protobuf, each after its size as protobuf writes a number"


def form_of(opening: bytes) -> Form:
    """Return the form of a file that begins with these bytes; raise WireError if it is unknown."""
    if _is_json(opening):
        return Form.JSON
    if opening.startswith(_RESOURCE_SPANS):
        return Form.MESSAGE
    if opening.startswith(_ZSTD) or opening[SIZE:].startswith(_ZSTD):
        raise WireError(
            "it is compressed with zstd, which is not read. Let the Collector's file exporter write it"
            " without `compression`, or unpack it with `zstd -d`"
        )
    if opening.startswith(_UTF_16):
        raise WireError("it is text in UTF-16. Convert it: iconv -f UTF-16 -t UTF-8")
    if _begins_with_size(opening):
        return Form.MESSAGES
    if _begins_with_varint(opening):
        return Form.DELIMITED
    raise WireError(f"its form is unknown. Read are: {FORMS}")


def _is_json(opening: bytes) -> bool:
    """Tell whether a text of JSON begins, or whether there are only blanks."""
    text = opening.removeprefix(codecs.BOM_UTF8).lstrip(_BLANKS)
    looked_at = opening[:_LOOKED_AT]
    return not text or (text.startswith((b"{", b"[")) and looked_at.translate(None, _NO_TEXT) == looked_at)


def _begins_with_size(opening: bytes) -> bool:
    """Tell whether a size of four bytes comes first, then a message of OTLP in protobuf or in JSON."""
    # No message that is read has more than 64 MB, so the first byte of its size is small.
    return len(opening) > SIZE and opening[0] < 4 and opening[SIZE : SIZE + 1] in (_RESOURCE_SPANS, b"{")


def _begins_with_varint(opening: bytes) -> bool:
    """Tell whether a size as protobuf writes it comes first, then a message of OTLP that is not longer."""
    size, start = varint(opening, 0)
    inner, after = varint(opening, start + 1)
    return opening[start : start + 1] == _RESOURCE_SPANS and 0 < inner <= size - (after - start)


def varint(message: bytes, begin: int) -> tuple[int, int]:
    """Return a small number as protobuf writes it, 0 if there is none, and the place after it."""
    number = 0
    for place, byte in enumerate(message[begin : begin + _LARGEST_VARINT]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            return number, begin + place + 1
    return 0, begin
