"""The end of a command that has verdicts: its options, its report for people, and its exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from ot2otel.cli import options, pages
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.report.screen import WIDEST, Screen
from ot2otel.report.text import Wanted, report

_WIDTH_WITHOUT_TERMINAL = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of the options of a command that judges."""

    output: str
    everything: bool
    strict: bool
    explain: bool
    trees: bool
    html: Path | None

    def __post_init__(self) -> None:
        """Raise click.UsageError for --all without --format json."""
        if self.everything and self.output != "json":
            raise click.UsageError("--all needs --format json. For people: --explain.")


asked = options.grouped(
    "asked",
    Asked,
    options.output,
    click.option("--all", "everything", is_flag=True, help="With --format json: every fact with its grade."),
    options.strict,
    click.option(
        "--explain", is_flag=True, help="Show every finding with its rule, its source and examples."
    ),
    click.option("--trees", is_flag=True, help="Show the trees of all traces, also those without a loss."),
    pages.html,
)


def print_verdicts(verdicts: Sequence[Verdict], wanted: Asked) -> None:
    """Print a report on the verdicts for people."""
    console = Console()
    known = console.is_terminal or "COLUMNS" in os.environ
    screen = Screen(min(console.width if known else _WIDTH_WITHOUT_TERMINAL, WIDEST), console.encoding)
    lines = report(verdicts, screen, Wanted(wanted.explain, wanted.trees), closing(verdicts, wanted))
    with console.capture() as captured:
        for line in lines:
            console.print(line, soft_wrap=True)
    click.echo(captured.get(), nl=False, color=console.color_system is not None)


def closing(verdicts: Sequence[Verdict], wanted: Asked) -> str:
    """Return the last line: the exit code, and where to read on."""
    code, strictly = (exit_code(verdicts, strict) for strict in (wanted.strict, True))
    because = " (with --strict 1)" if strictly > code else ""
    more = any(judged.findings for judged in verdicts) and not wanted.explain
    return f"exit {code}{because}.{'  all findings: --explain' if more else ''}"


def exit_code(verdicts: Sequence[Verdict], strict: bool) -> int:
    """Return 1 if a verdict is `different`, or with `strict` also if one is `degraded`; else 0."""
    bad = {Outcome.DIFFERENT, Outcome.DEGRADED} if strict else {Outcome.DIFFERENT}
    return int(any(judged.outcome in bad for judged in verdicts))
