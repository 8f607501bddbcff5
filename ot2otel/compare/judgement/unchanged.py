"""Settles the facts that stand unchanged, and those that only look different."""

from __future__ import annotations

from typing import Any

from ot2otel.compare.facts import FLAGS, NO_DURATION, SAMPLED, SHORT, TIME, Content, Place
from ot2otel.compare.judgement.grades import Grade, distinct, worst
from ot2otel.compare.judgement.open_pair import Fact, OpenPair
from ot2otel.compare.rules.rule import SPECIFICATION, Effect, Rule

FLAGS_NOT_CARRIED = Rule(
    "flags-not-carried",
    Effect.BOOKKEEPING,
    "only OTLP's flags tell whether a span was sampled and whether its parent is in another process",
    f"{SPECIFICATION}/trace/api.md#spancontext",
)


def keep(pair: OpenPair) -> None:
    """Settle the facts that stand in both spans; the rules of transports tell their grade."""
    for place, old in pair.old.items():
        new = pair.new.get(place)
        if new is None or old.settled or new.settled:
            continue
        if pair.equal(old.value, old.read, new):
            rules = distinct((*old.rules, *new.rules))
            pair.settle(worst(rules), [old], [new], rules)


def keep_what_clocks_and_wires_differ_in(pair: OpenPair) -> None:
    """Settle flags that one wire lacks, and a duration that is zero by a coarse clock."""
    for side, other, content in (
        (pair.old, pair.new, pair.contents[1]),
        (pair.new, pair.old, pair.contents[0]),
    ):
        for fact in filter(_is_of_flags, side.values()):
            here = fact.place == FLAGS or (*fact.place[:2], "to") in other
            if here and fact.place not in other:
                pair.settle_alone(Grade.BOOKKEEPING, fact, (FLAGS_NOT_CARRIED,))
        time = side.get(TIME)
        if time and time.value == NO_DURATION and _raw(content, TIME) == SHORT:
            pair.settle_alone(Grade.KEPT, time)
    for fact in filter(_is_of_flags, pair.old.values()):
        there = pair.new.get(fact.place)
        if there and not fact.settled and not there.settled and _are_sampled(fact.value, there.value):
            pair.settle(Grade.BOOKKEEPING, [fact], [there], (FLAGS_NOT_CARRIED,))


def _are_sampled(one: str, other: str) -> bool:
    """Tell whether both flags say that the span was sampled, and one of them nothing of the parent."""
    return SAMPLED in (one, other) and one.endswith(SAMPLED) and other.endswith(SAMPLED)


def _is_of_flags(fact: Fact) -> bool:
    return fact.place == FLAGS or (fact.place[0] == "link" and fact.place[2] == "flags")


def keep_what_is_told(pair: OpenPair) -> None:
    """Settle facts that stand in their place with another value that tells the same."""
    for place, old in pair.old.items():
        new = pair.new.get(place)
        if new is None or old.settled or new.settled:
            continue
        told = pair.telling(old.value, old.read, new)
        if told:
            rules = distinct((*old.rules, *new.rules, *told))
            pair.settle(worst(rules), [old], [new], rules)


def _raw(content: Content, place: Place) -> Any:  # Any: a value of a fact
    return content.values[content.shape.index[place]]
