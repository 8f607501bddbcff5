"""The end of a judgement: the verdicts, what fails, and what there is to say about how it was judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from ot2otel.acceptance.fail_on import FailOn
from ot2otel.acceptance.marking import Unmatched
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.report.screen import WIDEST, Screen
from ot2otel.report.telling import Told

# A screen on which no sentence has to give way.
WIDE = Screen(WIDEST)
_GRAVITY = list(Outcome)


@dataclass(frozen=True, slots=True)
class Ending:
    """Verdicts with their marks, and what makes them fail.

    `remarks` are sentences about the settings, `unmatched` entries of `accept_file` that accept nothing.
    """

    verdicts: tuple[Verdict, ...]
    fail_on: FailOn = field(default_factory=FailOn)
    remarks: tuple[str, ...] = ()
    settings_file: str = ""
    accept_file: str = ""
    unmatched: tuple[Unmatched, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each entry that accepts nothing."""
        return tuple(f"{self.accept_file}: {each}" for each in self.unmatched)

    @property
    def exit_code(self) -> int:
        """1 if a verdict fails, else 0."""
        return int(any(map(self.fail_on.fails, self.verdicts)))

    @property
    def outcome(self) -> Outcome:
        """The gravest word of all verdicts."""
        return max((judged.outcome for judged in self.verdicts), key=_GRAVITY.index)

    @property
    def answers_fail(self) -> bool:
        """Tell whether an answer that differs makes the exit code 1."""
        return not self.fail_on.never

    def fails_for(self, line: Told) -> bool:
        """Tell whether this line alone makes the exit code 1."""
        return any(map(self.fail_on.fails_for, line.findings))


def counted(line: Told) -> str:
    """Return how often: `3 of 4 failed spans`."""
    unit = line.unit if line.of != 1 else line.unit.removesuffix("s")
    return f"{line.n} of {line.of} {unit}"
