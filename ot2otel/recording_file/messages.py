"""Reads a file of OTLP in protobuf: one message, or several, each after its size.

The Collector's file exporter writes the size with `format: proto` as four bytes, the most significant first
(exporter/fileexporter/file_writer.go of its contrib repository). OpenTelemetry's specification of a file
(specification/protocol/file-exporter.md) wants it as protobuf writes a number: Java's `writeDelimitedTo`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ot2otel.errors import WireError
from ot2otel.recording_file.document import Part, RecordingError, part
from ot2otel.recording_file.forms import SIZE, varint
from ot2otel.recording_file.json_text import decoded
from ot2otel.recording_file.limits import LARGEST_LINE, too_large, too_long
from ot2otel.recording_file.placed import GZIP_IS_CUT, Placed
from ot2otel.recording_file.source import Source
from ot2otel.wire.otlp_protobuf import decode_protobuf
from ot2otel.wire.otlp_protobuf_pieces import pieces

# Returns the size of the next message, None after the last one, and -1 if the size is cut.
SizeOfNext: TypeAlias = Callable[[Source], int | None]


def one_message(source: Source, largest_document: int) -> Iterator[Placed]:
    """Yield the spans of a file that is one message, in pieces of it; raise RecordingError."""
    body = source.exactly(largest_document + 1)
    if len(body) > largest_document:
        raise too_large(source, largest_document, f"{source.path} can't be read: one")
    if source.is_cut:
        raise RecordingError(f"{source.path} can't be read: {GZIP_IS_CUT}")
    yield from _placed(source, body, "")


def messages(source: Source, size_of_next: SizeOfNext) -> Iterator[Placed]:
    """Yield the spans of each message, in pieces of it; raise RecordingError.

    A cut last message is no error but the last part.
    """
    number = 0
    while (size := size_of_next(source)) is not None:
        number += 1
        place = f"message {number}"
        if size > LARGEST_LINE:
            raise too_long(source, place)
        body = source.exactly(size)
        if size < 0 or len(body) < size:
            yield Placed(place=place, cut=f"{place} is cut")
            return
        yield from _placed(source, body, place)


def in_four_bytes(source: Source) -> int | None:
    """Return the size of the next message, None after the last one, -1 if the size is cut."""
    size = source.exactly(SIZE)
    if not size:
        return None
    return int.from_bytes(size, "big") if len(size) == SIZE else -1


def as_varint(source: Source) -> int | None:
    """Return the size of the next message, None after the last one, -1 if the size is cut or no number."""
    size = b""
    while byte := source.exactly(1):
        size += byte
        if byte[0] < 128 or len(size) > SIZE:
            number, after = varint(size, 0)
            return number if after else -1
    return -1 if size else None


def _placed(source: Source, body: bytes, place: str) -> Iterator[Placed]:
    try:
        for each in _parts(body):
            yield Placed(each, place)
            del each
    except (WireError, ValueError, RecursionError) as error:
        where = f"{place}: " if place else ""
        raise RecordingError(f"{source.path} can't be read as spans: {where}{error}") from error


def _parts(body: bytes) -> Iterator[Part]:
    """Yield the content of a message; the Collector's encoding extensions may write JSON as one."""
    if body.startswith(b"{"):
        yield decoded(body)
    else:
        yield from (part(decode_protobuf(piece)) for piece in pieces(body))
