"""The bytes of a regular file or of standard input, a line or a message at a time; gzip is unpacked."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from ot2otel.recording_file.document import RecordingError
from ot2otel.recording_file.inflating import GZIP, Inflating, inflating

# Called with the bytes read so far and the file's size in bytes; the size of standard input is None.
Progress: TypeAlias = Callable[[int, int | None], None]

STDIN = Path("-")
OPENING = 4096  # bytes
_BUFFER = 256 * 1024  # bytes


class Source:
    """An open file; each method raises RecordingError if the system cannot read it.

    `size` is the number of bytes of its content, None if that is not known: of standard input and of gzip.
    """

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self.path = path
        self.line_number = 0  # of the last line
        self._file, self._size = _opened(path)
        self._content: BinaryIO | io.BufferedReader = self._file
        self._progress = progress
        self._bytes_read = 0
        self._opening = b""
        self._inflating: Inflating | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int | None:
        """The bytes of the content, None if that is not known."""
        return None if self._inflating else self._size

    @property
    def opening(self) -> bytes:
        """The first bytes, up to OPENING of them, until something else is read."""
        return self._opening

    @property
    def is_cut(self) -> bool:
        """Tell whether the content ended before its time; known at its end."""
        return bool(self._inflating and self._inflating.is_cut)

    @property
    def has_rest(self) -> bool:
        """Tell whether the file has bytes after its content, which are not read; known at its end."""
        return bool(self._inflating and self._inflating.has_rest)

    def line(self, limit: int) -> bytes:
        """Return the next line with its end, or `limit` + 1 bytes of a longer one; b"" after the last."""
        self.line_number += 1
        opening, self._opening = self._opening, b""
        end = opening.find(b"\n") + 1
        if end:
            self._opening = opening[end:]
            return self._told(opening[:end][: limit + 1])
        if len(opening) > limit:
            return self._told(opening[: limit + 1])
        return self._told(opening + self._tried(partial(self._content.readline, limit + 1 - len(opening))))

    def exactly(self, size: int) -> bytes:
        """Return this many bytes, or fewer at the end; none for a negative size."""
        size = max(size, 0)
        opening, self._opening = self._opening[:size], self._opening[size:]
        return self._told(opening + self._joined(size - len(opening)))

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

    def skip_blank_lines(self) -> None:
        """Read on to the line of the next character that is no blank; line by line that would take long."""
        while not self._opening.strip() and (piece := self._tried(partial(self._content.read, OPENING))):
            blanks = self._opening
            self._opening = piece
            self.line_number += blanks.count(b"\n")
            self._told(blanks)

    def close(self) -> None:
        """Close the file, unless it is standard input."""
        if self.path != STDIN:
            self._file.close()

    def _open(self) -> None:
        """Read the first bytes of the content; if it is packed, of what is in it."""
        self._opening = self._joined(OPENING)
        if self._opening.startswith(GZIP):
            self._inflating, self._content = inflating(self._file, self._opening)
            self._opening = self._joined(OPENING)

    def _piece(self) -> bytes:
        if self._opening:
            opening, self._opening = self._opening, b""
            return self._told(opening)
        return self._told(self._tried(lambda: self._content.read(_BUFFER)))

    def _joined(self, size: int) -> bytes:
        """Return this many bytes, or fewer at the end, however small the pieces are that come."""
        pieces = []
        while size and (piece := self._tried(partial(self._content.read, min(size, _BUFFER)))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _tried(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except OSError as error:
            raise RecordingError(f"{self.path} can't be read: {error.strerror}") from error

    def _told(self, found: bytes) -> bytes:
        self._bytes_read += len(found)
        if self._progress:
            self._progress(self._inflating.taken if self._inflating else self._bytes_read, self._size)
        return found


def _opened(path: Path) -> tuple[BinaryIO, int | None]:
    if path == STDIN:
        if sys.stdin is None:
            raise RecordingError("Standard input can't be read: it is closed")
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
