"""What fails a test beside the verdict's word, and what does not since it is accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.errors import Ot2OtelError


class AcceptanceError(Ot2OtelError):
    """A word of `fail_on` or a file of `accept` cannot be used."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Decides which findings fail a test: a loss always, and the grades in `also`."""

    also: frozenset[Grade] = frozenset()

    @classmethod
    def of(cls, accept: str | Path | None, fail_on: str | Collection[str]) -> Acceptance:
        """Read both settings; raise AcceptanceError."""
        if accept is not None:
            raise AcceptanceError("This release has no accept files.")
        words = [fail_on] if isinstance(fail_on, str) else list(fail_on)
        known = {grade.value: grade for grade in Grade}
        for word in words:
            if word not in known:
                raise AcceptanceError(f"{word!r} is no grade; fail_on takes: {', '.join(known)}")
        return cls(frozenset(known[word] for word in words))

    def marked(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its accepted findings marked."""
        return verdict

    def fails(self, verdict: Verdict) -> bool:
        """Tell whether the verdict fails the test."""
        return verdict.outcome not in (Outcome.IDENTICAL, Outcome.EQUIVALENT) or any(
            map(self.fails_for, verdict.findings)
        )

    def fails_for(self, finding: Finding) -> bool:
        """Tell whether this finding alone fails the test."""
        is_new_span = finding.grade is Grade.NEW and finding.field == SPAN
        return finding.grade in (*UNEXPLAINED, Grade.DEGRADED, *self.also) or is_new_span
