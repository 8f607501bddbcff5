"""Cleans up after a process that is gone: it ends the processes in its own group and removes directories.

A program, `python guardian.py`, that needs the standard library alone. Its input has a JSON document on each
line: a path is a directory to remove, and a list of one path is a directory that was removed. The end of the
input is the end of the process that wrote it, whatever ended that. It writes a line when it is ready.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

_GRACE = 2.0  # seconds to end after SIGTERM: nobody is left to take what the processes could deliver
_PAUSE = 0.01
# Its group gets these from a terminal or from us.
_IGNORED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
)


def main() -> None:
    """Wait for the end of the input, and clean up."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):  # the other process may be gone already
        os.write(sys.stdout.fileno(), b"\n")  # ready
    directories = _directories(sys.stdin)
    # The child leaves the group before it ends it. The parent's place in the group is taken by no other.
    if os.fork():
        os._exit(0)
    group = os.getpgrp()
    os.setpgid(0, 0)
    _end(group)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


def _directories(lines: Iterable[str]) -> set[str]:
    """Return the directories that are left at the end of the lines."""
    left: set[str] = set()
    for line in lines:
        match json.loads(line):
            case [removed]:
                left.discard(removed)
            case directory:
                left.add(directory)
    return left


def _end(group: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _GRACE
        try:
            os.killpg(group, number)
            while time.monotonic() < deadline:
                os.killpg(group, 0)
                time.sleep(_PAUSE)
        except (ProcessLookupError, PermissionError):  # none is left; macOS has the latter for zombies
            return


if __name__ == "__main__":
    main()
