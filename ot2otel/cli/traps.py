"""`ot2otel traps`: the traps of the migration, all or one, and whether the installed libraries have them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ot2otel.cli import options, printing
from ot2otel.cli.endings import Failure
from ot2otel.outline import printable
from ot2otel.report.screen import Screen
from ot2otel.traps import CannotRunError, Outcome, Trap, families, report, run, similar, trap_named, traps
from ot2otel.traps.catalog import Family

_ALL = "all"


@click.command("traps", epilog="Example: ot2otel traps --run kind-is-internal")
@click.argument("name", required=False)
@click.option("--run", "to_run", metavar="NAME", help="Run the reproduction of this trap, or of `all`.")
@options.output
def command(name: str | None, to_run: str | None, output: str) -> None:
    """Show the traps of the migration: all, or the one of this NAME with its code.

    With --run: whether the installed libraries have it. The reproduction runs in a process of its own; either
    answer exits with 0. It exits with 2 if a reproduction can't run, because a package is missing.
    """
    if name and to_run:
        raise click.UsageError("Give a NAME to show it, or --run NAME to run it: not both.")
    if to_run:
        _run(traps() if to_run == _ALL else [_named(to_run)], output)
        return
    shown = (
        [Family(f.title, [_named(name)]) for f in families() if _named(name) in f.traps]
        if name
        else families()
    )
    if output == "json":
        printing.print_json(report.document(shown))
        return
    console = printing.console()
    screen = Screen(console.width, console.encoding)
    text = report.whole(_named(name)) if name else report.table(shown, console.width)
    click.echo("\n".join(map(screen.safe, text.splitlines())))


def _named(name: str) -> Trap:
    """Return the trap of this name; raise click.UsageError if there is none."""
    found = trap_named(name)
    if found is None:
        known = similar(name)
        hint = f"Similar: {', '.join(known)}." if known else "`ot2otel traps` lists all."
        raise click.UsageError(f"There is no trap {name!r}. {hint}")
    return found


def _run(wanted: Sequence[Trap], output: str) -> None:
    """Run reproductions and print each answer at once, or all in one document; Failure if one can't run."""
    found: list[Outcome] = []
    not_run: dict[str, str] = {}
    with printing.activity() as show:
        for number, trap in enumerate(wanted, 1):
            show(f"{number} of {len(wanted)}: {trap.name}")
            try:
                found.append(run(trap))
            except CannotRunError as error:
                not_run[trap.name] = str(error)
            else:
                if output == "text":
                    click.echo(printable(report.outcome(found[-1])))
    if output == "json":
        printing.print_json(report.outcomes(found, not_run))
    elif len(wanted) > 1:
        there = sum(each.is_there for each in found)
        click.echo(f"{there} of {len(found)} traps are there.")
    if not_run:
        raise Failure("\n".join(not_run.values()))
