"""What makes a command exit with 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ot2otel.acceptance.errors import AcceptanceError
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Outcome, Verdict

NEVER = "never"
_TOLD = tuple(grade for grade in reversed(Grade) if grade is not Grade.KEPT)
# A word of a verdict and the grades that make it; of a grade, itself.
_GRADES = {
    Outcome.DIFFERENT.value: frozenset(UNEXPLAINED),
    **{grade.value: frozenset({grade}) for grade in _TOLD},
    Outcome.EQUIVALENT.value: frozenset(_TOLD),
}
WORDS = (*_GRADES, NEVER)


@dataclass(frozen=True, slots=True)
class FailOn:
    """The grades that fail beside the verdict `different`, which always does; or, if `never`, nothing does.

    An accepted finding never fails.
    """

    grades: frozenset[Grade] = frozenset()
    never: bool = False

    @classmethod
    def of(cls, words: Iterable[str]) -> FailOn:
        """Return what these words of WORDS mean together; raise AcceptanceError."""
        given = list(words)
        for word in given:
            if word not in WORDS:
                raise AcceptanceError(f"{word!r} is not one of {', '.join(WORDS)}.")
        if NEVER in given:
            if set(given) != {NEVER}:
                raise AcceptanceError(f"{NEVER!r} stands alone: nothing else can fail beside it.")
            return cls(never=True)
        return cls(frozenset(grade for word in given for grade in _GRADES[word]))

    def fails(self, verdict: Verdict) -> bool:
        """Tell whether a verdict makes the exit code 1."""
        if self.never:
            return False
        return verdict.outcome is Outcome.DIFFERENT or any(map(self.fails_for, verdict.findings))

    def fails_for(self, finding: Finding) -> bool:
        """Tell whether this finding alone makes the exit code 1."""
        if self.never or finding.accepted:
            return False
        new_span = finding.grade is Grade.NEW and finding.field == SPAN
        return finding.grade in (*UNEXPLAINED, *self.grades) or new_span

    @property
    def words(self) -> tuple[str, ...]:
        """The words for it, the gravest first; `different` stands for gone and changed."""
        if self.never:
            return (NEVER,)
        more = (grade.value for grade in _TOLD if grade in self.grades and grade not in UNEXPLAINED)
        return (Outcome.DIFFERENT.value, *more)
