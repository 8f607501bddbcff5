"""The end of a command that has verdicts: its report for people, and its exit code."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.cli.printing import printed
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.recording import Recording
from ot2otel.report import text


def print_verdicts(recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> None:
    """Print each recording's traces and each verdict for people."""
    with printed() as printing:
        printing.print(text.trees(recordings, printing.width))
        for judged in verdicts:
            printing.print(text.verdict(judged))
        if len(verdicts) > 1:
            printing.print(*map(text.headline, verdicts), sep="\n")


def exit_code(verdicts: Sequence[Verdict], strict: bool) -> int:
    """Return 1 if a verdict is `different`, or with `strict` also if one is `degraded`; else 0."""
    bad = {Outcome.DIFFERENT, Outcome.DEGRADED} if strict else {Outcome.DIFFERENT}
    return int(any(judged.outcome in bad for judged in verdicts))
