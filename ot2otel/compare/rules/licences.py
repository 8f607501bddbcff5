"""The licences of many rules, found by the places of the facts that they concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeAlias, TypeVar

from ot2otel.compare.facts import Place
from ot2otel.compare.rules.rule import EACH, Added, Copied, Dropped, Renamed, Rule, Split, Told

Move: TypeAlias = Renamed | Split | Dropped
Addition: TypeAlias = Added | Copied
_Licence = TypeVar("_Licence")


class Licences:
    """Those of some rules, which keep their order."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        every = [(rule, licence) for rule in rules for licence in rule.licences]
        self.told = tuple((rule, licence) for rule, licence in every if isinstance(licence, Told))
        self._moves = _Index[Move]()
        self._additions = _Index[Addition]()
        for rule, licence in every:
            match licence:
                case Renamed(old=place) | Split(takes=(place, *_)) | Dropped(places=(place, *_)):
                    self._moves.add(rule, licence, [place])
                case Added(places=places):
                    self._additions.add(rule, licence, places)
                case Copied(place=place):
                    self._additions.add(rule, licence, [place])

    def moves_of(self, places: Iterable[Place]) -> Sequence[tuple[Rule, Move]]:
        """Return the licences to move or to drop facts whose first one stands at one of these places."""
        return self._moves.of(places)

    def additions_to(self, places: Iterable[Place]) -> Sequence[tuple[Rule, Addition]]:
        """Return the licences for new facts at these places."""
        return self._additions.of(places)


class _Index(Generic[_Licence]):
    """Licences by their places, in which EACH stands for the number of an event or a link."""

    def __init__(self) -> None:
        self._all: list[tuple[Rule, _Licence]] = []
        self._numbers: dict[Place, list[int]] = {}

    def add(self, rule: Rule, licence: _Licence, places: Iterable[Place]) -> None:
        for place in places:
            self._numbers.setdefault(place, []).append(len(self._all))
        self._all.append((rule, licence))

    def of(self, places: Iterable[Place]) -> Sequence[tuple[Rule, _Licence]]:
        patterns = {_pattern(place) for place in places}
        found = {number for pattern in patterns for number in self._numbers.get(pattern, ())}
        return [self._all[number] for number in sorted(found)]


def _pattern(place: Place) -> Place:
    return (place[0], EACH, *place[2:]) if place[0] in ("event", "link") else place
