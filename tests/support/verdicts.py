"""What a verdict tells, as text to search in."""

from __future__ import annotations

from ot2otel.compare.verdict import Verdict


def said(verdict: Verdict) -> list[str]:
    """Return each thing that no rule explains, as text to search in."""
    return [str(unexplained.difference) for unexplained in verdict.unexplained]
