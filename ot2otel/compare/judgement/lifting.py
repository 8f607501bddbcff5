"""Undoes what an exporter or a storage did to the facts of a span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ot2otel.compare.facts import Place, same
from ot2otel.compare.judgement.grades import GRADES, Grade, distinct
from ot2otel.compare.judgement.open_pair import Fact, OpenPair, reading
from ot2otel.compare.judgement.reads import Guard, Read, Values, constant
from ot2otel.compare.rules.rule import Lift, Transport


def lift(pair: OpenPair, side: dict[Place, Fact], transport: Transport, is_new: bool) -> None:
    """Lift the facts of one side; a fact that another takes along leaves its place."""
    rule, before = transport.rule, dict(side)
    lifts = transport.lifts(values_of(side))
    again = _Again(transport, before) if any(fact.read for fact in before.values()) else None
    if again:
        pair.guards.append(again.same_structure(lifts))
    for index, lift in enumerate(lifts):
        taken = [side[place] for place in lift.takes]
        if lift.place is None:
            for fact in taken:
                if not fact.settled and _may_be_unsaid(fact, pair.old if is_new else pair.new):
                    pair.settle_alone(Grade.ADDED if is_new else GRADES[rule.effect], fact, (rule,))
            continue
        there = side.get(lift.place)
        together = [*taken] + ([there] if there is not None and there not in taken else [])
        read = again.value(index) if again and any(fact.read for fact in taken) else None
        says = [_says(pair, fact, lift.value, read) for fact in together]
        if any(fact.settled for fact in together):
            # Another copy of what stands unchanged.
            if any(fact.settled and equal for fact, equal in zip(together, says, strict=True)):
                for fact in taken:
                    if not fact.settled:
                        pair.settle_alone(GRADES[rule.effect], fact, (rule,))
            continue
        for fact in taken:
            side.pop(fact.place, None)
        changes = not taken or any(
            fact.place != lift.place or not equal for fact, equal in zip(taken, says, strict=False)
        )
        rules = distinct((rule,) * changes + tuple(r for fact in together for r in fact.rules))
        raws = tuple(dict.fromkeys(raw for fact in together for raw in fact.raw))
        side[lift.place] = Fact(lift.place, lift.value, raws, read, rules)


def _says(pair: OpenPair, fact: Fact, value: Any, read: Read | None) -> bool:  # Any: a value of a fact
    """Tell whether a fact has the value that it was lifted to."""
    outcome = same(fact.value, value)
    if fact.read or read:
        mine, lifted = reading(fact), read or constant(value)
        pair.guards.append(lambda o, n: same(mine(o, n), lifted(o, n)) is outcome)
    return outcome


def _may_be_unsaid(fact: Fact, other: dict[Place, Fact]) -> bool:
    """Tell whether the other side may lack a fact: not if it says another value or lacks the entry."""
    entry = fact.place[:2]
    is_part = entry[0] in ("event", "link")
    return fact.place not in other and (not is_part or any(place[:2] == entry for place in other))


def values_of(facts: Mapping[Place, Fact]) -> dict[Place, Any]:  # Any: values of facts
    """Return the values of facts by their places."""
    return {place: fact.value for place, fact in facts.items()}


class _Again:
    """The lifts of a transport, to be computed again for other spans."""

    def __init__(self, transport: Transport, facts: Mapping[Place, Fact]) -> None:
        self._transport = transport
        self._constant = values_of(facts)
        self._reads = [(place, fact.read) for place, fact in facts.items() if fact.read]
        self._last: tuple[Values, Values, Sequence[Lift]] = ((), (), ())

    def lifts(self, old: Values, new: Values) -> Sequence[Lift]:
        if self._last[0] is not old or self._last[1] is not new:
            facts = {**self._constant, **{place: read(old, new) for place, read in self._reads}}
            self._last = old, new, self._transport.lifts(facts)
        return self._last[2]

    def same_structure(self, lifts: Sequence[Lift]) -> Guard:
        places = [(lift.takes, lift.place) for lift in lifts]
        return lambda o, n: [(lift.takes, lift.place) for lift in self.lifts(o, n)] == places

    def value(self, index: int) -> Read:
        """Make a read of a lift's value in other spans; the guard has told that they have such a lift."""
        return lambda old, new: self.lifts(old, new)[index].value
