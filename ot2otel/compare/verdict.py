"""Judges a migration: explains differences by rules and names the remaining ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain, zip_longest

from ot2otel.compare.diff import Changed, Difference, Pair, TracePair, compare, field_of
from ot2otel.compare.rules.jaeger_storage import JAEGER_STORAGE
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.rules.steps import rules_for
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording

RulesFor = Callable[[Span, Span], tuple[Rule, ...]]


class Outcome(Enum):
    """The verdict in one word."""

    IDENTICAL = "identical"  # no difference
    EQUIVALENT = "equivalent"  # all differences are explained, without a loss
    DEGRADED = "degraded"  # all differences are explained, some as losses
    DIFFERENT = "different"  # a difference is unexplained, or an answer differs


@dataclass(frozen=True, slots=True)
class Explained:
    """The original differences that one rule explains."""

    rule: Rule
    differences: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A difference that no rule explains.

    `origins` are the original differences behind it: itself, or those that rules turned into it.
    """

    difference: Difference
    origins: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class AnswerChanged:
    """A request whose answers differ; None on one side if the request was not sent there."""

    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of two recordings; every original difference is in it exactly once.

    `traces` are the pairs of traces that were compared.
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
    """Align two recordings and explain the differences of each pair of spans by its rules.

    If only one recording was read back from Jaeger, the rules for Jaeger's storage come first.
    """
    storage = JAEGER_STORAGE if before.stored_in != after.stored_in else ()
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
    """Apply the rules one by one; return the rule of each explained original difference, and the rest.

    A rule explains the differences that vanish when it is applied. If it turns a difference into another one,
    the new one inherits the origins of the old one, and a later rule may explain it. A rule that removes no
    difference and makes new ones is skipped: this pair lacks the change that it expects.
    """
    old, new = pair.old, pair.new
    origins_of = {change: frozenset([change]) for change in pair.changes(old, new)}
    credit: dict[Changed, Rule] = {}
    for rule in rules:
        rewritten_old, rewritten_new = rule.rewrite_old(old), rule.rewrite_new(new)
        now = pair.changes(rewritten_old, rewritten_new)
        made = now - origins_of.keys()
        if made and origins_of.keys() <= now:
            continue
        old, new = rewritten_old, rewritten_new
        gone = {change: origins_of.pop(change) for change in origins_of.keys() - now}
        for change in made:
            inherited = [origins for other, origins in gone.items() if _inherits(change, other)]
            origins_of[change] = _union(inherited or gone.values())
        passed_on = _union(origins_of[change] for change in made)
        # A loss stays a loss, also if a later rule explains the difference that it left.
        credited = _union(gone.values()) - (frozenset() if rule.effect is Effect.DEGRADED else passed_on)
        for origin in _in_order(credited):
            if origin not in credit or rule.effect.outweighs(credit[origin].effect):
                credit[origin] = rule
    unsettled = _union(origins_of.values())
    return (
        {change: rule for change, rule in credit.items() if change not in unsettled},
        [Unexplained(change, tuple(_in_order(origins_of[change]))) for change in _in_order(origins_of)],
    )


def _inherits(change: Changed, gone: Changed) -> bool:
    """Tell whether `change` comes from `gone`: it has the same field or one of its values."""
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
