"""Verdicts as a comment on a pull request, in GitHub-flavoured Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ot2otel.compare.verdict import Verdict
from ot2otel.report.ending import WIDE, Ending, counted
from ot2otel.report.github_text import address, code, prose
from ot2otel.report.telling import Told, arrived, names, sentence, told, word
from ot2otel.report.text import MARKS, changed_answers, headings, what

# GitHub takes so many characters in a comment. Bytes are counted here, which are never fewer.
LIMIT = 65_536
_RESERVE = 1_000
_HEAD = "| | count | what | meaning | rule |\n|---|---|---|---|---|"
_MARKS = WIDE.marks.grades


@dataclass(slots=True)
class _Table:
    """A table of lines, of which as many are shown as there is room; with a title it is folded.

    Tables of a smaller `rank` come first.
    """

    rank: int
    rows: list[str]
    title: str = ""
    shown: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """The number of rows without room."""
        return len(self.rows) - len(self.shown)

    def text(self) -> str:
        """Return the table with the rows shown so far."""
        more = [f"| | | and {self.left_out:,} more | | |"] if self.left_out else []
        table = "\n".join([_HEAD, *self.shown, *more])
        if not self.title:
            return table
        return f"<details><summary>{self.title}</summary>\n\n{table}\n\n</details>"


def markdown(ending: Ending, limit: int = LIMIT) -> str:
    """Return the comment, of at most `limit` characters; the mildest lines have to go first."""
    parts: list[str | _Table] = [_title(ending), _verdicts(ending)]
    called = names(ending.verdicts)
    parts.append("\n".join(f"- {prose(line.plain)}" for line in headings(ending.verdicts, called, WIDE)))
    for judged, (_, name) in zip(ending.verdicts, called, strict=True):
        if len(ending.verdicts) > 1 and (judged.findings or judged.answers.changed):
            parts.append(f"#### {code(name)}: {word(judged)}")
        parts += _section(judged, ending)
    parts += [f"- {prose(each)}" for each in (*ending.warnings, *ending.remarks)]
    parts.append(f"exit {ending.exit_code}: it fails on {', '.join(ending.fail_on.words)}.")
    return _fitted(parts, limit)


def _title(ending: Ending) -> str:
    outcome = ending.outcome
    more = f", {ending.accepted} accepted" if ending.accepted else ""
    return f"### {_MARKS[MARKS[outcome]]} ot2otel: {outcome.value}{more}"


def _verdicts(ending: Ending) -> str:
    rows = [
        f"| {code(f'{old} → {new}')} | {_MARKS[MARKS[judged.outcome]]} **{word(judged)}** "
        f"| {prose(sentence(judged))} |"
        for judged, (old, new) in zip(ending.verdicts, names(ending.verdicts), strict=True)
    ]
    return "\n".join(["| before → after | verdict | |", "|---|---|---|", *rows])


def _section(judged: Verdict, ending: Ending) -> list[str | _Table]:
    lines = told(judged.findings)
    accepted = [line for line in lines if line.accepted]
    grave: list[Told] = []
    quiet: list[Told] = []
    for line in lines[: len(lines) - len(accepted)]:
        (grave if line.is_grave or ending.fails_for(line) else quiet).append(line)
    answers = [
        f"| {line.plain[:1]} answer | | {code(line.plain[1:])} | | |"
        for line in changed_answers(judged.answers, WIDE, everything=True)
    ]
    found = _table(0, [*answers, *map(_row, grave)])
    found += _table(1, map(_row, accepted), f"{len(accepted)} accepted")
    counts = Counter(line.grade.value for line in quiet)
    found += _table(2, map(_row, quiet), ", ".join(f"{n} {grade}" for grade, n in counts.items()))
    if not judged.findings:
        return found
    rows = [f"{row.name} {row.n}/{row.of}" for row in arrived(judged)]
    return [*found, f"Arrived: {', '.join(rows)}"]


def _table(rank: int, rows: Iterable[str], title: str = "") -> list[str | _Table]:
    found = list(rows)
    return [_Table(rank, found, title)] if found else []


def _row(line: Told) -> str:
    grade = f"{_MARKS[line.grade]} {line.grade.value}"
    rules = ", ".join(address(rule.source, rule.name) for rule in line.rules)
    note = "" if line.note == line.grade.value else prose(line.note)
    return f"| {grade} | {counted(line)} | {code(what(line, WIDE))} | {note} | {rules} |"


def _fitted(parts: Sequence[str | _Table], limit: int) -> str:
    """Put the parts together, with as many rows as there is room for."""
    tables = sorted((part for part in parts if isinstance(part, _Table)), key=lambda table: table.rank)
    used = len(_joined(parts).encode()) + _RESERVE
    for table in tables:
        for row in table.rows:
            used += len(row.encode()) + 1
            if used > limit:
                break
            table.shown.append(row)
    left_out = sum(table.left_out for table in tables)
    said = (
        [f"{left_out:,} lines are left out: a comment has room for {limit:,} characters. JSON has them all."]
        if left_out
        else []
    )
    return _joined([*parts, *said])


def _joined(parts: Sequence[str | _Table]) -> str:
    return "\n\n".join(part if isinstance(part, str) else part.text() for part in parts) + "\n"
