"""Two spans in judgement: which of their facts are settled, and what was asked about their values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from ot2otel.compare.facts import Content, Place, Stack, same
from ot2otel.compare.judgement.entries import beside
from ot2otel.compare.judgement.grades import Grade
from ot2otel.compare.judgement.reads import Column, EqualColumns, Guard, Read, all_of, constant, reader
from ot2otel.compare.judgement.settled import Settled
from ot2otel.compare.rules.rule import EACH, Premise, Rule, Test, Told


@dataclass(slots=True, eq=False)
class Fact:
    """A fact at its place before any transport.

    `raw` are its places in the file, `read` tells its value in another pair of spans.
    """

    place: Place
    value: Any  # Any: a value of a fact
    raw: tuple[Place, ...]
    read: Read | None = None
    rules: tuple[Rule, ...] = ()
    settled: bool = False


class OpenPair:
    """Two spans side by side. Each question about values that a column holds leaves a guard.

    `old` and `new` are their facts by place; an event or a link of the after has the number of the one beside
    which it is laid.
    """

    def __init__(
        self, old: Content, new: Content, columns: tuple[frozenset[Place], frozenset[Place]]
    ) -> None:
        self.contents = old, new
        self.guards: list[Guard] = []
        self._equal: EqualColumns | None = None
        self.settled: list[Settled] = []
        self.told: Sequence[tuple[Rule, Told]] = ()
        events, links = (beside(what, (old, new), columns) for what in ("event", "link"))
        self.guards += [*events.guards, *links.guards]
        numbers = events.numbers | links.numbers
        self.old = {
            place: Fact(place, value, (place,), reader(old, place, columns[0], 0))
            for place, value in old.facts()
        }
        self.new = {}
        for place, value in new.facts():
            here = (place[0], numbers[place[:2]], *place[2:]) if place[0] in ("event", "link") else place
            self.new[here] = Fact(here, value, (place,), reader(new, place, columns[1], 1))

    def settle_alone(self, grade: Grade, fact: Fact, rules: tuple[Rule, ...] = ()) -> None:
        """Settle a fact that the other side has no counterpart of."""
        is_old = self.old.get(fact.place) is fact
        self.settle(grade, [fact] if is_old else [], [] if is_old else [fact], rules)

    def settle(
        self,
        grade: Grade,
        olds: Sequence[Fact],
        news: Sequence[Fact],
        rules: tuple[Rule, ...] = (),
        expected: Read | None = None,
    ) -> None:
        """Give facts of both spans one grade."""
        if not olds and not news:
            return
        for fact in (*olds, *news):
            fact.settled = True
        old = tuple(raw for fact in olds for raw in fact.raw)
        new = tuple(raw for fact in news for raw in fact.raw)
        if not old and not new:
            return  # in no file: a transport would have made it
        self.settled.append(Settled(grade, old, new, rules, expected))

    def equal(self, value: Any, read: Read | None, new: Fact) -> bool:  # Any: a value of a fact
        """Tell whether a new fact has this value."""
        outcome = _agree(value, new.value)
        if outcome and _is_column(read, 0) and _is_column(new.read, 1) and not isinstance(value, Stack):
            self._guard_equal(read.index, new.read.index)
        elif read is not None or new.read is not None:
            expected, found = read or constant(value), reading(new)
            self.guards.append(lambda o, n: _agree(expected(o, n), found(o, n)) is outcome)
        return outcome

    def _guard_equal(self, old: int, new: int) -> None:
        if self._equal is None:
            self._equal = EqualColumns()
            self.guards.append(self._equal)
        self._equal.add(old, new)

    def telling(self, value: Any, read: Read | None, new: Fact) -> tuple[Rule, ...]:  # Any: as `equal`
        """Return the rule by which the new value tells the same as this one, if any."""
        for rule, licence in self.told:
            outcome, test = bool(licence.test(value, new.value)), licence.test
            if read is not None or new.read is not None:
                self.guards.append(_test_guard(test, read or constant(value), new, outcome))
            if outcome:
                return (rule,)
        return ()

    def passes(self, test: Test, fact: Fact) -> bool:
        """Tell whether the value of a fact passes a test."""
        outcome = bool(test(fact.value))
        if fact.read is not None:
            read = fact.read
            self.guards.append(lambda o, n: bool(test(read(o, n))) is outcome)
        return outcome

    def holds(self, premise: Premise, number: int | None) -> bool:
        """Tell whether a premise holds; `number` stands for EACH in its places."""
        side = self.old if premise.before else self.new
        facts = [side.get(numbered(place, number)) for place in premise.places]
        absent = Fact((), None, ())
        return any(self.passes(premise.test, fact or absent) for fact in facts)

    def is_open(self, place: Place) -> bool:
        """Tell whether the after has a fact there that is still to be settled."""
        return place in self.new and not self.new[place].settled

    def is_free(self, place: Place, leaving: Set[Place]) -> bool:
        """Tell whether a move may fill this place: not if a fact of the before's own stays there."""
        own = self.old.get(place)
        return self.is_open(place) and (own is None or own.settled or place in leaving)


def _is_column(read: Read | None, side: int) -> TypeGuard[Column]:
    return isinstance(read, Column) and read.side == side


def reading(fact: Fact | None) -> Read:
    """Return the read of a fact's value in another pair of spans."""
    if fact is None:
        return constant(None)
    return fact.read or constant(fact.value)


class Source(NamedTuple):
    """The value at a place that a licence reads: of one fact, or of this fact of all events or links."""

    value: Any  # Any: a value of a fact, or a tuple of them
    varies: bool
    read: Read


def source(side: Mapping[Place, Fact], place: Place, number: int | None = None) -> Source:
    """Return the value at a place of one side; without a number EACH stands for all events or links."""
    if EACH not in place or number is not None:
        fact = side.get(numbered(place, number))
        return Source(fact.value if fact else None, _varies(fact), reading(fact))
    each = [side.get(numbered(place, n)) for n in numbers(place, side)]
    values = tuple(fact.value if fact else None for fact in each)
    return Source(values, any(map(_varies, each)), all_of([reading(fact) for fact in each]))


def _varies(fact: Fact | None) -> bool:
    return fact is not None and fact.read is not None


def _test_guard(test: Callable[[Any, Any], bool], read: Read, new: Fact, outcome: bool) -> Guard:
    found = reading(new)
    return lambda o, n: bool(test(read(o, n), found(o, n))) is outcome


def numbers(pattern: Place, side: Iterable[Place]) -> Sequence[int | None]:
    """Return the numbers that EACH may stand for, [None] if the place has none."""
    if EACH not in pattern:
        return (None,)
    return sorted({int(place[1]) for place in side if place[0] == pattern[0]})


def numbered(place: Place, number: int | None) -> Place:
    """Return the place with the number of an event or a link for EACH."""
    return place if number is None or EACH not in place else (place[0], number, *place[2:])


def _agree(one: Any, other: Any) -> bool:  # Any: values of facts
    """Tell whether two values are the same; a stack without a line that names its error is like any other."""
    if isinstance(one, Stack) and isinstance(other, Stack):
        return not one.error or not other.error or one.error == other.error
    return same(one, other)
