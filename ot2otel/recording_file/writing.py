"""Writes recordings: a file is complete, or it is as it was before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ot2otel.recording import Recording
from ot2otel.recording_file.document import RecordingError, encode, encode_answer
from ot2otel.recording_file.reading import RecordingReader, open_recording
from ot2otel.whole_file import write_whole
from ot2otel.wire.otlp_json_encoder import encode_json

_SPANS_PER_LINE = 500
_NO_LIMIT = 2**60  # bytes


def write(recording: Recording, path: Path) -> None:
    """Write the recording to `path`, over an existing file; raise RecordingError if that fails.

    After an error or an interrupt an existing file is as it was.
    """
    _write([json.dumps(encode(recording), indent=1) + "\n"], path)


def convert(source: str | Path, target: str | Path) -> None:
    """Write any file of spans as JSON lines; raise RecordingError.

    One document is read whole, of any size: the memory for it is about ten times its size.
    """
    with open_recording(Path(source), largest_document=_NO_LIMIT) as reader:
        _write((json.dumps(document) + "\n" for document in _documents(reader)), Path(target))


def _documents(reader: RecordingReader) -> Iterator[dict[str, Any]]:
    """Yield OTLP/JSON documents of at most _SPANS_PER_LINE spans, then the answers."""
    head = encode(reader.head) if reader.head != Recording(()) else {"resourceSpans": []}
    spans = reader.spans()
    yield head | encode_json(islice(spans, _SPANS_PER_LINE))
    while batch := list(islice(spans, _SPANS_PER_LINE)):
        yield encode_json(batch)
    for answer in reader.answers:
        yield {"answer": encode_answer(answer)}


def _write(pieces: Iterable[str], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(pieces, path)
    except OSError as error:
        raise RecordingError(f"{path} can't be written: {error.strerror}") from error
