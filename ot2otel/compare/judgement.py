"""The judgement of two paired spans: every fact of either gets exactly one grade.

In this order: facts that stand unchanged are kept; facts that a rule moves are translated, degraded or the
like; copies and additions explain new facts; a value that contradicts a rule is changed; of the rest a fact
in one place is changed, and all others are gone or new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from ot2otel.compare.facts import (
    DEFAULTS,
    FLAGS,
    KIND,
    NO_DURATION,
    SHORT,
    STATUS,
    TIME,
    Content,
    Facts,
    Place,
    Stack,
    same,
    unsaid,
)
from ot2otel.compare.rules.licences import Addition, Move
from ot2otel.compare.rules.rule import (
    EACH,
    SPECIFICATION,
    Added,
    Copied,
    Dropped,
    Effect,
    Lift,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    Test,
    Told,
    Transport,
    anything,
)
from ot2otel.compare.rules.steps import Step
from ot2otel.model import Kind, StatusCode

Values: TypeAlias = tuple[Any, ...]  # Any: values of facts, in the order of a content's shape
# Computes a value from the values of the old and the new span.
Read: TypeAlias = Callable[[Values, Values], Any]  # Any: a value of a fact
# Tells whether the judgement of one pair of spans holds for another pair, which differs in columns alone.
Guard: TypeAlias = Callable[[Values, Values], bool]
StepFor: TypeAlias = Callable[[Facts, Facts], Step]


class Grade(Enum):
    """What became of a fact, the mildest first."""

    KEPT = "kept"
    BOOKKEEPING = "bookkeeping"
    TRANSLATED = "translated"
    ADDED = "added"
    IMPROVED = "improved"
    NOISE = "noise"
    NEW = "new"
    DEGRADED = "degraded"
    CHANGED = "changed"
    GONE = "gone"

    __hash__ = object.__hash__  # as that of Kind


GRADES = {effect: Grade(effect.value) for effect in Effect}
UNEXPLAINED = (Grade.CHANGED, Grade.GONE)

FLAGS_NOT_CARRIED = Rule(
    "flags-not-carried",
    Effect.BOOKKEEPING,
    "only OTLP's flags tell whether a span was sampled and whether its parent is in another process",
    f"{SPECIFICATION}/trace/api.md#spancontext",
)


@dataclass(frozen=True, slots=True)
class Settled:
    """The grade of some facts; `old` and `new` are their places in the two spans.

    `rules` are those that explain them, or that the after contradicts. `expected` computes the value that the
    after should have had at `new`; None if the old value itself is what `new` should have.
    """

    grade: Grade
    old: tuple[Place, ...] = ()
    new: tuple[Place, ...] = ()
    rules: tuple[Rule, ...] = ()
    expected: Read | None = None

    def values(
        self, old: Content | None, new: Content | None
    ) -> tuple[Any, Any] | None:  # Any: values of facts
        """Return the value that the after should have in these spans, and the one that it has.

        None if one of the spans, or of the values, is not there.
        """
        if old is None or new is None or not self.new or not (self.old or self.expected):
            return None
        expected = self.expected(old.values, new.values) if self.expected else old.value(self.old[0])
        return expected, new.value(self.new[0])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The grades of all facts of two spans; the guards tell for which other spans it holds as well."""

    settled: tuple[Settled, ...]
    guards: tuple[Guard, ...] = ()

    @property
    def unexplained(self) -> int:
        """How many times something is gone, changed or new."""
        return sum(one.grade in (*UNEXPLAINED, Grade.NEW) for one in self.settled)

    def holds(self, old: Values, new: Values) -> bool:
        """Tell whether another pair of the same forms gets the same grades."""
        return all(guard(old, new) for guard in self.guards)


@dataclass(slots=True, eq=False)
class _Fact:
    """A fact at its place before any transport.

    `raw` are its places in the file, `read` tells its value in another pair of spans.
    """

    place: Place
    value: Any  # Any: a value of a fact
    raw: tuple[Place, ...]
    read: Read | None = None
    rules: tuple[Rule, ...] = ()
    settled: bool = False


@dataclass(slots=True)
class _Make:
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
        return None if self.value is None else self.read or _constant(self.value)


