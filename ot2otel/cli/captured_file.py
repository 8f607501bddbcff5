"""Reads a file that the command line names, or standard input. It never waits for a pipe without a writer."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

from ot2otel.errors import Ot2OtelError

_PATIENCE = 5.0  # seconds for a writer to open a named pipe
_PAUSE = 0.02
_STDIN = Path("-")


def read_or_stdin(path: Path, most: int) -> bytes:
    """Return the first `most` bytes of the file, those of standard input for `-`.

    Raises OSError, and Ot2OtelError for a named pipe without a writer and a standard input that is closed.
    """
    if path != _STDIN:
        return read(path, most)
    if sys.stdin is None:
        raise Ot2OtelError("Standard input is closed: name a file.")
    return sys.stdin.buffer.read(most)


def read(path: Path, most: int, patience: float = _PATIENCE) -> bytes:
    """Return the first `most` bytes of the file; those of a pipe, too, if one writes into it.

    Raises OSError, and Ot2OtelError if nobody opened a named pipe within `patience` seconds.
    """
    # A named pipe without a writer would block here for ever.
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        begun = _wait_for_writer(file, path, patience) if stat.S_ISFIFO(os.fstat(file).st_mode) else b""
        os.set_blocking(file, True)
        with open(file, "rb", closefd=False) as opened:
            return begun + opened.read(most - len(begun))
    finally:
        os.close(file)


def _wait_for_writer(file: int, path: Path, patience: float) -> bytes:
    """Wait until a pipe has a writer, and return what it wrote already."""
    deadline = time.monotonic() + patience
    while True:
        try:
            if begun := os.read(file, 1):
                return begun
        except BlockingIOError:  # it has a writer, and nothing written
            return b""
        if time.monotonic() > deadline:
            raise Ot2OtelError(
                f"Nothing writes into the pipe {path}: waited {patience:g} s. "
                "Name a file, or start the writer."
            )
        time.sleep(_PAUSE)
