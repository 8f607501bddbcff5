"""Verdicts as workflow commands of GitHub Actions, which show them as annotations.

Commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
Their escaping: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ot2otel.compare.verdict import Verdict
from ot2otel.outline import cut, printable
from ot2otel.report.ending import WIDE, Ending, counted
from ot2otel.report.telling import Told, names, sentence, told, word
from ot2otel.report.text import changed_answers, what

# GitHub shows so many annotations of each type for a step: _maxIssueCount in
# https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs.
MOST = 10
_LONGEST_TITLE = 200
_LONGEST = 1_000


def github(ending: Ending) -> str:
    """Return a line for each annotation: what fails is an error, another loss a warning, a verdict a notice.

    There are at most MOST of each type. The last one counts the rest.
    """
    errors: list[str] = []
    warnings = [_command("warning", "ot2otel accept", each) for each in ending.warnings]
    notices: list[str] = []
    for judged, (old, new) in zip(ending.verdicts, names(ending.verdicts), strict=True):
        notices.append(_command("notice", f"ot2otel: {word(judged)}", f"{old} → {new}: {sentence(judged)}"))
        where = f"{old} → {new}: " if len(ending.verdicts) > 1 else ""
        for is_error, title, message in _annotations(judged, ending):
            kind = "error" if is_error else "warning"
            (errors if is_error else warnings).append(_command(kind, title, where + message))
    notices += [_command("notice", "ot2otel", each) for each in ending.remarks]
    lines = [
        line
        for kind, found in (("error", errors), ("warning", warnings), ("notice", notices))
        for line in _limited(kind, found)
    ]
    return "".join(f"{line}\n" for line in lines)


def _annotations(judged: Verdict, ending: Ending) -> Iterator[tuple[bool, str, str]]:
    """Yield for each annotation whether it is an error, its title and its message."""
    for line in changed_answers(judged.answers, WIDE, everything=True):
        yield ending.answers_fail, "answer", line.plain
    for each in told(judged.findings):
        fails = ending.fails_for(each)
        if fails or each.is_grave:
            yield fails, f"{each.grade.value}: {what(each, WIDE)}", _message(each)


def _message(line: Told) -> str:
    services = dict.fromkeys(finding.service for finding in line.findings if finding.service)
    where = f" of {', '.join(services)}" if services else ""
    example = next((f", such as {old or new}" for old, new in line.examples), "")
    return f"{counted(line)}{where}: {line.note}{example}"


def _limited(kind: str, found: Sequence[str]) -> Sequence[str]:
    if len(found) <= MOST:
        return found
    more = f"{len(found) - MOST + 1:,} more: GitHub shows {MOST} of a type. The report has them all."
    return [*found[: MOST - 1], _command(kind, "ot2otel", more)]


def _command(kind: str, title: str, message: str) -> str:
    shown = _escaped(cut(printable(title), _LONGEST_TITLE)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={shown}::{_escaped(cut(printable(message), _LONGEST))}"


def _escaped(text: str) -> str:
    """Escape for a workflow command: a percent sign would begin an escape; there are no line breaks left."""
    return text.replace("%", "%25")
