"""The end of a judgement: the verdicts, what fails, and what there is to say about how it was judged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ot2otel.acceptance import AcceptFile, FailOn, Settings, mark
from ot2otel.acceptance.marking import Unmatched
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.report.screen import WIDEST, Screen
from ot2otel.report.telling import Told, count_accepted, word

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
    def words(self) -> tuple[str, ...]:
        """Each verdict in a word, with the number of lines that are accepted."""
        return tuple(map(word, self.verdicts))

    @property
    def accepted(self) -> int:
        """The number of lines that are accepted, in all verdicts."""
        return sum(map(count_accepted, self.verdicts))

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


def ended(
    verdicts: Iterable[Verdict],
    accepted: AcceptFile | None = None,
    fail_on: FailOn | None = None,
    remarks: Sequence[str] = (),
    settings: Settings | None = None,
) -> Ending:
    """Mark what is accepted in the verdicts, and return their end: words, numbers and the exit code.

    Paths are shown as seen from the working directory.
    """
    marked = mark(verdicts, accepted.entries if accepted else ())
    return Ending(
        marked.verdicts,
        fail_on or FailOn(),
        tuple(remarks),
        seen_from_here(settings.path if settings else None),
        seen_from_here(accepted.path if accepted else None),
        marked.unmatched,
    )


def seen_from_here(path: Path | None) -> str:
    """Return a path relative to the working directory, "" for none."""
    return os.path.relpath(path) if path else ""


def counted(line: Told) -> str:
    """Return how often: `3 of 4 failed spans`."""
    unit = line.unit if line.of != 1 else line.unit.removesuffix("s")
    return f"{line.n} of {line.of} {unit}"
