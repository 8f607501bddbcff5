"""Runs jobs in forks of this process, a few at a time."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

Job = TypeVar("Job")

# A mutant that makes a list without end gets a MemoryError. In bytes, with what the process has already.
_MEMORY = 6 << 30


class _Running(NamedTuple):
    pid: int
    pipe: int
    began: float


def forked(
    jobs: Iterable[Job], work: Callable[[Job], str], *, at_once: int = 2, seconds: float = 600.0
) -> Iterator[tuple[Job, str | None]]:
    """Yield each job with the text that `work` makes of it in a fork; the jobs are taken one by one.

    The text is None for a fork that ends in another way: by a signal, or stopped after `seconds` of waiting.
    """
    waiting = iter(jobs)
    running: list[tuple[Job, _Running]] = []
    more = True
    while more or running:
        while more and len(running) < at_once:
            for job in waiting:
                running.append((job, _start(job, work)))
                break
            else:
                more = False
                break
        if not running:
            continue
        ready, _, _ = select.select([one.pipe for _, one in running], [], [], 1.0)
        for job, one in list(running):
            if one.pipe not in ready and time.monotonic() - one.began > seconds:
                os.kill(one.pid, signal.SIGKILL)
            elif one.pipe not in ready:
                continue
            running.remove((job, one))
            yield job, _result(one)


def _start(job: Job, work: Callable[[Job], str]) -> _Running:
    sys.stdout.flush()
    readable, writable = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writable)
        return _Running(pid, readable, time.monotonic())
    try:
        os.close(readable)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        os.write(writable, work(job).encode())
    finally:
        # Nothing that the tests have registered for the end of a process belongs to this one.
        os._exit(0)


def _result(one: _Running) -> str | None:
    text = b""
    while part := os.read(one.pipe, 1 << 16):
        text += part
    os.close(one.pipe)
    os.waitpid(one.pid, 0)
    return text.decode() or None