@dataclass(slots=True)
class _Way:
    """One way in which facts may have gone."""

    rule: Rule
    takes: list[_Fact]
    makes: list[_Make]

    @property
    def standing(self) -> int:
        return sum(make.stands for make in self.makes)

    @property
    def open(self) -> bool:
        """Tell whether the facts it takes are still to be settled, and all that it must make stands."""
        return not any(fact.settled for fact in self.takes) and all(
            make.stands for make in self.makes if make.required
        )


def judge_spans(
    old: Content,
    new: Content,
    step_for: StepFor,
    columns: tuple[frozenset[Place], frozenset[Place]] = (frozenset(), frozenset()),
) -> Judgement:
    """Settle every fact of two paired spans, but those of their position.

    `columns` are places of each whose values vary; the guards of the judgement are about them.
    """
    if old is new:
        return Judgement(tuple(Settled(Grade.KEPT, (place,), (place,)) for place, _ in old.facts()))
    return _Judging(old, new, columns).judged(step_for)


class _Judging:
    """A judgement in the making."""

    def __init__(
        self, old: Content, new: Content, columns: tuple[frozenset[Place], frozenset[Place]]
    ) -> None:
        self._contents = old, new
        self._guards: list[Guard] = []
        self._settled: list[Settled] = []
        self._told: Sequence[tuple[Rule, Told]] = ()
        beside = self._beside("event", columns) | self._beside("link", columns)
        self._old = {
            place: _Fact(place, value, (place,), _reader(old, place, columns[0], 0))
            for place, value in old.facts()
        }
        self._new = {}
        for place, value in new.facts():
            here = (place[0], beside[place[:2]], *place[2:]) if place[0] in ("event", "link") else place
            self._new[here] = _Fact(here, value, (place,), _reader(new, place, columns[1], 1))

    def judged(self, step_for: StepFor) -> Judgement:
        self._keep(raw=True)
        self._keep_what_clocks_and_wires_differ_in()
        step = step_for(_values(self._old), _values(self._new))
        for transport in step.transports:
            for side in (self._old, self._new):
                self._lift(side, transport, side is self._new)
        if step.transports:
            self._keep(raw=False)
        self._told = step.licences.told
        if self._told:
            self._keep_what_is_told()
        moves = step.licences.moves_of(self._old)
        ways = [way for rule, licence in moves for way in self._ways(rule, licence)]
        self._move(ways)
        contradicted = self._add(step.licences.additions_to(self._new))
        self._contradict(ways, contradicted)
        self._settle_the_rest()
        return Judgement(tuple(self._settled), tuple(self._guards))

    # What stands unchanged.

    def _keep(self, *, raw: bool) -> None:
        for place, old in self._old.items():
            new = self._new.get(place)
            if new is None or old.settled or new.settled or (raw and old.place != place):
                continue
            if self._same(old, new):
                rules = _distinct((*old.rules, *new.rules))
                self._settle(_worst(rules), [old], [new], rules)

    def _keep_what_clocks_and_wires_differ_in(self) -> None:
        for side, other, content in (
            (self._old, self._new, self._contents[1]),
            (self._new, self._old, self._contents[0]),
        ):
            for fact in side.values():
                is_flags = fact.place == FLAGS or (fact.place[0] == "link" and fact.place[2] == "flags")
                here = fact.place == FLAGS or (*fact.place[:2], "to") in other
                if is_flags and here and fact.place not in other:
                    self._settle_alone(Grade.BOOKKEEPING, fact, (FLAGS_NOT_CARRIED,))
            time = side.get(TIME)
            if time and time.value == NO_DURATION and _raw(content, TIME) == SHORT:
                self._settle_alone(Grade.KEPT, time)

    def _keep_what_is_told(self) -> None:
        """Settle facts that stand in their place with another value that tells the same."""
        for place, old in self._old.items():
            new = self._new.get(place)
            if new is None or old.settled or new.settled:
                continue
            told = self._telling(old.value, old.read, new)
            if told:
                rules = _distinct((*old.rules, *new.rules, *told))
                self._settle(_worst(rules), [old], [new], rules)

    # Transports.

    def _lift(self, side: dict[Place, _Fact], transport: Transport, is_new: bool) -> None:
        rule, before = transport.rule, dict(side)
        lifts = transport.lifts(_values(side))
        again = _Again(transport, before) if any(fact.read for fact in before.values()) else None
        if again:
            self._guards.append(again.same_structure(lifts))
        for index, lift in enumerate(lifts):
            taken = [side[place] for place in lift.takes if place in side]
            if len(taken) < len(lift.takes):
                continue
            if lift.place is None:
                for fact in taken:
                    if not fact.settled and self._may_be_unsaid(fact, self._old if is_new else self._new):
                        self._settle_alone(Grade.ADDED if is_new else GRADES[rule.effect], fact, (rule,))
                continue
            there = side.get(lift.place)
            together = [*taken] + ([there] if there is not None and there not in taken else [])
            read = again.value(index) if again and any(fact.read for fact in taken) else None
            says = [self._says(fact, lift.value, read) for fact in together]
            if any(fact.settled for fact in together):
                # Another copy of what stands unchanged.
                if any(fact.settled and equal for fact, equal in zip(together, says, strict=True)):
                    for fact in taken:
                        if not fact.settled:
                            self._settle_alone(GRADES[rule.effect], fact, (rule,))
                continue
            for fact in taken:
                side.pop(fact.place, None)
            changes = not taken or any(
                fact.place != lift.place or not equal for fact, equal in zip(taken, says, strict=False)
            )
            rules = _distinct((rule,) * changes + tuple(r for fact in together for r in fact.rules))
            raws = tuple(dict.fromkeys(raw for fact in together for raw in fact.raw))
            side[lift.place] = _Fact(lift.place, lift.value, raws, read, rules)

    def _says(self, fact: _Fact, value: Any, read: Read | None) -> bool:  # Any: a value of a fact
        """Tell whether a fact has the value that it was lifted to."""
        outcome = same(fact.value, value)
        if fact.read or read:
            mine, lifted = _constant_or_read(fact), read or _constant(value)
            self._guards.append(lambda o, n: same(mine(o, n), lifted(o, n)) is outcome)
        return outcome

    @staticmethod
    def _may_be_unsaid(fact: _Fact, other: dict[Place, _Fact]) -> bool:
        """Tell whether the other side may lack a fact: not if it says another value or lacks the entry."""
        entry = fact.place[:2]
        is_part = entry[0] in ("event", "link")
        return fact.place not in other and (not is_part or any(place[:2] == entry for place in other))

    # Moves.

    def _ways(self, rule: Rule, licence: Move) -> Iterator[_Way]:
        takes = (
            (licence.old,) if isinstance(licence, Renamed)
            else licence.takes if isinstance(licence, Split)
            else licence.places
        )  # fmt: skip
        for number in self._numbers(takes[0], self._old):
            if not all(self._holds(premise, number) for premise in licence.premises):
                continue
            facts = [self._old.get(_numbered(place, number)) for place in takes]
            match licence:
                case Dropped():
                    if facts[0] and self._may_go(licence, facts[0], number):
                        gone = [fact for fact in facts if fact and not self._is_open(fact.place)]
                        yield _Way(rule, [fact for fact in gone if not fact.settled], [])
                case Renamed(new=place, convert=convert):
                    if facts[0]:
                        yield from self._renamed(rule, facts[0], _numbered(place, number), convert)
                case Split():
                    if facts[0]:
                        yield from self._split(rule, licence, facts, number)

    def _may_go(self, licence: Dropped, fact: _Fact, number: int | None) -> bool:
        if fact.settled or self._is_open(fact.place) or not self._passes(licence.test, fact):
            return False
        if licence.repeats is None:
            return True
        other = self._old.get(_numbered(licence.repeats, number))
        return other is not None and self._equal(other.value, other.read, fact)

    def _renamed(
        self, rule: Rule, fact: _Fact, place: Place, convert: Callable[[Any], Any] | None
    ) -> Iterator[_Way]:  # Any: values
        value, read = fact.value, fact.read
        if convert is not None:
            value = convert(value)
            if fact.read is not None:
                read = _composed(convert, fact.read)
                self._guards.append(_is_none(read, value is None))
        if value is not None or convert is None:
            yield self._way(rule, [fact], [_Make(place, value, None, True, read)])

    def _split(
        self, rule: Rule, licence: Split, facts: Sequence[_Fact | None], number: int | None
    ) -> Iterator[_Way]:
        reads = [self._old.get(_numbered(place, number)) for place in licence.reads]
        reads += [self._new.get(_numbered(place, number)) for place in licence.reads_after]
        arguments = [*facts, *reads]
        made = licence.function(*(fact.value if fact else None for fact in arguments))
        depends = any(fact is not None and fact.read is not None for fact in arguments)
        call = (
            _Call(licence.function, tuple(_constant_or_read(fact) for fact in arguments)) if depends else None
        )
        if call:
            self._guards.append(call.same_structure(made))
        if made is None:
            return
        makes = [
            _Make(
                _numbered(make.place, number),
                make.value,
                make.test,
                make.required,
                call.value(index) if call and make.value is not None else None,
                call.test(index) if call and make.test is not None else None,
            )
            for index, make in enumerate(made)
        ]
        yield self._way(rule, [fact for fact in facts if fact], makes)

    def _way(self, rule: Rule, takes: list[_Fact], makes: list[_Make]) -> _Way:
        for make in makes:
            new = self._new.get(make.place)
            if new is None and make.place in DEFAULTS and make.test is None:
                make.stands = same(make.value, DEFAULTS[make.place])
            elif new is not None:
                make.stands = self._matches(make, new)
                if not make.stands and make.test is None:
                    make.told = self._telling(make.value, make.read, new)
                    make.stands = bool(make.told)
        return _Way(rule, [fact for fact in takes if not fact.settled], makes)

    def _move(self, ways: list[_Way]) -> None:
        effects = list(Effect)
        made = {make.place for way in ways for make in way.makes}
        for way in ways:
            # A fact with another value in its place changed, though its old value stands elsewhere.
            way.takes = [fact for fact in way.takes if fact.place in made or not self._is_open(fact.place)]
        leaving = {fact.place for way in ways if way.open for fact in way.takes}
        for way in sorted(ways, key=lambda way: (effects.index(way.rule.effect), -way.standing)):
            if not way.open:
                continue
            news = [
                self._new[make.place]
                for make in way.makes
                if make.stands and self._is_free(make.place, leaving)
            ]
            if not way.takes and not news:
                continue
            told = [rule for make in way.makes for rule in make.told]
            rules = _distinct((way.rule, *(r for fact in (*way.takes, *news) for r in fact.rules), *told))
            self._settle(_worst((way.rule, *told)), way.takes, news, rules)
            for make in way.makes:
                if not make.stands and self._is_free(make.place, leaving):
                    wrong = self._new[make.place]
                    self._settle(Grade.CHANGED, [], [wrong], (way.rule,), make.expected)

    # Copies and additions.

    def _add(self, additions: Sequence[tuple[Rule, Addition]]) -> list[tuple[_Fact, Rule, Read | None]]:
        """Settle new facts; return those that contradict what a rule adds, with the value it expects."""
        contradicted = []
        for rule, licence in additions:
            places = licence.places if isinstance(licence, Added) else (licence.place,)
            for pattern in places:
                for number in self._numbers(pattern, self._new):
                    fact = self._new.get(_numbered(pattern, number))
                    if fact is None or fact.settled:
                        continue
                    old = self._old.get(fact.place)
                    if old is not None and not old.settled:
                        continue  # it changed
                    if not all(self._holds(premise, number) for premise in licence.premises):
                        continue
                    if isinstance(licence, Added):
                        stands, expected = self._passes(licence.test, fact), None
                    else:
                        stands, expected = self._is_copy(licence, fact, number)
                        if not stands and expected is None:
                            continue
                    if stands:
                        self._settle(GRADES[rule.effect], [], [fact], _distinct((rule, *fact.rules)))
                    else:
                        contradicted.append((fact, rule, expected))
        return contradicted

    def _is_copy(self, licence: Copied, fact: _Fact, number: int | None) -> tuple[bool, Read | None]:
        """Tell whether a fact is the copy, and the value that it should have, None if there is none."""
        arguments: list[Any] = []  # Any: values of facts, or tuples of them
        varies = fact.read is not None
        for place in licence.reads:
            if EACH in place and number is None:
                each = [self._new.get(_numbered(place, n)) for n in self._numbers(place, self._new)]
                arguments.append(tuple(one.value if one else None for one in each))
                varies |= any(one is not None and one.read is not None for one in each)
            else:
                source = self._new.get(_numbered(place, number))
                arguments.append(source.value if source else None)
                varies |= source is not None and source.read is not None
        values = licence.function(*arguments)
        if varies:
            self._guards.append(
                self._copy_guard(licence, fact, number, any(same(value, fact.value) for value in values))
            )
        if any(same(value, fact.value) for value in values):
            return True, None
        return False, _constant(values[0]) if values else None

    def _copy_guard(self, licence: Copied, fact: _Fact, number: int | None, outcome: bool) -> Guard:
        reads: list[Callable[[Values, Values], Any]] = []  # Any: values of facts, or tuples of them
        for place in licence.reads:
            if EACH in place and number is None:
                each = [
                    _constant_or_read(self._new.get(_numbered(place, n)))
                    for n in self._numbers(place, self._new)
                ]
                reads.append(_all_of(each))
            else:
                reads.append(_constant_or_read(self._new.get(_numbered(place, number))))
        own, function = _constant_or_read(fact), licence.function

        def guard(old: Values, new: Values) -> bool:
            mine = own(old, new)
            return (
                any(same(value, mine) for value in function(*(read(old, new) for read in reads))) is outcome
            )

        return guard

    # Contradictions, and the rest.

    def _contradict(self, ways: list[_Way], contradicted: list[tuple[_Fact, Rule, Read | None]]) -> None:
        for way in sorted(ways, key=lambda way: -way.standing):
            if not way.takes or any(fact.settled or self._is_open(fact.place) for fact in way.takes):
                continue
            taken = {fact.place for fact in way.takes}
            free = {make.place for make in way.makes if self._is_free(make.place, taken)}
            standing = [self._new[make.place] for make in way.makes if make.stands and make.place in free]
            failed = [make for make in way.makes if make.required and not make.stands]
            failed.sort(key=lambda make: make.place not in free)
            if not failed or not (standing or failed[0].place in free):
                continue
            wrong = [self._new[failed[0].place]] if failed[0].place in free else []
            self._settle(GRADES[way.rule.effect], [], standing, (way.rule,))
            self._settle(Grade.CHANGED, way.takes, wrong, (way.rule,), failed[0].expected)
        for fact, rule, expected in contradicted:
            if not fact.settled:
                self._settle(Grade.CHANGED, [], [fact], (rule,), expected)

    def _is_free(self, place: Place, leaving: Set[Place]) -> bool:
        """Tell whether a move may fill this place: not if a fact of the before's own stays there."""
        own = self._old.get(place)
        return self._is_open(place) and (own is None or own.settled or place in leaving)

    def _is_open(self, place: Place) -> bool:
        """Tell whether the after has a fact there that is still to be settled."""
        return place in self._new and not self._new[place].settled

    def _settle_the_rest(self) -> None:
        by_raw = {
            raw: fact
            for fact in self._new.values()
            if not fact.settled
            for raw in fact.raw
            if raw[0] not in ("event", "link")
        }
        self._settle_whole_entries()
        for place, old in self._old.items():
            if old.settled:
                continue
            new = self._new.get(place) or next((by_raw[raw] for raw in old.raw if raw in by_raw), None)
            if new is not None and not new.settled:
                self._settle(_changed(place, old.value, new.value), [old], [new])
            elif _has_default(place, self._new):
                self._settle(_changed(place, old.value, unsaid(place)[0]), [old], [])
            else:
                self._settle(Grade.GONE, [old], [])
        for place, new in self._new.items():
            if new.settled:
                continue
            if _has_default(place, self._old):
                self._settle(_changed(place, unsaid(place)[0], new.value), [], [new])
            else:
                self._settle(Grade.NEW, [], [new])

    def _settle_whole_entries(self) -> None:
        """Settle each event and link without a counterpart as one."""
        for side, other in ((self._old, self._new), (self._new, self._old)):
            entries: dict[Place, list[_Fact]] = {}
            for place, fact in side.items():
                if place[0] in ("event", "link"):
                    entries.setdefault(place[:2], []).append(fact)
            there = {place[:2] for place in other}
            for entry, facts in entries.items():
                if entry in there or any(fact.settled for fact in facts):
                    continue
                if side is self._old:
                    self._settle(Grade.GONE, facts, [])
                else:
                    self._settle(Grade.IMPROVED if self._is_exception(entry) else Grade.NEW, [], facts)

    def _is_exception(self, place: Place) -> bool:
        """Tell whether an event records the exception of a span that failed in the before, too."""
        name, failed = self._new.get((*place[:2], "name")), self._old.get(STATUS)
        recorded = name is not None and name.value == "exception"
        return recorded and failed is not None and failed.value is StatusCode.ERROR

    def _settle_alone(self, grade: Grade, fact: _Fact, rules: tuple[Rule, ...] = ()) -> None:
        """Settle a fact that the other side has no counterpart of."""
        is_old = self._old.get(fact.place) is fact
        self._settle(grade, [fact] if is_old else [], [] if is_old else [fact], rules)

    def _settle(
        self,
        grade: Grade,
        olds: Sequence[_Fact],
        news: Sequence[_Fact],
        rules: tuple[Rule, ...] = (),
        expected: Read | None = None,
    ) -> None:
        if not olds and not news:
            return
        for fact in (*olds, *news):
            fact.settled = True
        old = tuple(raw for fact in olds for raw in fact.raw)
        new = tuple(raw for fact in news for raw in fact.raw)
        if not old and not new:
            return  # in no file: a transport would have made it
        self._settled.append(Settled(grade, old, new, rules, expected))

    # Questions about values; each answer that depends on a column has a guard.

    def _same(self, old: _Fact, new: _Fact) -> bool:
        return self._equal(old.value, old.read, new)

    def _equal(self, value: Any, read: Read | None, new: _Fact) -> bool:  # Any: a value of a fact
        outcome = _agree(value, new.value)
        if read is not None or new.read is not None:
            expected, found = read or _constant(value), _constant_or_read(new)
            self._guards.append(lambda o, n: _agree(expected(o, n), found(o, n)) is outcome)
        return outcome

    def _telling(self, value: Any, read: Read | None, new: _Fact) -> tuple[Rule, ...]:  # Any: as `_equal`
        """Return the rule by which the new value tells the same as this one, if any."""
        for rule, licence in self._told:
            outcome, test = bool(licence.test(value, new.value)), licence.test
            if read is not None or new.read is not None:
                self._guards.append(_test_guard(test, read or _constant(value), new, outcome))
            if outcome:
                return (rule,)
        return ()

    def _matches(self, make: _Make, new: _Fact) -> bool:
        if make.test is not None and make.test_read is not None:
            outcome, test_read, found = bool(make.test(new.value)), make.test_read, _constant_or_read(new)
            self._guards.append(lambda o, n: bool(test_read(o, n)(found(o, n))) is outcome)
            return outcome
        if make.test is not None:
            return self._passes(make.test, new)
        return self._equal(make.value, make.read, new)

    def _passes(self, test: Test, fact: _Fact) -> bool:
        outcome = bool(test(fact.value))
        if fact.read is not None:
            read = fact.read
            self._guards.append(lambda o, n: bool(test(read(o, n))) is outcome)
        return outcome

    def _holds(self, premise: Premise, number: int | None) -> bool:
        side = self._old if premise.before else self._new
        facts = [side.get(_numbered(place, number)) for place in premise.places]
        absent = _Fact((), None, ())
        return any(self._passes(premise.test, fact or absent) for fact in facts)

    def _numbers(self, pattern: Place, side: dict[Place, _Fact]) -> Sequence[int | None]:
        """Return the numbers that EACH may stand for, [None] if the place has none."""
        if EACH not in pattern:
            return (None,)
        return sorted({int(place[1]) for place in side if place[0] == pattern[0]})

    # Events and links side by side.

    def _beside(self, what: str, columns: tuple[frozenset[Place], frozenset[Place]]) -> dict[Place, int]:
        """Return for each event or link of the after the number of the before's beside which it is laid.

        One that has no counterpart gets a number of its own.
        """
        old, new = self._contents
        olds, news = _entries(old, what), _entries(new, what)
        if not news:
            return {}
        counterparts = _laid(_entry_values(olds, old.values), _entry_values(news, new.values))
        varies = any(place[0] == what for side in columns for place in side)
        if varies and (len(olds) > 1 or len(news) > 1):
            self._guards.append(
                lambda o, n: _laid(_entry_values(olds, o), _entry_values(news, n)) == counterparts
            )
        return {(what, number): counterparts.get(number, len(olds) + number) for number in range(len(news))}


