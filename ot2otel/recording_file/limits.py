"""The largest lines, messages and documents that are read."""

from __future__ import annotations

import shlex
from pathlib import Path

from ot2otel.recording_file.document import RecordingError
from ot2otel.recording_file.source import Source

LARGEST_LINE = 64_000_000  # bytes, also of a message
LARGEST_DOCUMENT = 200_000_000  # bytes; parsed it takes about ten times as much
_CONVERT = "import sys; from ot2otel.recording_file import convert; convert(*sys.argv[1:])"


def too_large(source: Source, largest: int, one: str) -> RecordingError:
    """Make the error for a document of more than `largest` bytes; `one` begins its sentence."""
    size = _megabytes(source.size) if source.size else "this size"
    target = source.path.with_suffix(".jsonl") if source.size else Path("spans.jsonl")
    command = shlex.join(["python", "-c", _CONVERT, str(source.path), str(target)])
    return RecordingError(
        f"{one} document of {size} is not read, only up to {_megabytes(largest)}. Convert it: {command}"
    )


def too_long(source: Source, what: str) -> RecordingError:
    """Make the error for a line or a message of more than LARGEST_LINE bytes; `what` names it."""
    return RecordingError(f"{source.path} can't be read: {what} is longer than {_megabytes(LARGEST_LINE)}")


def _megabytes(size: int) -> str:
    return f"{round(size / 1e6, 1):g} MB"
