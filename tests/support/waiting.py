"""Waiting for something that only polling can show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_PAUSE = 0.02


def wait_until(condition: Callable[[], bool], timeout: float = 20.0) -> None:
    """Return as soon as the condition is met; fail after `timeout` seconds."""
    assert poll(condition, bool, timeout), f"waited {timeout:g} s"


def poll(look: Callable[[], _T], is_enough: Callable[[_T], bool], timeout: float = 20.0) -> _T:
    """Return the first value that is enough, or the last one after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    value = look()
    while not is_enough(value) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        value = look()
    return value
