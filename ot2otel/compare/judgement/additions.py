"""Settles the facts that rules add to the after, and copies of other facts of the after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ot2otel.compare.facts import same
from ot2otel.compare.judgement.grades import GRADES, Grade, distinct
from ot2otel.compare.judgement.open_pair import Fact, OpenPair, numbered, numbers, reading, source
from ot2otel.compare.judgement.reads import Guard, Read, Values, constant
from ot2otel.compare.rules.licences import Addition
from ot2otel.compare.rules.rule import Added, Copied, Rule


class Contradiction(NamedTuple):
    """A new fact with another value than a rule adds; `expected` reads the value that it should have."""

    fact: Fact
    rule: Rule
    expected: Read | None  # None if a test alone tells


def add(pair: OpenPair, additions: Sequence[tuple[Rule, Addition]]) -> list[Contradiction]:
    """Settle new facts; return those that contradict what a rule adds."""
    contradicted: list[Contradiction] = []
    for rule, licence in additions:
        places = licence.places if isinstance(licence, Added) else (licence.place,)
        for pattern in places:
            for number in numbers(pattern, pair.new):
                fact = pair.new.get(numbered(pattern, number))
                if fact is None or fact.settled:
                    continue
                old = pair.old.get(fact.place)
                if old is not None and not old.settled:
                    continue  # it changed
                if not all(pair.holds(premise, number) for premise in licence.premises):
                    continue
                if isinstance(licence, Added):
                    stands, expected = pair.passes(licence.test, fact), None
                else:
                    stands, expected = _is_copy(pair, licence, fact, number)
                    if not stands and expected is None:
                        continue
                if stands:
                    pair.settle(GRADES[rule.effect], [], [fact], distinct((rule, *fact.rules)))
                else:
                    contradicted.append(Contradiction(fact, rule, expected))
    return contradicted


def contradict_additions(pair: OpenPair, contradicted: Sequence[Contradiction]) -> None:
    """Settle the facts that contradict an addition, if nothing else has settled them: they changed."""
    for fact, rule, expected in contradicted:
        if not fact.settled:
            pair.settle(Grade.CHANGED, [], [fact], (rule,), expected)


def _is_copy(pair: OpenPair, licence: Copied, fact: Fact, number: int | None) -> tuple[bool, Read | None]:
    """Tell whether a fact is the copy, and the value that it should have, None if there is none."""
    sources = [source(pair.new, place, number) for place in licence.reads]
    values = licence.function(*(source.value for source in sources))
    outcome = any(same(value, fact.value) for value in values)
    if fact.read is not None or any(source.varies for source in sources):
        reads = [source.read for source in sources]
        pair.guards.append(_copy_guard(licence, reading(fact), reads, outcome))
    if outcome:
        return True, None
    return False, constant(values[0]) if values else None


def _copy_guard(licence: Copied, own: Read, reads: Sequence[Read], outcome: bool) -> Guard:
    def guard(old: Values, new: Values) -> bool:
        mine = own(old, new)
        values = licence.function(*(read(old, new) for read in reads))
        return any(same(value, mine) for value in values) is outcome

    return guard
