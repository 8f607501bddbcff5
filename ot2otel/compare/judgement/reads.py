"""Values of facts, read again in other spans of the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
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


class Column:
    """A read of the value at an index of the old (`side` 0) or of the new span (1)."""

    __slots__ = ("index", "side")

    def __init__(self, index: int, side: int) -> None:
        self.index = index
        self.side = side

    def __call__(self, old: Values, new: Values) -> Any:  # Any: a value of a fact
        """Return the value in these spans."""
        return new[self.index] if self.side else old[self.index]


class EqualColumns:
    """A guard: columns of the old span have the values of columns of the new one, all asked for at once.

    The values of two such columns are of one type in all spans of two shapes.
    """

    def __init__(self) -> None:
        self._indexes: dict[tuple[int, int], None] = {}
        self._gets: tuple[Callable[[Values], Any], Callable[[Values], Any]] | None = None  # Any: as Values

    def add(self, old: int, new: int) -> None:
        """Add the index of a value in the old span and the one in the new span."""
        self._indexes[old, new] = None
        self._gets = None

    def __call__(self, old: Values, new: Values) -> bool:
        """Tell whether all of them are equal."""
        if self._gets is None:
            olds, news = zip(*self._indexes, strict=True)
            # One index more, so that one column makes a tuple, too: in it a NaN is equal to itself.
            self._gets = itemgetter(*olds, olds[0]), itemgetter(*news, news[0])
        return bool(self._gets[0](old) == self._gets[1](new))


def reader(content: Content, place: Place, columns: frozenset[Place], side: int) -> Column | None:
    """Make a read of the value at a column of the old (`side` 0) or of the new span (1), else None."""
    return Column(content.shape.index[place], side) if place in columns else None
