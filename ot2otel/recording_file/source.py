"""The bytes of a regular file or of standard input, a line at a time."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

from ot2otel.recording_file.document import RecordingError

# Called with the bytes read so far and the file's size in bytes; the size of standard input is None.
Progress: TypeAlias = Callable[[int, int | None], None]

STDIN = Path("-")
_BUFFER = 256 * 1024  # bytes


class Source:
    """An open file; each method raises RecordingError if the system cannot read it."""

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self.path = path
        self.line_number = 0  # of the last line
        self._file, self.size = _opened(path)
        self._progress = progress
        self._bytes_read = 0

    def line(self, limit: int) -> bytes:
        """Return the next line with its end, or `limit` + 1 bytes of a longer one; b"" after the last."""
        self.line_number += 1
        return self._counted(lambda: self._file.readline(limit + 1))

    def rest(self, limit: int) -> bytes:
        """Return all that follows, or more than `limit` bytes of it if it is longer."""
        pieces, size = [], 0
        while size <= limit and (piece := self._piece()):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def skip_blanks(self) -> bool:
        """Read on until there is something else than blanks; return whether there is."""
        while piece := self._piece():
            if not piece.isspace():
                return True
        return False

    def close(self) -> None:
        """Close the file, unless it is standard input."""
        if self.path != STDIN:
            self._file.close()

    def _piece(self) -> bytes:
        return self._counted(lambda: self._file.read(_BUFFER))

    def _counted(self, read: Callable[[], bytes]) -> bytes:
        try:
            found = read()
        except OSError as error:
            raise RecordingError(f"{self.path} can't be read: {error.strerror}") from error
        self._bytes_read += len(found)
        if self._progress:
            self._progress(self._bytes_read, self.size)
        return found


def _opened(path: Path) -> tuple[BinaryIO, int | None]:
    if path == STDIN:
        return sys.stdin.buffer, None
    try:
        # Else opening a FIFO would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise RecordingError(f"{path} can't be read: {error.strerror}") from error
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return open(descriptor, "rb", buffering=_BUFFER), found.st_size
    os.close(descriptor)
    if stat.S_ISDIR(found.st_mode):
        raise RecordingError(f"{path} can't be read: Is a directory")
    raise RecordingError(f"{path} can't be read: it is not a regular file; `-` reads standard input")
