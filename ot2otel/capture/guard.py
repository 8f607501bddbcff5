"""Lets nothing outlive this process, whatever ends it: no process that it started, no temporary directory.

The first use starts the guardian (`ot2otel.capture.guardian`), a process that notices the end of this one by
the end of a pipe. Processes that `options` starts are in the guardian's process group from their first
instruction on. So at no moment does the guardian miss one, and they need to know nothing of it. A signal from
the terminal reaches this process alone, which ends them in order.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ot2otel.capture import guardian


class _Guardian:
    """The running guardian. Its group has the number of its process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # It must not import the packages of this process, nor be disturbed by its environment.
            [sys.executable, "-I", "-S", guardian.__file__],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **_in_group(0),
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the guardian has no pipes")
        self._input, self._output = self._process.stdin, self._process.stdout
        self.group = self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def tell(self, content: object) -> None:
        # A guardian that was killed can't be told anything; this process can do its work without it.
        with suppress(OSError):
            self._input.write(json.dumps(content).encode() + b"\n")

    def wait_until_ready(self) -> None:
        """Wait until it ignores the signals that its group gets."""
        self._output.read(1)

    def close(self) -> None:
        """Let it clean up, and wait until it has."""
        self._input.close()
        self._process.wait()
        self._output.read()  # to the end: its child has it open until the group is gone
        self._output.close()


_lock = threading.Lock()
_running: list[_Guardian] = []


def options() -> dict[str, Any]:  # Any: as Popen takes them
    """Return the options of subprocess.Popen for a process that must not outlive this one."""
    return _in_group(_guardian().group)


@contextmanager
def group() -> Iterator[int]:
    """Give a process group of its own, and end all processes in it after the block, or after our own end.

    They get SIGTERM, and SIGKILL 2 s later. A signal to the group does not end its guardian.
    """
    own = _Guardian()
    try:
        own.wait_until_ready()
        yield own.group
    finally:
        own.close()


@contextmanager
def temporary_directory() -> Iterator[str]:
    """Give a new directory that is removed after the block, or else after the end of this process."""
    path = Path(tempfile.gettempdir(), f"ot2otel-{secrets.token_hex(8)}")
    _guardian().tell(str(path))
    try:
        path.mkdir(mode=0o700)
        yield str(path)
    finally:
        shutil.rmtree(path)
        _guardian().tell([str(path)])


def _guardian() -> _Guardian:
    with _lock:
        if _running and _running[-1].ended:
            _running.pop()
        if not _running:
            _running.append(_Guardian())
            atexit.register(_running[-1].close)
        return _running[-1]


def _in_group(group: int) -> dict[str, Any]:  # Any: as Popen takes them
    if sys.version_info >= (3, 11):
        return {"process_group": group}
    # subprocess warns of Python code between fork and exec; this is one call into the kernel.
    return {"preexec_fn": lambda: os.setpgid(0, group)}
