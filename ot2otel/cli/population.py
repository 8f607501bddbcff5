"""`ot2otel population`: compares the traffic of two time ranges in the engine that stores it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from ot2otel.cli import options, pages, printing
from ot2otel.report.screen import WIDEST, Screen

if TYPE_CHECKING:
    from ot2otel.population.comparing import PopulationVerdict

_WIDTH_WITHOUT_TERMINAL = 100


@click.command("population", epilog="Example: ot2otel population yesterday.parquet today.parquet")
@click.argument("before")
@click.argument("after", required=False)
@click.option(
    "--split",
    "by",
    metavar="KEY|TIME",
    help="Cut one source into both sides: by an attribute with two values (service.version, or "
    "service.version=1.8,1.9), or by a time (2026-11-21T12:00).",
)
@click.option("--uneven", is_flag=True, help="Compare sides of different length all the same.")
@click.option("--sql", is_flag=True, help="Print the statements instead of the report.")
@options.output
@pages.html
def command(
    before: str, after: str | None, by: str | None, uneven: bool, sql: bool, output: str, html: Path | None
) -> None:
    """Compare two populations of traces: the findings of `diff` with their shares, and shifts beyond chance.

    BEFORE and AFTER are Parquet (a file, a directory, a pattern), a DuckDB file, a recording or another file
    that `diff` reads, Parquet behind Spark as spark://HOST:PORT/PATH or spark://local/PATH, or ClickHouse:
    clickhouse://USER:PASSWORD@HOST:PORT/NAME?from=TIME&to=TIME&services=A,B

    Exit code 1: something is gone or changed without a rule, traces of one shape came or went, or a measure
    other than the share of traffic shifted. Exit code 2: no answer, also if there is too little traffic to
    tell.
    """
    if (after is None) == (by is None):
        raise click.UsageError("Name BEFORE and AFTER, or one source and --split.")
    from ot2otel.population.asked import compared, sides  # in here: the help needs no engine
    from ot2otel.population.document import document

    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ot2otel-") as scratch, printing.activity() as show:
        verdict, statements = compared(sides(before, after, by, Path(scratch), show), uneven, show)
    if sql:
        for purpose, statement in statements:
            click.echo(f"-- {purpose}\n{statement};\n")
    elif output == "json":
        printing.print_json(document(verdict, time.monotonic() - started))
    else:
        _print(verdict)
    if html:
        from ot2otel.population.html import page  # in here: nothing else needs Jinja

        pages.write(html, lambda: page(verdict))
    sys.exit(verdict.exit_code)


def _print(verdict: PopulationVerdict) -> None:
    from ot2otel.population.text import report

    console = Console()
    known = console.is_terminal or "COLUMNS" in os.environ
    screen = Screen(min(console.width if known else _WIDTH_WITHOUT_TERMINAL, WIDEST), console.encoding)
    with console.capture() as captured:
        for line in report(verdict, screen, f"exit {verdict.exit_code}."):
            console.print(line, soft_wrap=True)
    click.echo(captured.get(), nl=False, color=console.color_system is not None)
