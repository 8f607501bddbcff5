"""Room for connections: the process's limit of open files, raised where that is possible."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_CONNECTIONS = 4096
_RESERVE = 256  # files that the rest of the process may still open
_OPEN_FILES = Path("/dev/fd")


@contextmanager
def room_for_connections(most: int = MOST_CONNECTIONS) -> Iterator[int]:
    """Raise the soft limit of open files if need be, and yield the number of connections that fit below it.

    It is `most` where the hard limit permits. At the end the soft limit is as before.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = len(os.listdir(_OPEN_FILES)) + _RESERVE
    wanted = _least(taken + most, hard)
    if soft == resource.RLIM_INFINITY or wanted <= soft:
        yield _fitting(soft, taken, most)
        return
    with suppress(OSError, ValueError):  # a kernel's own limit may be below the hard one
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    raised, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        yield _fitting(raised, taken, most)
    finally:
        if resource.getrlimit(resource.RLIMIT_NOFILE) == (raised, hard):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _least(wanted: int, hard: int) -> int:
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _fitting(limit: int, taken: int, most: int) -> int:
    # Where the limit is very low, half of the files that are left are better than none.
    if limit == resource.RLIM_INFINITY:
        return most
    return min(most, max(limit - taken, (limit - taken + _RESERVE) // 2, 1))
