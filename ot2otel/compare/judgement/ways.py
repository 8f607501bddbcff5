"""The ways in which facts of the before may have gone, by the licences of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from ot2otel.compare.facts import DEFAULTS, Place, same
from ot2otel.compare.judgement.open_pair import Fact, OpenPair, numbered, numbers, reading, source
from ot2otel.compare.judgement.reads import Guard, Read, Values, composed, constant, is_none
from ot2otel.compare.rules.licences import Move
from ot2otel.compare.rules.rule import Dropped, Makes, Renamed, Rule, Split, Test, anything


@dataclass(slots=True)
class Make:
    """A fact that a move makes of others."""

    place: Place
    value: Any  # Any: a value of a fact
    test: Test | None
    required: bool
    read: Read | None
    test_read: Read | None = None
    stands: bool = False
    told: tuple[Rule, ...] = ()

    @property
    def expected(self) -> Read | None:
        """The value that the after should have had, None if a test alone tells."""
        return None if self.value is None else self.read or constant(self.value)


@dataclass(slots=True)
class Way:
    """One way in which facts may have gone."""

    rule: Rule
    takes: list[Fact]
    makes: list[Make]

    @property
    def standing(self) -> int:
        """How many of the facts that it makes stand."""
        return sum(make.stands for make in self.makes)

    @property
    def open(self) -> bool:
        """Tell whether the facts it takes are still to be settled, and all that it must make stands."""
        return not any(fact.settled for fact in self.takes) and all(
            make.stands for make in self.makes if make.required
        )


def ways(pair: OpenPair, rule: Rule, licence: Move) -> Iterator[Way]:
    """Yield the ways that a licence opens to facts of the before, whether they are taken or not."""
    takes = (
        (licence.old,) if isinstance(licence, Renamed)
        else licence.takes if isinstance(licence, Split)
        else licence.places
    )  # fmt: skip
    for number in numbers(takes[0], pair.old):
        if not all(pair.holds(premise, number) for premise in licence.premises):
            continue
        facts = [pair.old.get(numbered(place, number)) for place in takes]
        match licence:
            case Dropped():
                if facts[0] and _may_go(pair, licence, facts[0], number):
                    gone = [fact for fact in facts if fact and not pair.is_open(fact.place)]
                    yield Way(rule, [fact for fact in gone if not fact.settled], [])
            case Renamed(new=place, convert=convert):
                if facts[0]:
                    yield from _renamed(pair, rule, facts[0], numbered(place, number), convert)
            case Split():
                if facts[0]:
                    yield from _split(pair, rule, licence, facts, number)


def _may_go(pair: OpenPair, licence: Dropped, fact: Fact, number: int | None) -> bool:
    if fact.settled or pair.is_open(fact.place) or not pair.passes(licence.test, fact):
        return False
    if licence.repeats is not None:
        other = pair.old.get(numbered(licence.repeats, number))
        if other is None or not pair.equal(other.value, other.read, fact):
            return False
    return licence.only_if is None or _is_told(pair, licence, licence.only_if, fact)


def _is_told(pair: OpenPair, licence: Dropped, only_if: Callable[..., bool], fact: Fact) -> bool:
    sources = [source(pair.old, place) for place in licence.reads]
    sources += [source(pair.new, place) for place in licence.reads_after]
    outcome = only_if(fact.value, *(each.value for each in sources))
    if fact.read is not None or any(each.varies for each in sources):
        reads = [reading(fact), *(each.read for each in sources)]
        pair.guards.append(lambda o, n: only_if(*(read(o, n) for read in reads)) is outcome)
    return outcome


def _renamed(
    pair: OpenPair, rule: Rule, fact: Fact, place: Place, convert: Callable[[Any], Any] | None
) -> Iterator[Way]:  # Any: values
    value, read = fact.value, fact.read
    if convert is not None:
        value = convert(value)
        if fact.read is not None:
            read = composed(convert, fact.read)
            pair.guards.append(is_none(read, value is None))
    if value is not None or convert is None:
        yield _way(pair, rule, [fact], [Make(place, value, None, True, read)])


def _split(
    pair: OpenPair, rule: Rule, licence: Split, facts: Sequence[Fact | None], number: int | None
) -> Iterator[Way]:
    reads = [pair.old.get(numbered(place, number)) for place in licence.reads]
    reads += [pair.new.get(numbered(place, number)) for place in licence.reads_after]
    arguments = [*facts, *reads]
    made = licence.function(*(fact.value if fact else None for fact in arguments))
    depends = any(fact is not None and fact.read is not None for fact in arguments)
    call = _Call(licence.function, tuple(reading(fact) for fact in arguments)) if depends else None
    if call:
        pair.guards.append(call.same_structure(made))
    if made is None:
        return
    makes = [
        Make(
            numbered(make.place, number),
            make.value,
            make.test,
            make.required,
            call.value(index) if call and make.value is not None else None,
            call.test(index) if call and make.test is not None else None,
        )
        for index, make in enumerate(made)
    ]
    yield _way(pair, rule, [fact for fact in facts if fact], makes)


def _way(pair: OpenPair, rule: Rule, takes: list[Fact], makes: list[Make]) -> Way:
    for make in makes:
        new = pair.new.get(make.place)
        if new is None and make.place in DEFAULTS and make.test is None:
            make.stands = same(make.value, DEFAULTS[make.place])
        elif new is not None:
            make.stands = _matches(pair, make, new)
            if not make.stands and make.test is None:
                make.told = pair.telling(make.value, make.read, new)
                make.stands = bool(make.told)
    return Way(rule, [fact for fact in takes if not fact.settled], makes)


def _matches(pair: OpenPair, make: Make, new: Fact) -> bool:
    if make.test is not None and make.test_read is not None:
        outcome, test_read, found = bool(make.test(new.value)), make.test_read, reading(new)
        pair.guards.append(lambda o, n: bool(test_read(o, n)(found(o, n))) is outcome)
        return outcome
    if make.test is not None:
        return pair.passes(make.test, new)
    if isinstance(make.read, _Value) and same(make.value, new.value):
        make.read.guard_equal(reading(new))
        return True
    return pair.equal(make.value, make.read, new)


class _Call:
    """A function of some facts, to be computed again for other spans."""

    def __init__(self, function: Callable[..., Sequence[Makes] | None], reads: tuple[Read, ...]) -> None:
        self._function = function
        self._reads = reads
        # Several guards ask for the same spans, one after the other.
        self._last: tuple[Values, Values, Sequence[Makes] | None] = ((), (), None)
        # What it makes, by its index, that the after has.
        self.standing: list[tuple[int, Read]] = []

    def made(self, old: Values, new: Values) -> Sequence[Makes] | None:
        if self._last[0] is not old or self._last[1] is not new:
            self._last = old, new, self._function(*[read(old, new) for read in self._reads])
        return self._last[2]

    def same_structure(self, made: Sequence[Makes] | None) -> Guard:
        """Make a guard: it makes facts at the same places, and those that stood stand."""
        places, standing = _structure(made), self.standing

        def guard(old: Values, new: Values) -> bool:
            again = self.made(old, new)
            if _structure(again) != places:
                return False
            if again is not None:
                for index, read in standing:
                    if not same(again[index].value, read(old, new)):
                        return False
            return True

        return guard

    def value(self, index: int) -> Read:
        return _Value(self, index)

    def test(self, index: int) -> Read:
        return lambda old, new: self._one(index, old, new).test or anything

    def _one(self, index: int, old: Values, new: Values) -> Makes:
        """Return a fact that is made of other spans; the guard has told that they make as many."""
        return (self.made(old, new) or ())[index]


class _Value:
    """A read of the value of a fact that a call makes, by its index."""

    __slots__ = ("_call", "_index")

    def __init__(self, call: _Call, index: int) -> None:
        self._call = call
        self._index = index

    def __call__(self, old: Values, new: Values) -> Any:  # Any: a value of a fact
        return (self._call.made(old, new) or ())[self._index].value

    def guard_equal(self, read: Read) -> None:
        """Let the call's guard tell whether another value is the same: all at once is faster."""
        self._call.standing.append((self._index, read))


_PLACE_AND_REQUIRED = attrgetter("place", "required")


def _structure(made: Sequence[Makes] | None) -> object:
    return None if made is None else list(map(_PLACE_AND_REQUIRED, made))
