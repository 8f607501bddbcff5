"""The parts of a verdict that tests compare."""

from __future__ import annotations

from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Verdict


def unexplained(verdict: Verdict) -> list[str]:
    """Return each difference that no rule explains, as text to search in."""
    return [str(unexplained.difference) for unexplained in verdict.unexplained]


def rules_of(verdict: Verdict, *effects: Effect) -> set[str]:
    """Return the names of the rules with one of these effects that explain a difference."""
    return {explained.rule.name for explained in verdict.explained if explained.rule.effect in effects}