class _Again:
    """The lifts of a transport, to be computed again for other spans."""

    def __init__(self, transport: Transport, facts: Mapping[Place, _Fact]) -> None:
        self._transport = transport
        self._constant = {place: fact.value for place, fact in facts.items()}
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
        def read(old: Values, new: Values) -> Any:  # Any: a value of a fact
            lifts = self.lifts(old, new)
            return lifts[index].value if index < len(lifts) else None

        return read


class _Call:
    """A function of some facts, to be computed again for other spans."""

    def __init__(self, function: Callable[..., Sequence[Makes] | None], reads: tuple[Read, ...]) -> None:
        self._function = function
        self._reads = reads
        # Several guards ask for the same spans, one after the other.
        self._last: tuple[Values, Values, Sequence[Makes] | None] = ((), (), None)

    def made(self, old: Values, new: Values) -> Sequence[Makes] | None:
        if self._last[0] is not old or self._last[1] is not new:
            self._last = old, new, self._function(*[read(old, new) for read in self._reads])
        return self._last[2]

    def same_structure(self, made: Sequence[Makes] | None) -> Guard:
        places = _structure(made)
        return lambda o, n: _structure(self.made(o, n)) == places

    def value(self, index: int) -> Read:
        def read(old: Values, new: Values) -> Any:  # Any: a value of a fact
            made = self.made(old, new)
            return made[index].value if made and index < len(made) else None

        return read

    def test(self, index: int) -> Read:
        def read(old: Values, new: Values) -> Any:  # Any: a test
            made = self.made(old, new)
            return (made[index].test if made and index < len(made) else None) or anything

        return read


