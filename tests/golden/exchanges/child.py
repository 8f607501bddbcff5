"""Runs the other end of an exchange, a server or a worker, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def child(module: str, *arguments: str) -> Iterator[str]:
    """Run the module until the end of its standard input, and give its first line.

    Its other lines are printed here, for the recording.
    """
    command = [sys.executable, "-m", module, *arguments]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert running.stdout is not None  # for mypy: it is a pipe
    try:
        first = running.stdout.readline().strip()
        print(first, flush=True)
        yield first
    finally:
        rest, _ = running.communicate(timeout=60)
        print(rest, flush=True)
    if running.returncode:
        raise RuntimeError(f"{module} ended with {running.returncode}")
