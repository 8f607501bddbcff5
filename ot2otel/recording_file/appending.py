"""Appends spans to a recording while they arrive: whatever ends this process, the lines written are whole."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file.document import RecordingError
from ot2otel.recording_file.lines import SPANS_PER_LINE, answer_line, head_line, spans_line

STDOUT = Path("-")
_HEAD = Recording(())


class Appender:
    """A new recording's file, or standard output for the path `-`; a context manager that closes it.

    Any thread may append. Spans wait until a line is full or until `flush`. The first line describes the
    recording as `head`; without a span or an answer it is not written, and no file and no new directory is
    left. An existing file with content is replaced only with `overwrite`, when the first line is written.

    Entering raises RecordingError if the file can't be written. Appending raises nothing: after an error
    `problem` tells it, and the file ends with the last whole line before it.
    """

    def __init__(self, path: Path, overwrite: bool = False, head: Recording = _HEAD) -> None:
        self.path = path
        self._head = head
        self.problem = ""
        self._overwrite = overwrite
        self._lock = threading.Lock()
        self._waiting: list[Span] = []
        self._written = 0  # bytes
        self._descriptor = -1
        self._is_new = self._is_regular = False
        self._made: list[Path] = []  # directories, the deepest first

    def __enter__(self) -> Appender:
        try:
            self._open()
        except OSError as error:
            self._remove_directories()
            raise RecordingError(f"{self.path} can't be written: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, spans: Sequence[Span]) -> None:
        """Append spans."""
        with self._lock:
            self._waiting += spans
            if len(self._waiting) >= SPANS_PER_LINE:
                self._write_waiting()

    def append_answer(self, answer: Answer) -> None:
        """Append an answer, at once."""
        with self._lock:
            self._write([answer_line(answer)])

    def flush(self) -> None:
        """Write the spans that wait."""
        with self._lock:
            self._write_waiting()

    def close(self) -> None:
        """Write the spans that wait, and close the file; remove it if it is new and empty."""
        with self._lock:
            if self._descriptor < 0:
                return
            self._write_waiting()
            if self._is_regular and not self.problem:
                self._try(lambda: os.fsync(self._descriptor))
            if self._is_new and not self._written:
                self.path.unlink(missing_ok=True)
                self._remove_directories()
            if self.path != STDOUT:
                os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        if self.path == STDOUT:
            self._descriptor = sys.stdout.fileno()
            return
        self._made = [path for path in self.path.parents if not path.exists()]
        for path in reversed(self._made):
            path.mkdir(exist_ok=True)
        # Opening a FIFO without a reader is an error here; else it would wait.
        self._is_new = not self.path.exists()
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK, 0o666)
        try:
            self._check()
        except BaseException:
            os.close(self._descriptor)
            self._descriptor = -1
            raise
        os.set_blocking(self._descriptor, True)

    def _remove_directories(self) -> None:
        with suppress(OSError):  # somebody else uses one
            for path in self._made:
                path.rmdir()

    def _check(self) -> None:
        found = os.fstat(self._descriptor)
        self._is_regular = stat.S_ISREG(found.st_mode)
        if not self._is_regular:
            return
        if found.st_size and not self._overwrite:
            raise RecordingError(f"{self.path} exists. Name another file, or replace it with --overwrite.")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RecordingError(f"{self.path} can't be written: another recording is under way") from error

    def _write_waiting(self) -> None:
        if self._waiting:
            spans, self._waiting = self._waiting, []
            self._write([spans_line(spans)])

    def _write(self, lines: Iterable[str]) -> None:
        if self.problem or self._descriptor < 0:
            return
        if not self._written:
            lines = [head_line(self._head), *lines]
            if self._is_regular:
                self._try(lambda: os.ftruncate(self._descriptor, 0))
        content = "".join(lines).encode()
        if self._try(lambda: _write_all(self._descriptor, content)):
            self._written += len(content)
        elif self._is_regular:
            os.ftruncate(self._descriptor, self._written)

    def _try(self, action: Callable[[], object]) -> bool:
        """Return whether the action succeeded; remember an error as the problem."""
        try:
            action()
        except OSError as error:
            self.problem = f"{self.path} can't be written: {os.strerror(error.errno or errno.EIO)}"
        return not self.problem


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
