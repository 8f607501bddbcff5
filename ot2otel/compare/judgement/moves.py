"""Settles the facts that rules move, and those that contradict such a rule."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.judgement.grades import GRADES, Grade, distinct, worst
from ot2otel.compare.judgement.open_pair import OpenPair
from ot2otel.compare.judgement.ways import Way
from ot2otel.compare.rules.rule import Effect


def move(pair: OpenPair, ways: Sequence[Way]) -> None:
    """Settle the facts that have an open way: the mildest effect first, then the one that makes most."""
    effects = list(Effect)
    made = {make.place for way in ways for make in way.makes}
    for way in ways:
        # A fact with another value in its place changed, though its old value stands elsewhere.
        way.takes = [fact for fact in way.takes if fact.place in made or not pair.is_open(fact.place)]
    leaving = {fact.place for way in ways if way.open for fact in way.takes}
    for way in sorted(ways, key=lambda way: (effects.index(way.rule.effect), -way.standing)):
        if not way.open:
            continue
        news = [
            pair.new[make.place] for make in way.makes if make.stands and pair.is_free(make.place, leaving)
        ]
        if not way.takes and not news:
            continue
        told = [rule for make in way.makes for rule in make.told]
        rules = distinct((way.rule, *(r for fact in (*way.takes, *news) for r in fact.rules), *told))
        pair.settle(worst((way.rule, *told)), way.takes, news, rules)
        for make in way.makes:
            if not make.stands and pair.is_free(make.place, leaving):
                wrong = pair.new[make.place]
                pair.settle(Grade.CHANGED, [], [wrong], (way.rule,), make.expected)


def contradict(pair: OpenPair, ways: Sequence[Way]) -> None:
    """Settle facts of which a rule moves only a part, or to another value: they changed."""
    for way in sorted(ways, key=lambda way: -way.standing):
        if not way.takes:
            _contradict_what_stayed(pair, way)
            continue
        if any(fact.settled or pair.is_open(fact.place) for fact in way.takes):
            continue
        taken = {fact.place for fact in way.takes}
        free = {make.place for make in way.makes if pair.is_free(make.place, taken)}
        standing = [pair.new[make.place] for make in way.makes if make.stands and make.place in free]
        failed = [make for make in way.makes if make.required and not make.stands]
        failed.sort(key=lambda make: make.place not in free)
        if not failed or not (standing or failed[0].place in free):
            continue
        wrong = [pair.new[failed[0].place]] if failed[0].place in free else []
        pair.settle(GRADES[way.rule.effect], [], standing, (way.rule,))
        pair.settle(Grade.CHANGED, way.takes, wrong, (way.rule,), failed[0].expected)


def _contradict_what_stayed(pair: OpenPair, way: Way) -> None:
    """Settle the new facts that a rule makes of facts that stayed in their places, if the values differ."""
    wrong = [make for make in way.makes if not make.stands and pair.is_free(make.place, frozenset())]
    if not wrong:
        return
    standing = [
        pair.new[make.place] for make in way.makes if make.stands and pair.is_free(make.place, frozenset())
    ]
    pair.settle(GRADES[way.rule.effect], [], standing, (way.rule,))
    for make in wrong:
        pair.settle(Grade.CHANGED, [], [pair.new[make.place]], (way.rule,), make.expected)
