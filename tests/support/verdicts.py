"""The parts of a verdict that tests compare."""

from __future__ import annotations

from ot2otel.compare.judgement import UNEXPLAINED
from ot2otel.compare.rules.rule import Effect
from ot2otel.compare.verdict import Verdict


def unexplained(verdict: Verdict) -> list[str]:
    """Return each finding that no rule explains, as text to search in."""
    return [str(finding) for finding in verdict.findings if finding.grade in UNEXPLAINED]


def rules_of(verdict: Verdict, *effects: Effect) -> set[str]:
    """Return the names of the rules with one of these effects that explain a finding."""
    explained = [finding for finding in verdict.findings if finding.grade not in UNEXPLAINED]
    return {rule.name for finding in explained for rule in finding.rules if rule.effect in effects}
