"""Judges two paired spans: every fact of either gets exactly one grade.

In this order: facts that stand unchanged are kept; facts that a rule moves are translated, degraded or the
like; copies and additions explain new facts; a value that contradicts a rule is changed; of the rest a fact
in one place is changed, and all others are gone or new.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ot2otel.compare.facts import Content, Facts, Place
from ot2otel.compare.judgement.additions import add, contradict_additions
from ot2otel.compare.judgement.grades import Grade
from ot2otel.compare.judgement.lifting import lift, values_of
from ot2otel.compare.judgement.moves import contradict, move
from ot2otel.compare.judgement.open_pair import OpenPair
from ot2otel.compare.judgement.rest import settle_the_rest
from ot2otel.compare.judgement.settled import Judgement, Settled
from ot2otel.compare.judgement.unchanged import keep, keep_what_clocks_and_wires_differ_in, keep_what_is_told
from ot2otel.compare.judgement.ways import ways
from ot2otel.compare.rules.steps import Step

StepFor: TypeAlias = Callable[[Facts, Facts], Step]


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
    pair = OpenPair(old, new, columns)
    keep(pair)
    keep_what_clocks_and_wires_differ_in(pair)
    step = step_for(values_of(pair.old), values_of(pair.new))
    _judge_by(step, pair)
    settle_the_rest(pair)
    return Judgement(tuple(pair.settled), tuple(pair.guards))


def _judge_by(step: Step, pair: OpenPair) -> None:
    """Settle the facts that the rules of a step explain, or that contradict them."""
    for transport in step.transports:
        for side in (pair.old, pair.new):
            lift(pair, side, transport, side is pair.new)
    if step.transports:
        keep(pair)
    pair.told = step.licences.told
    if pair.told:
        keep_what_is_told(pair)
    moves = step.licences.moves_of(pair.old)
    found = [way for rule, licence in moves for way in ways(pair, rule, licence)]
    move(pair, found)
    contradicted = add(pair, step.licences.additions_to(pair.new))
    contradict(pair, found)
    contradict_additions(pair, contradicted)