def _agree(one: Any, other: Any) -> bool:  # Any: values of facts
    """Tell whether two values are the same; a stack without a line that names its error is like any other."""
    if isinstance(one, Stack) and isinstance(other, Stack):
        return not one.error or not other.error or one.error == other.error
    return same(one, other)


def _structure(made: Sequence[Makes] | None) -> object:
    return None if made is None else [(make.place, make.required) for make in made]


def _constant(value: Any) -> Read:  # Any: a value of a fact
    return lambda old, new: value


def _constant_or_read(fact: _Fact | None) -> Read:
    if fact is None:
        return _constant(None)
    return fact.read or _constant(fact.value)


def _all_of(reads: Sequence[Read]) -> Read:
    return lambda old, new: tuple(read(old, new) for read in reads)


def _composed(convert: Callable[[Any], Any], read: Read) -> Read:  # Any: values of facts
    return lambda old, new: convert(read(old, new))


def _test_guard(test: Callable[[Any, Any], bool], read: Read, new: _Fact, outcome: bool) -> Guard:
    found = _constant_or_read(new)
    return lambda o, n: bool(test(read(o, n), found(o, n))) is outcome


def _is_none(read: Read, outcome: bool) -> Guard:
    return lambda old, new: (read(old, new) is None) is outcome


