"""The bytes in a gzip file: all of its members, one after the other."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import BinaryIO

GZIP = b"\x1f\x8b\x08"
_AS_GZIP = 31  # zlib's `wbits` for the header and the trailer of gzip
_PIECE = 64 * 1024  # bytes of the file
_OUTPUT = 256 * 1024  # bytes, at most, of one call of zlib

# Spans have ids, which hardly shrink: 24 bytes each. So a span of 10 kB shrinks to a 400th at best.
LARGEST_RATIO = 500
UNSUSPECTED = 100_000_000  # bytes; below no ratio is looked at


class InflatingError(OSError):
    """The content of a gzip file is damaged, or is too much for its size; the text says which."""

    def __init__(self, problem: str) -> None:
        super().__init__(None, problem)


class Inflating(io.RawIOBase):
    """The content of a gzip file as a raw stream; reading raises InflatingError or the file's OSError.

    A member that is cut ends the stream, and `is_cut` is true. `has_rest` tells that other bytes follow the
    last member.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.is_cut = False
        self.has_rest = False
        self.taken = 0  # bytes of the file
        self._read = read
        self._inflated = 0
        self._member = zlib.decompressobj(_AS_GZIP)
        self._input = b""
        self._ended = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives a memoryview
        """Fill the buffer with as much as one step gives; return its size, 0 at the end."""
        while not self._ended:
            content = self._step(min(len(buffer), _OUTPUT))
            if content:
                self._inflated += len(content)
                self._check_ratio()
                buffer[: len(content)] = content
                return len(content)
        return 0

    def _step(self, most: int) -> bytes:
        if self._member.eof:
            self._begin_next_member()
            return b""
        if not self._input:
            self._input = self._piece()
        try:
            content = self._member.decompress(self._input, most)
        except zlib.error as error:
            raise InflatingError(f"its gzip data is damaged: {error}") from error
        if not self._input and not content:
            self._ended = self.is_cut = True
        self._input = self._member.unconsumed_tail
        return content

    def _begin_next_member(self) -> None:
        """Begin with what follows a member; zeros may, as tape drives write them."""
        rest = self._member.unused_data.lstrip(b"\0")
        while len(rest) < len(GZIP) and (piece := self._piece()):
            rest = (rest + piece).lstrip(b"\0")
        if rest.startswith(GZIP):
            self._member, self._input = zlib.decompressobj(_AS_GZIP), rest
        else:
            self._ended, self.has_rest = True, bool(rest)

    def _piece(self) -> bytes:
        piece = self._read(_PIECE)
        self.taken += len(piece)
        return piece

    def _check_ratio(self) -> None:
        if self._inflated > UNSUSPECTED and self._inflated > LARGEST_RATIO * self.taken:
            raise InflatingError(
                f"its gzip data grows to more than {LARGEST_RATIO} times its size; no file of spans does"
            )


def inflating(file: BinaryIO, opening: bytes) -> tuple[Inflating, io.BufferedReader]:
    """Return the content of a gzip file of which `opening` was read already, and a buffer around it."""
    pending = [opening]

    def read(size: int) -> bytes:
        return pending.pop() if pending else file.read(size)

    raw = Inflating(read)
    return raw, io.BufferedReader(raw, _OUTPUT)
