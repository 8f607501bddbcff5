"""What fails a test beside the verdict's word, and what does not since it is accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ot2otel.acceptance import AcceptanceError, Entry, mark, read
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Outcome, Verdict

# A word of a verdict, and the grades that make it.
_WORDS = {
    Outcome.DIFFERENT.value: frozenset(UNEXPLAINED),
    Outcome.EQUIVALENT.value: frozenset(Grade) - {Grade.KEPT},
    **{grade.value: frozenset({grade}) for grade in Grade if grade is not Grade.KEPT},
}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Decides which findings fail a test: each loss, each new span, and the grades in `also`.

    A finding that an entry of an accept file accepts never does.
    """

    also: frozenset[Grade] = frozenset()
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, accept: str | Path | None, fail_on: str | Collection[str]) -> Acceptance:
        """Read both settings; `accept` is the path of an accept file. Raise AcceptanceError."""
        words = [fail_on] if isinstance(fail_on, str) else list(fail_on)
        for word in words:
            if word not in _WORDS:
                raise AcceptanceError(f"{word!r} is no word of fail_on; it takes {', '.join(_WORDS)}.")
        also = frozenset(grade for word in words for grade in _WORDS[word])
        return cls(also, read(Path(accept)).entries if accept is not None else ())

    def marked(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its accepted findings marked."""
        if not self.entries:
            return verdict
        return mark([verdict], self.entries).verdicts[0]

    def fails(self, verdict: Verdict) -> bool:
        """Tell whether the verdict fails the test."""
        return any(map(self.fails_for, verdict.findings))

    def fails_for(self, finding: Finding) -> bool:
        """Tell whether this finding alone fails the test."""
        if finding.accepted:
            return False
        is_new_span = finding.grade is Grade.NEW and finding.field == SPAN
        return finding.grade in (*UNEXPLAINED, Grade.DEGRADED, *self.also) or is_new_span
