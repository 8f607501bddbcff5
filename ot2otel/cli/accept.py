"""`ot2otel accept`: writes which findings of a verdict are accepted, and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ot2otel import acceptance
from ot2otel.acceptance import Entry
from ot2otel.acceptance.accept_file import DEFAULT_NAME, append, as_toml, read_if_there
from ot2otel.acceptance.entry import USUAL
from ot2otel.cli import captured_file, options
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import Grade
from ot2otel.errors import Ot2OtelError
from ot2otel.outline import printable_lines
from ot2otel.recording_file.limits import LARGEST_DOCUMENT
from ot2otel.report.ending import WIDE, counted
from ot2otel.report.telling import Told, told
from ot2otel.report.text import what
from ot2otel.report.verdict_file import VerdictFileError, findings_of

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """What narrows the entry down: patterns, all of which must fit."""

    grades: Sequence[str]
    rules: Sequence[str]
    services: Sequence[str]
    spans: Sequence[str]
    olds: Sequence[str]
    news: Sequence[str]

    def entry(self, field: str, reason: str, grades: Sequence[Grade]) -> Entry:
        """Return the entry with these grades."""
        return Entry(
            reason,
            tuple(grades),
            (field,),
            *map(tuple, (self.rules, self.services, self.spans, self.olds, self.news)),
        )


def _not_blank(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("Say why.", ctx, param)
    return value


def _patterns(name: str, summary: str) -> options.Option:
    return click.option(f"--{name}", f"{name}s", multiple=True, metavar="PATTERN", help=summary)


_narrowed = options.grouped(
    "narrowed",
    _Narrowed,
    click.option(
        "--grade",
        "grades",
        type=click.Choice([grade.value for grade in reversed(Grade) if grade is not Grade.KEPT]),
        multiple=True,
        metavar="GRADE",
        help="gone, degraded or another; may be repeated.  [default: the only one that matches]",
    ),
    _patterns("rule", "Only findings by this rule."),
    _patterns("service", "Only findings of this service."),
    _patterns("span", "Only findings in spans with this name and no others."),
    _patterns("old", "Only findings with these values before, as the report shows them."),
    _patterns("new", "Only findings with these values after."),
)


@click.command("accept", epilog="Example: ot2otel accept verdict.json kind --reason 'we read the tag'")
@click.argument("verdict", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.argument("field")
@click.option("--reason", required=True, callback=_not_blank, help="Why it is accepted.")
@_narrowed
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The accept file.  [default: that of [tool.ot2otel] in pyproject.toml, else {DEFAULT_NAME}]",
)
def command(verdict: Path, field: str, reason: str, narrowed: _Narrowed, path: Path | None) -> None:
    """Accept the findings in a FIELD of the JSON of a VERDICT: write an entry into the accept file.

    FIELD is as the JSON has it, such as attributes.url, status.code or span. In it and in all patterns, *
    stands for any text, and [*] for a star.
    """
    path = path or acceptance.settings(Path.cwd()).accept or Path(DEFAULT_NAME)
    found = _read(verdict)
    there = read_if_there(path).entries
    entry, matched = _matched(found, field, reason, narrowed)
    path = Path(os.path.relpath(path))
    open_ones = [finding for finding in matched if not any(each.accepts(finding) for each in there)]
    if not open_ones:
        click.echo(f"{printable_lines(str(path))} accepts this already: nothing is written.")
        return
    append(path, entry)
    click.echo(printable_lines(f"{path} has the entry\n\n{as_toml(entry)}\nwhich accepts\n"))
    lines = told(open_ones)
    for line in lines[:_MOST_SHOWN]:
        click.echo(f"  {_line(line)}")
    if len(lines) > _MOST_SHOWN:
        click.echo(f"  and {len(lines) - _MOST_SHOWN} more")


def _read(verdict: Path) -> Sequence[Finding]:
    """Return the findings in the file; raise VerdictFileError, which names it."""
    content = captured_file.read_or_stdin(verdict, LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        raise VerdictFileError(
            f"{verdict} is larger than {LARGEST_DOCUMENT:,} bytes. Write it without --all."
        )
    try:
        return findings_of(content)
    except VerdictFileError as error:
        raise VerdictFileError(f"{verdict} can't be read. {error}") from error


def _matched(
    found: Sequence[Finding], field: str, reason: str, narrowed: _Narrowed
) -> tuple[Entry, list[Finding]]:
    """Return the entry and the findings that it accepts; raise Ot2OtelError if there is none."""
    every = narrowed.entry(field, reason, [grade for grade in Grade if grade is not Grade.KEPT])
    candidates = [finding for finding in found if every.accepts(finding)]
    counts = Counter(finding.grade for finding in candidates)
    wanted = [Grade(word) for word in narrowed.grades] or [grade for grade in USUAL if counts[grade]]
    counted_in_words = ", ".join(f"{grade.value} {n}" for grade, n in counts.items())
    if len(wanted) > 1 and not narrowed.grades:
        raise Ot2OtelError(
            f"{field!r} is in findings of several grades: {counted_in_words}. Name the grade with --grade."
        )
    if field == SPAN and not narrowed.spans:
        raise Ot2OtelError("Name with --span the spans that are gone or new.")
    entry = narrowed.entry(field, reason, wanted)
    matched = [finding for finding in candidates if finding.grade in wanted]
    if matched:
        return entry, matched
    if counts:
        raise Ot2OtelError(
            f"{field!r} is only in findings of other grades: {counted_in_words}. Name the grade with --grade."
        )
    near = next((each for each in found if every.accepts_but_for_spans(each)), None)
    if near is not None:
        more = f" and {near.more_spans} more" if near.more_spans else ""
        raise Ot2OtelError(
            f"The finding is in all of these spans: {', '.join(near.spans)}{more}. Name them all."
        )
    raise Ot2OtelError(f"No finding matches {field!r}: nothing is written. {_fields(found)}")


def _fields(found: Sequence[Finding]) -> str:
    fields = list(dict.fromkeys(finding.field for finding in found if finding.grade in USUAL))
    if not fields:
        return "The verdict has nothing to accept."
    more = f" and {len(fields) - _MOST_SHOWN} more" if len(fields) > _MOST_SHOWN else ""
    return f"Fields with losses: {', '.join(fields[:_MOST_SHOWN])}{more}."


def _line(line: Told) -> str:
    services = dict.fromkeys(finding.service for finding in line.findings if finding.service)
    where = WIDE.safe(f" ({', '.join(services)})") if services else ""
    return f"{line.grade.value} {counted(line)}: {what(line, WIDE)}{where}"
