"""Values of facts, read again in other spans of the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ot2otel.compare.facts import Content, Place

Values: TypeAlias = tuple[Any, ...]  # Any: values of facts, in the order of a content's shape
# Computes a value from the values of the old and the new span.
Read: TypeAlias = Callable[[Values, Values], Any]  # Any: a value of a fact
# Tells whether the judgement of one pair of spans holds for another pair, which differs in columns alone.
Guard: TypeAlias = Callable[[Values, Values], bool]


def constant(value: Any) -> Read:  # Any: a value of a fact
    """Make a read of a value that is the same in all spans."""
    return lambda old, new: value


def all_of(reads: Sequence[Read]) -> Read:
    """Make a read of several values at once."""
    return lambda old, new: tuple(read(old, new) for read in reads)


def composed(convert: Callable[[Any], Any], read: Read) -> Read:  # Any: values of facts
    """Make a read of a value that is converted."""
    return lambda old, new: convert(read(old, new))


def is_none(read: Read, outcome: bool) -> Guard:
    """Make a guard: there is no value, or there is one, as in the spans that were judged."""
    return lambda old, new: (read(old, new) is None) is outcome


def reader(content: Content, place: Place, columns: frozenset[Place], side: int) -> Read | None:
    """Make a read of the value at a column of the old (`side` 0) or of the new span (1), else None."""
    if place not in columns:
        return None
    index = content.shape.index[place]
    return (lambda old, new: new[index]) if side else (lambda old, new: old[index])
