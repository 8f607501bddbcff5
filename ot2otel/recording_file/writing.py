"""Writes recordings: a file is complete, or it is as it was before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ot2otel.recording import Recording
from ot2otel.recording_file.document import RecordingError
from ot2otel.recording_file.lines import answer_line, head_line, spans_lines
from ot2otel.recording_file.reading import RecordingReader, open_recording
from ot2otel.whole_file import write_whole

_NO_LIMIT = 2**60  # bytes


def write(recording: Recording, path: Path) -> None:
    """Write the recording to `path` as JSON lines, over an existing file; raise RecordingError if that fails.

    After an error or an interrupt an existing file is as it was.
    """
    _write(
        chain([head_line(recording)], spans_lines(recording.spans), map(answer_line, recording.answers)), path
    )


def convert(source: str | Path, target: str | Path) -> None:
    """Write any file of spans as JSON lines; raise RecordingError.

    One document is read whole, of any size: the memory for it is about ten times its size.
    """
    with open_recording(Path(source), largest_document=_NO_LIMIT) as reader:
        _write(_lines(reader), Path(target))


def _lines(reader: RecordingReader) -> Iterator[str]:
    yield head_line(reader.head)
    yield from spans_lines(reader.spans())
    yield from map(answer_line, reader.answers)  # complete only now


def _write(pieces: Iterable[str], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(pieces, path)
    except OSError as error:
        raise RecordingError(f"{path} can't be written: {error.strerror}") from error
