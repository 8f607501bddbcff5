"""Judges a migration: which differences the rules explain, and what remains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain, zip_longest

from ot2otel.compare.diff import Changed, Difference, Pair, TracePair, compare, field_of
from ot2otel.compare.rules.jaeger_storage import IN_JAEGER
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.rules.steps import rules_for
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording

RulesFor = Callable[[Span, Span], tuple[Rule, ...]]


class Outcome(Enum):
    """What a verdict comes to."""

    IDENTICAL = "identical"  # there is nothing to explain
    EQUIVALENT = "equivalent"  # all is explained and nothing is lost
    DEGRADED = "degraded"  # all is explained, and some of it is a loss
    DIFFERENT = "different"  # something is unexplained, or an answer differs


@dataclass(frozen=True, slots=True)
class Explained:
    """The original differences that one rule accounts for."""

    rule: Rule
    differences: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A difference that no rule accounts for.

    `origins` are the original differences behind it: itself, or those that the rules turned into it.
    """

    difference: Difference
    origins: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class AnswerChanged:
    """A request that was answered differently; None where it was not asked at all."""

    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one recording beside another; every original difference is in it exactly once.

    `traces` says which trace was compared with which.
    """

    before: Recording
    after: Recording
    explained: tuple[Explained, ...]
    unexplained: tuple[Unexplained, ...]
    answers: tuple[AnswerChanged, ...]
    traces: tuple[TracePair, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The verdict in one word."""
        if self.unexplained or self.answers:
            return Outcome.DIFFERENT
        if any(explained.rule.effect is Effect.DEGRADED for explained in self.explained):
            return Outcome.DEGRADED
        return Outcome.EQUIVALENT if self.explained else Outcome.IDENTICAL


def judge(before: Recording, after: Recording, rules: RulesFor = rules_for) -> Verdict:
    """Lay two recordings over each other and let the rules of each aligned pair explain what differs.

    Where only one of them was read back from Jaeger, what Jaeger changed is explained first.
    """
    storage = IN_JAEGER if before.stored_in != after.stored_in else ()
    comparison = compare(before.normalized_spans(), after.normalized_spans())
    unexplained = [Unexplained(difference, (difference,)) for difference in comparison.structure]
    credited: dict[Rule, list[Changed]] = {}
    for pair in comparison.pairs:
        credit, left = _explain(pair, storage + rules(pair.old, pair.new))
        for change, rule in credit.items():
            credited.setdefault(rule, []).append(change)
        unexplained += left
    return Verdict(
        before,
        after,
        tuple(
            Explained(rule, tuple(changes)) for rule, changes in sorted(credited.items(), key=_graver_last)
        ),
        tuple(unexplained),
        tuple(_changed_answers(before, after)),
        comparison.traces,
    )


def _explain(pair: Pair, rules: tuple[Rule, ...]) -> tuple[dict[Changed, Rule], list[Unexplained]]:
    """Apply the rules one by one; return who explains which original difference, and what is left.

    A rule explains the differences that vanish under it. Where others appear in the place of some, it
    only changed their shape: the new ones carry on what was behind those, for a later rule to explain.
    A rule under which none vanishes expects a change that this pair did not see, and is passed over
    if it would only make differences.
    """
    old, new = pair.old, pair.new
    behind = {change: frozenset([change]) for change in pair.changes(old, new)}
    credit: dict[Changed, Rule] = {}
    for rule in rules:
        read_old, read_new = rule.rewrite_old(old), rule.rewrite_new(new)
        now = pair.changes(read_old, read_new)
        made = now - behind.keys()
        if made and behind.keys() <= now:
            continue
        old, new = read_old, read_new
        gone = {change: behind.pop(change) for change in behind.keys() - now}
        for change in made:
            carried = [origins for other, origins in gone.items() if _carries_on(change, other)]
            behind[change] = _union(carried or gone.values())
        carried_on = _union(behind[change] for change in made)
        # What a rule calls a loss is one, whatever a later rule makes of the rest of it.
        credited = _union(gone.values()) - (frozenset() if rule.effect is Effect.DEGRADED else carried_on)
        for origin in _in_order(credited):
            if origin not in credit or rule.effect.outweighs(credit[origin].effect):
                credit[origin] = rule
    unsettled = _union(behind.values())
    return (
        {change: rule for change, rule in credit.items() if change not in unsettled},
        [Unexplained(change, tuple(_in_order(behind[change]))) for change in _in_order(behind)],
    )


def _carries_on(change: Changed, gone: Changed) -> bool:
    """Tell whether `change` is about what `gone` was about: the same field, or a value of it elsewhere."""
    return (
        change.field == gone.field
        or (change.before is not None and change.before == gone.before)
        or (change.after is not None and change.after == gone.after)
    )


def _in_order(changes: Iterable[Changed]) -> list[Changed]:
    return sorted(changes, key=field_of)


def _union(sets: Iterable[frozenset[Changed]]) -> frozenset[Changed]:
    return frozenset(chain.from_iterable(sets))


def _graver_last(entry: tuple[Rule, list[Changed]]) -> int:
    return list(Effect).index(entry[0].effect)


def _changed_answers(before: Recording, after: Recording) -> Iterator[AnswerChanged]:
    for old, new in zip_longest(before.normalized_answers(), after.normalized_answers()):
        if old != new:
            yield AnswerChanged(old, new)
