"""The parts of a verdict that tests compare."""

from __future__ import annotations

from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Verdict


def unexplained(verdict: Verdict) -> list[str]:
    """Return each finding that no rule explains, as text: what is gone or changed, or a new span."""
    return [
        line(finding)
        for finding in verdict.findings
        if finding.grade in UNEXPLAINED or (finding.grade is Grade.NEW and finding.field == SPAN)
    ]


def rules_of(verdict: Verdict, *effects: Effect) -> set[str]:
    """Return the names of the rules with one of these effects that explain a difference."""
    grades = {effect.value for effect in effects}
    return {
        rule.name
        for finding in verdict.findings
        if finding.grade.value in grades
        for rule in finding.rules
        if rule.effect in effects
    }


def line(finding: Finding) -> str:
    """Return a finding as one line: its grade, service, fields, values and rules, and how often it occurs."""
    old = f"{finding.old_field} {finding.old}" if finding.old_field else "nothing"
    new = f"{finding.new_field} {finding.new}" if finding.new_field else "nothing"
    by = " by " + " and ".join(rule.name for rule in finding.rules) if finding.rules else ""
    return f"{finding.n} {finding.grade.value} in {finding.service}: {old} -> {new}{by}"
