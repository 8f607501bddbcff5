"""Reads files of spans, a line at a time."""

from __future__ import annotations

import codecs
import gc
import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file.document import RecordingError, decode_any, is_jaeger
from ot2otel.recording_file.source import Progress, Source


def _orjson() -> Callable[[bytes], object] | None:
    """Return orjson's parser; None if the extra `fast` is not installed."""
    try:
        import orjson
    except ImportError:
        return None
    loads: Callable[[bytes], object] = orjson.loads
    return loads


_quick_loads = _orjson()

LARGEST_LINE = 64_000_000  # bytes
LARGEST_DOCUMENT = 200_000_000  # bytes; parsed it takes about ten times as much
_CONVERT = "import sys; from ot2otel.recording_file import convert; convert(*sys.argv[1:])"


def read(path: Path) -> Recording:
    """Return the recording in `path`; from another tool's file it has spans only.

    Reads what `open_recording` reads and raises the same errors. A cut last line is an error, too.
    """
    with open_recording(path) as reader:
        spans = tuple(reader.spans())
        if reader.cut:
            raise RecordingError(f"{path} is not JSON: {reader.cut}")
        return replace(reader.head, spans=spans, answers=reader.answers)


def open_recording(
    path: Path, progress: Progress | None = None, largest_document: int = LARGEST_DOCUMENT
) -> RecordingReader:
    """Open a file of spans and read its first document; the path `-` is standard input.

    The content tells the format: OTLP/JSON, or one such document a line, or Jaeger's JSON. A line may be an
    answer instead, `{"answer": {...}}`. A document that has several lines is read whole.

    This and the reader raise RecordingError with the path and the place of the problem. Refused are also: a
    path that is no regular file, a line of more than LARGEST_LINE bytes, and one document of more than
    `largest_document` bytes.
    """
    source = Source(path, progress)
    try:
        return RecordingReader(source, _begun(source, largest_document))
    except BaseException:
        source.close()
        raise


class RecordingReader:
    """An open file of spans, read once, a line at a time; a context manager that closes the file.

    `head` is the recording that the first document describes, without spans and answers. `answers` and
    `problems` are complete when the iterator of `spans` has ended. A problem is a sentence about something
    that did not stop the reading: a cut last line, also in `cut`, or another recording in the same file.
    """

    def __init__(self, source: Source, first: Recording) -> None:
        self.head = replace(first, spans=(), answers=())
        self.cut = ""
        self._source = source
        self._first: tuple[Span, ...] | None = first.spans
        self._answers = list(first.answers)
        self._problems: list[str] = []
        self._ended = False

    def __enter__(self) -> RecordingReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers read so far, of all recordings in the file."""
        return tuple(self._answers)

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems met so far."""
        return tuple(self._problems)

    def spans(self) -> Iterator[Span]:
        """Yield the spans that are not read yet, in the order of the file; raise RecordingError."""
        while not self._ended:
            # No name for them: only one line's spans are held.
            yield from self._next()

    def close(self) -> None:
        """Close the file, unless it is standard input."""
        self._source.close()

    def _next(self) -> tuple[Span, ...]:
        """Return the spans of the next line."""
        if self._first is not None:
            spans, self._first = self._first, None
            return spans
        line = self._source.line(LARGEST_LINE)
        self._ended = not line
        if not line or line.isspace():
            return ()
        path, place = self._source.path, f"line {self._source.line_number}"
        if len(line) > LARGEST_LINE:
            raise _too_long(self._source)
        try:
            recording = _decoded(line.rstrip())
        except WireError as error:
            raise RecordingError(f"{path} can't be read as spans: {place}: {error}") from error
        except (ValueError, RecursionError) as error:
            if line.endswith(b"\n"):
                raise RecordingError(f"{path} is not JSON: {place}: {error}") from error
            self.cut = f"{place} is cut: {error}"
            self._problems.append(self.cut)
            return ()
        self._answers += recording.answers
        if recording.flow and replace(recording, spans=(), answers=()) != self.head:
            other = f"{place} begins another recording, of {recording.flow}"
            self._problems.append(f"{other}: its spans are read, its ports and versions are not")
        return recording.spans


def _begun(source: Source, largest_document: int) -> Recording:
    """Return the recording in the first line, or in the whole file if that line is no JSON by itself."""
    path = source.path
    line = source.line(largest_document).removeprefix(codecs.BOM_UTF8)
    while line.isspace():
        line = source.line(largest_document)
    if not line:
        raise RecordingError(f"{path} is not JSON: it is empty")
    if len(line) > largest_document:
        raise _too_large(source, largest_document, f"{path} can't be read: one")
    if len(line) > LARGEST_LINE and line.endswith(b"\n") and source.skip_blanks():
        raise _too_long(source)
    try:
        return _decoded(line.rstrip())
    except WireError as error:
        place = f"line {source.line_number}: " if source.skip_blanks() else ""
        raise RecordingError(f"{path} can't be read as spans: {place}{error}") from error
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path} is not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        text = line + _rest(source, len(line), largest_document, error)
    try:
        return _decoded(text)
    except WireError as error:
        raise RecordingError(f"{path} can't be read as spans: {error}") from error
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is not JSON: {error}") from error


def _rest(source: Source, read: int, largest: int, problem: Exception) -> bytes:
    """Return all after the first line, `read` bytes, which is no JSON by itself for the reason `problem`."""
    if (source.size or read) <= largest:
        rest = source.rest(largest - read)
        if len(rest) <= largest - read:
            return rest
    raise _too_large(source, largest, f"{source.path} is not JSON lines ({problem}), and one")


def _too_large(source: Source, largest: int, one: str) -> RecordingError:
    size = _megabytes(source.size) if source.size else "this size"
    target = source.path.with_suffix(".jsonl") if source.size else Path("spans.jsonl")
    command = shlex.join(["python", "-c", _CONVERT, str(source.path), str(target)])
    return RecordingError(
        f"{one} document of {size} is not read, only up to {_megabytes(largest)}. Convert it: {command}"
    )


def _megabytes(size: int) -> str:
    return f"{round(size / 1e6, 1):g} MB"


def _too_long(source: Source) -> RecordingError:
    return RecordingError(
        f"{source.path} can't be read: line {source.line_number} is longer than {_megabytes(LARGEST_LINE)}"
    )


def _decoded(text: bytes) -> Recording:
    """Return the recording in a JSON text; raise ValueError or RecursionError if it is none, or WireError."""
    # Parsed JSON has no cycles, but is so many objects that looking for them takes up to half of the time.
    with _no_collection():
        return _parsed_by_orjson(text) or decode_any(json.loads(text.decode("utf-8")))


def _parsed_by_orjson(text: bytes) -> Recording | None:
    """Return the recording in a text of OTLP/JSON, None if orjson is not installed or anything is wrong.

    orjson takes an integer of more than 64 bits for a float, and refuses NaN and lone surrogates. So it
    parses only OTLP, where each integer is checked, and Python's own parser decides about what it refuses.
    They differ in one thing: how deep a value that nobody reads may be nested, at about 1000 levels.
    """
    if _quick_loads is None or text.find(b'"resourceSpans"', 0, 1000) < 0:
        return None
    try:
        document = _quick_loads(text)
        return None if is_jaeger(document) else decode_any(document)
    except (ValueError, WireError):
        return None


@contextmanager
def _no_collection() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
