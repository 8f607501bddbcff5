"""Lays the events and links of the after beside those of the before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ot2otel.compare.facts import Content, Place, Stack
from ot2otel.compare.judgement.reads import Guard, Values


@dataclass(frozen=True, slots=True)
class Beside:
    """For each event or link of the after the number of the before's beside which it is laid.

    The guards tell for which other spans this holds as well.
    """

    numbers: dict[Place, int]
    guards: tuple[Guard, ...] = ()


def beside(
    what: str,
    contents: tuple[Content, Content],
    columns: tuple[frozenset[Place], frozenset[Place]],
) -> Beside:
    """Lay all events or all links; one that has no counterpart gets a number of its own."""
    old, new = contents
    olds, news = _entries(old, what), _entries(new, what)
    if not news:
        return Beside({})
    counterparts = _laid(_entry_values(olds, old.values), _entry_values(news, new.values))
    varies = any(place[0] == what for side in columns for place in side)
    guards: tuple[Guard, ...] = ()
    if varies and (len(olds) > 1 or len(news) > 1):
        guards = (lambda o, n: _laid(_entry_values(olds, o), _entry_values(news, n)) == counterparts,)
    numbers: dict[Place, int] = {
        (what, number): counterparts.get(number, len(olds) + number) for number in range(len(news))
    }
    return Beside(numbers, guards)


def _entries(content: Content, what: str) -> list[tuple[int, ...]]:
    """Return for each event or link the indexes of its values, that of its name or target first."""
    found: dict[int, list[int]] = {}
    for index, place in enumerate(content.shape.places):
        if place[0] == what:
            entry = found.setdefault(int(place[1]), [])
            if place[2] in ("name", "to"):
                entry.insert(0, index)
            elif place[2] == "attributes":
                entry.append(index)
    return [tuple(found[number]) for number in sorted(found)]


def _entry_values(entries: Sequence[tuple[int, ...]], values: Values) -> list[tuple[Any, ...]]:  # Any: values
    return [tuple(_comparable(values[index]) for index in entry) for entry in entries]


def _comparable(value: Any) -> Any:  # Any: a value of a fact
    return Stack if isinstance(value, Stack) else (type(value), value)


# More events or links than this are laid side by side by equal values alone, and then in their order.
_MOST_PAIRS = 10_000


def _laid(olds: Sequence[tuple[Any, ...]], news: Sequence[tuple[Any, ...]]) -> dict[int, int]:
    """Lay new entries beside old ones by their values, the most alike first.

    Keys don't count, as rules rename them.
    """
    counterparts: dict[int, int] = {}
    waiting: dict[tuple[Any, ...], list[int]] = {}
    for i, old in enumerate(olds):
        waiting.setdefault(old, []).append(i)
    for j, new in enumerate(news):
        if waiting.get(new):
            counterparts[j] = waiting[new].pop(0)
    taken = set(counterparts.values())
    free_olds = [i for i in range(len(olds)) if i not in taken]
    free_news = [j for j in range(len(news)) if j not in counterparts]
    if len(free_olds) * len(free_news) > _MOST_PAIRS:
        for i, j in zip(free_olds, free_news, strict=False):
            counterparts[j] = i
        return counterparts
    likest = sorted(
        (-alike, abs(i - j), i, j)
        for i in free_olds
        for j in free_news
        if (alike := _alike(olds[i], news[j]))
    )
    for _, _, i, j in likest:
        if i not in taken and j not in counterparts:
            counterparts[j] = i
            taken.add(i)
    return counterparts


def _alike(old: tuple[Any, ...], new: tuple[Any, ...]) -> int:
    """Count the values that two entries share; an equal name or target counts twice."""
    return (Counter(old) & Counter(new)).total() + bool(old[0] == new[0])
