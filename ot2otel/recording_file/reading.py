"""Reads files of spans, a line or a message at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.outline import printable
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file.document import RecordingError
from ot2otel.recording_file.forms import Form, form_of
from ot2otel.recording_file.json_parts import json_parts
from ot2otel.recording_file.limits import LARGEST_DOCUMENT
from ot2otel.recording_file.messages import as_varint, in_four_bytes, messages, one_message
from ot2otel.recording_file.placed import GZIP_IS_CUT, Placed
from ot2otel.recording_file.source import Progress, Source

_NAMED = 5  # unknown keys that a sentence names


def read(path: Path) -> Recording:
    """Return the recording in `path`; from another tool's file it has spans only.

    Reads what `open_recording` reads and raises the same errors. A cut last line is an error, too.
    """
    with open_recording(path) as reader:
        spans = tuple(reader.spans())
        if reader.cut:
            raise RecordingError(f"{path} is not complete: {reader.cut}")
        return replace(reader.head, spans=spans, answers=reader.answers)


def open_recording(
    path: Path, progress: Progress | None = None, largest_document: int = LARGEST_DOCUMENT
) -> RecordingReader:
    """Open a file of spans and read its first document; the path `-` is standard input.

    The content tells the form: OTLP in JSON, in lines of it or in protobuf, Jaeger's JSON, Zipkin's, or that
    of OpenTelemetry's SDK for Python; each may be packed by gzip. A line may be an answer instead,
    `{"answer": {...}}`. A document that has several lines is read whole.

    This and the reader raise RecordingError with the path and the place of the problem. Refused are also: a
    path that is no regular file, a line or message of more than LARGEST_LINE bytes, and one document of more
    than `largest_document` bytes.
    """
    source = Source(path, progress)
    try:
        return RecordingReader(source, _parts(source, largest_document))
    except BaseException:
        source.close()
        raise


def _parts(source: Source, largest_document: int) -> Iterator[Placed]:
    try:
        form = form_of(source.opening)
    except WireError as error:
        raise RecordingError(f"{source.path} can't be read as spans: {error}") from error
    match form:
        case Form.MESSAGE:
            return one_message(source, largest_document)
        case Form.MESSAGES:
            return messages(source, in_four_bytes)
        case Form.DELIMITED:
            return messages(source, as_varint)
        case Form.JSON:
            return json_parts(source, largest_document)


class RecordingReader:
    """An open file of spans, read once, a part at a time; a context manager that closes the file.

    `head` is the recording that the first document describes, without spans and answers. `answers`,
    `problems` and `schemas` are complete when the iterator of `spans` has ended. A problem is a sentence
    about something that did not stop the reading: a cut last line, also in `cut`, another recording in the
    same file, or unknown keys.
    """

    def __init__(self, source: Source, parts: Iterator[Placed]) -> None:
        self.cut = ""
        self._source = source
        self._parts = parts
        self._answers: list[Answer] = []
        self._problems: list[str] = []
        self._other = ("", "")  # place and flow of the second recording
        self._others = 0
        self._unread: Counter[str] = Counter()
        self._schemas: set[str] = set()
        self._ended = False
        first = next(parts, Placed())
        self.head = replace(first.part.about, answers=())
        self._first: tuple[Span, ...] | None = self._taken(first)
        self._others = 0  # the first one is no other

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
    def schemas(self) -> frozenset[str]:
        """The URLs of the schemas that the parts read so far name."""
        return frozenset(self._schemas)

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems met so far."""
        others = [_others(*self._other, self._others - 1)] if self._others else []
        return (*others, *self._problems, *([_not_read(self._unread)] if self._unread else []))

    def spans(self) -> Iterator[Span]:
        """Yield the spans that are not read yet, in the order of the file; raise RecordingError."""
        while not self._ended:
            # No name for them: only one part's spans are held.
            yield from self._next()

    def close(self) -> None:
        """Close the file, unless it is standard input."""
        self._source.close()

    def _next(self) -> tuple[Span, ...]:
        """Return the spans of the next part."""
        if self._first is not None:
            spans, self._first = self._first, None
            return spans
        placed = next(self._parts, None)
        if placed is None:
            self._end()
            return ()
        return self._taken(placed)

    def _taken(self, placed: Placed) -> tuple[Span, ...]:
        """Keep all of a part but its spans, and return these."""
        if placed.cut:
            self._cut_with(placed.cut)
        part = placed.part
        self._answers += part.about.answers
        if part.unread:
            self._unread.update(part.unread)
        self._schemas |= part.schemas
        if part.begins:
            self._others += 1
            if self._others == 1:
                self._other = placed.place, part.about.flow
        return part.spans

    def _end(self) -> None:
        self._ended = True
        if self._source.is_cut and not self.cut:
            self._cut_with(GZIP_IS_CUT)
        if self._source.has_rest:
            self._problems.append("the bytes after its gzip data are not read")

    def _cut_with(self, problem: str) -> None:
        self.cut = problem
        self._problems.append(problem)


def _others(place: str, flow: str, more: int) -> str:
    """Say where a second recording begins, and how many more do: a file of files may have many."""
    begins = f"{place} begins another recording"
    if more:
        return (
            f"{begins}, and {more} more {'do' if more > 1 else 'does'}: their spans and their answers are"
            " read as if they were the first one's, their ports and versions are not"
        )
    if flow:
        about = f"{begins}, of {printable(flow)}"
        return f"{about}: its spans and its answers are read, its ports and versions are not"
    return f"{begins}: its spans and its answers are read as if they were the first one's"


def _not_read(unread: Counter[str]) -> str:
    """Say which keys and texts are unknown, the most frequent ones by name."""
    named = [f"{printable(name)} ({times})" for name, times in unread.most_common(_NAMED)]
    more = len(unread) - len(named)
    return f"unknown, and not read: {', '.join(named)}{f', and {more} more' if more else ''}"
