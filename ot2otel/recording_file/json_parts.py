"""Reads a file of JSON: one document, a document a line, or documents one after the other."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from ot2otel.errors import WireError
from ot2otel.recording_file.document import Part, RecordingError
from ot2otel.recording_file.json_text import decoded, decoded_one_by_one
from ot2otel.recording_file.limits import LARGEST_LINE, too_large, too_long
from ot2otel.recording_file.placed import GZIP_IS_CUT, Placed
from ot2otel.recording_file.source import Source
from ot2otel.wire.otlp_json import Seen


def json_parts(source: Source, largest_document: int) -> Iterator[Placed]:
    """Yield the content of each line, or of each document if the first line is none by itself.

    Raises RecordingError with the path and the place of the problem. A cut last line, or document, is no
    error but the last part.
    """
    line = source.line(largest_document).removeprefix(codecs.BOM_UTF8)
    while line.isspace():
        source.skip_blank_lines()
        line = source.line(largest_document)
    if not line:
        raise RecordingError(
            f"{source.path} can't be read: {GZIP_IS_CUT if source.is_cut else 'it is empty'}"
        )
    if len(line) > largest_document:
        raise too_large(source, largest_document, f"{source.path} can't be read: one")
    if len(line) > LARGEST_LINE and line.endswith(b"\n") and source.skip_blanks():
        raise too_long(source, f"line {source.line_number}")
    try:
        yield Placed(decoded(line.rstrip()), f"line {source.line_number}")
    except WireError as error:
        place = f"line {source.line_number}: " if source.skip_blanks() else ""
        raise RecordingError(f"{source.path} can't be read as spans: {place}{error}") from error
    except UnicodeDecodeError as error:
        raise RecordingError(f"{source.path} is not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        whole = line + _rest(source, len(line), largest_document, error)
    else:
        del line
        yield from _lines(source)
        return
    del line
    yield from _documents(source, whole)


def _lines(source: Source) -> Iterator[Placed]:
    seen = Seen()
    while line := source.line(LARGEST_LINE):
        if line.isspace():
            source.skip_blank_lines()
            continue
        place = f"line {source.line_number}"
        if len(line) > LARGEST_LINE:
            raise too_long(source, place)
        try:
            part = decoded(line.rstrip(), seen)
        except WireError as error:
            raise RecordingError(f"{source.path} can't be read as spans: {place}: {error}") from error
        except (ValueError, RecursionError) as error:
            if line.endswith(b"\n"):
                raise RecordingError(f"{source.path} is not JSON: {place}: {error}") from error
            yield Placed(place=place, cut=f"{place} is cut: {error}")
        else:
            yield Placed(part, place)
            del part  # only one line's spans are held


def _documents(source: Source, whole: bytes) -> Iterator[Placed]:
    """Yield the one document of a text, or its documents, one after the other; one may have several lines."""
    number, path = 1, source.path
    try:
        one = _one(whole)
        if one:
            yield Placed(one, "line 1")
            return
        for part in decoded_one_by_one(whole.decode("utf-8")):
            yield Placed(part, f"document {number}")
            del part
            number += 1
    except WireError as error:
        place = f"document {number}: " if number > 1 else ""
        raise RecordingError(f"{path} can't be read as spans: {place}{error}") from error
    except (ValueError, RecursionError) as error:
        if number > 1 and (source.is_cut or _is_at_the_end(error)):
            yield Placed(cut=f"document {number} is cut: {error}")
            return
        if source.is_cut:
            raise RecordingError(f"{path} can't be read: {GZIP_IS_CUT}") from error
        place = f"document {number}: " if number > 1 else ""
        raise RecordingError(f"{path} is not JSON: {place}{error}") from error


def _one(whole: bytes) -> Part | None:
    """Return the content of a text that is one document, None if others follow it."""
    try:
        return decoded(whole)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        raise


def _is_at_the_end(error: Exception) -> bool:
    """Tell whether a text of JSON is wrong because it ends too early."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())


def _rest(source: Source, read: int, largest: int, problem: Exception) -> bytes:
    """Return all after the first line, `read` bytes, which is no JSON by itself for the reason `problem`."""
    if (source.size or read) <= largest:
        rest = source.rest(largest - read)
        if len(rest) <= largest - read:
            return rest
    raise too_large(source, largest, f"{source.path} is not JSON lines ({problem}), and one")
