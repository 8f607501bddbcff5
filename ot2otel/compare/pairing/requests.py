"""Tells other requests apart by their paths and their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import TypeAlias

from ot2otel.compare.facts import Shape
from ot2otel.compare.forms import Node
from ot2otel.compare.pairing.fields import PATH, Field, fields_of
from ot2otel.compare.pairing.outcome import Pairing

Roots: TypeAlias = tuple[Node, ...]


class Requests:
    """Tells whether two traces are of different requests, as the pairs that were made before show."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._names: Set[tuple[object, object]] | None = None
        self._paths_stay = False
        self._paths: dict[Roots, Set[str]] = {}

    def are_others(self, old: Roots, new: Roots) -> bool:
        """Tell whether two traces have no word of a path in common, nor a name.

        A name that has become the other one elsewhere is the same. Where the paths of the program changed,
        too, none is another request.
        """
        if old == new or _name(old) == _name(new) or not are_elsewhere(self._of(old), self._of(new)):
            return False
        if self._names is None:
            self._names = self._learned()
        if not self._paths_stay or (_name(old), _name(new)) in self._names:
            return False
        words = _words(self._of(old)), _words(self._of(new))
        return all(words) and words[0].isdisjoint(words[1])

    def _learned(self) -> Set[tuple[object, object]]:
        """Return the names that have become each other, and learn whether the paths stay."""
        elsewhere: Counter[bool] = Counter()
        pairs = {(old.roots, new.roots) for old, new in (*self._pairing.traces, *self._pairing.trees)}
        for old, new in pairs:
            olds, news = paths_of(old), paths_of(new)
            if olds and news:
                elsewhere[are_elsewhere(olds, news)] += 1
        self._paths_stay = elsewhere[False] > elsewhere[True]
        return {(_name(old), _name(new)) for old, new in pairs}

    def _of(self, roots: Roots) -> Set[str]:
        if roots not in self._paths:
            self._paths[roots] = paths_of(roots)
        return self._paths[roots]


def are_elsewhere(olds: Set[str], news: Set[str]) -> bool:
    """Tell whether two traces served different paths: a failed request is more like any short one."""
    return bool(olds and news and olds.isdisjoint(news))


def paths_of(roots: Roots) -> Set[str]:
    """Return the paths that the spans of a trace tell."""
    return {
        str(value)
        for root in roots
        for node in root.walk()
        for field in _fields_of_paths(node.content.shape)
        for value in field.values((node.content,))
    }


@lru_cache(maxsize=4096)
def _fields_of_paths(shape: Shape) -> Sequence[Field]:
    return [field for field in fields_of(shape) if field.name == PATH]


def _words(paths: Set[str]) -> Set[str]:
    return {word for path in paths for word in path.split("/") if word.isalpha()}


def _name(roots: Roots) -> object:
    return tuple(sorted((root.content.service, root.content.name) for root in roots))
