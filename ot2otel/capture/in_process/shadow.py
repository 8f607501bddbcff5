"""Functions of one object, shadowed by others for a time; the object's class stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

_OURS: WeakSet[Any] = WeakSet()  # Any: functions


def shadow(owner: Any, name: str, make: Callable[[Any], Callable[..., Any]]) -> None:  # Any: any object
    """Shadow a function of an object by the one that `make` returns for it."""
    before = getattr(owner, name)
    function: Any = make(before)  # Any: a function has no such attribute for mypy
    function.__wrapped__ = before
    _OURS.add(function)
    setattr(owner, name, function)


def unshadow(owner: Any, name: str) -> None:  # Any: any object
    """Undo `shadow`, unless somebody else has shadowed the function since."""
    function = vars(owner).get(name)
    if function is None or function not in _OURS:
        return
    delattr(owner, name)
    if getattr(owner, name, None) != function.__wrapped__:
        setattr(owner, name, function.__wrapped__)
