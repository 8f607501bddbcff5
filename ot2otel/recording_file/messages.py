"""Reads a file of OTLP in protobuf: one message, or several, each after its size.

The Collector's file exporter writes the second form with `format: proto`: the size of a message as four bytes,
the most significant first, then the message (exporter/fileexporter/file_writer.go of its contrib repository).
"""

from __future__ import annotations

from collections.abc import Iterator

from ot2otel.errors import WireError
from ot2otel.recording_file.document import Part, RecordingError, part
from ot2otel.recording_file.forms import SIZE
from ot2otel.recording_file.json_text import decoded
from ot2otel.recording_file.limits import LARGEST_LINE, too_large, too_long
from ot2otel.recording_file.placed import GZIP_IS_CUT, Placed
from ot2otel.recording_file.source import Source
from ot2otel.wire.otlp_protobuf import decode_protobuf
from ot2otel.wire.otlp_protobuf_pieces import pieces


def one_message(source: Source, largest_document: int) -> Iterator[Placed]:
    """Yield the spans of a file that is one message, some hundred kilobytes at a time; raise RecordingError."""
    body = source.exactly(largest_document + 1)
    if len(body) > largest_document:
        raise too_large(source, largest_document, f"{source.path} can't be read: one")
    if source.is_cut:
        raise RecordingError(f"{source.path} can't be read: {GZIP_IS_CUT}")
    yield from _placed(source, body, "")


def messages(source: Source) -> Iterator[Placed]:
    """Yield the spans of each message, some hundred kilobytes at a time; raise RecordingError.

    A cut last message is no error but the last part.
    """
    number = 0
    while size := source.exactly(SIZE):
        number += 1
        place = f"message {number}"
        expected = int.from_bytes(size, "big")
        if len(size) == SIZE and expected > LARGEST_LINE:
            raise too_long(source, place)
        body = source.exactly(expected) if len(size) == SIZE else b""
        if len(size) < SIZE or len(body) < expected:
            yield Placed(place=place, cut=f"{place} is cut")
            return
        yield from _placed(source, body, place)


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