def _reader(content: Content, place: Place, columns: frozenset[Place], side: int) -> Read | None:
    if place not in columns:
        return None
    index = content.shape.index[place]
    return (lambda old, new: new[index]) if side else (lambda old, new: old[index])


def _raw(content: Content, place: Place) -> Any:  # Any: a value of a fact
    return content.values[content.shape.index[place]]


def _values(facts: dict[Place, _Fact]) -> dict[Place, Any]:  # Any: values of facts
    return {place: fact.value for place, fact in facts.items()}


def _numbered(place: Place, number: int | None) -> Place:
    return place if number is None or EACH not in place else (place[0], number, *place[2:])


def _distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules))


def _worst(rules: Sequence[Rule]) -> Grade:
    """Return the grade of a fact that stands, after these transports."""
    if not rules:
        return Grade.KEPT
    worst = max((rule.effect for rule in rules), key=list(Effect).index)
    return GRADES[worst]


def _has_default(place: Place, side: Iterable[Place]) -> bool:
    """Tell whether a place of a span, or of an event or link on this side, always has a value."""
    return bool(unsaid(place)) and (place in DEFAULTS or any(there[:2] == place[:2] for there in side))


def _changed(place: Place, old: Any, new: Any) -> Grade:  # Any: values of facts
    """Tell a change from an improvement: a kind where none was known, times or ids no longer odd."""
    better = (place == KIND and old is Kind.UNSPECIFIED) or (place[-1] in ("time", "ids") and new == "")
    return Grade.IMPROVED if better else Grade.CHANGED


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
