"""Runs tests on a mutant in a process that has collected them before."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

import pytest
from _pytest.runner import runtestprotocol  # as plugins that run a test twice do; pytest names no other way

KILLED, LEFT, TIMEOUT = "killed", "left", "timeout"

# A test that takes this many times its normal CPU time on a mutant, and at least this many seconds, hangs.
_TIMES = 10
_LEAST = 1.0


class TimedOut(KeyboardInterrupt):
    """A test hangs; pytest lets an interrupt through."""


class Served:
    """A plugin that does other work than to run all tests, once they are collected."""

    def __init__(self, work: Callable[[Mapping[str, pytest.Item]], None]) -> None:
        self._work = work

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Work with the tests by their ids."""
        self._work({item.nodeid: item for item in session.items})
        return True


def first_failure(items: Sequence[pytest.Item], seconds: Mapping[str, float]) -> str:
    """Run tests until one fails; return the outcome, and behind a space the test that decided it.

    `seconds` is the normal CPU time of each test by its id.
    """
    for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
        try:
            with limit(seconds[item.nodeid]):
                if _fails(item, following):
                    return f"{KILLED} {item.nodeid}"
        except TimedOut:
            return f"{TIMEOUT} {item.nodeid}"
    return f"{LEFT} "


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimedOut in a block that takes ten times its normal CPU time in seconds."""
    signal.signal(signal.SIGPROF, _hangs)
    allowed = max(_LEAST, _TIMES * seconds)
    signal.setitimer(signal.ITIMER_PROF, allowed, allowed)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _hangs(_number: int, _frame: FrameType | None) -> None:
    raise TimedOut
