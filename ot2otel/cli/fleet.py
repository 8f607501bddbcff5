"""`ot2otel fleet`: measures the calls from every variant to every other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import click

from ot2otel.cli import options, pages, printing
from ot2otel.headers.settings import OF_AGENT, SETTINGS, Setting, chosen
from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.lab.fleet import report
from ot2otel.lab.installed import check_runnable


@click.command("fleet", epilog="Example: ot2otel fleet --from legacy --to native/composite")
@click.option("--quick", is_flag=True, help="Measure only the defaults and the composite propagator.")
@click.option(
    "--from",
    "callers",
    metavar="SETTING",
    multiple=True,
    help="Only these settings as server-1, like native, jaeger, native/jaeger or auto; may be repeated.",
)
@click.option(
    "--to",
    "callees",
    metavar="SETTING",
    multiple=True,
    help="Only these settings as server-2; may be repeated.",
)
@options.output
@pages.html
def command(
    quick: bool, callers: Sequence[str], callees: Sequence[str], output: str, html: Path | None
) -> None:
    """Let every variant call every other with every propagator, and recommend settings for a mixed fleet."""
    started = time.monotonic()
    for name in (*BY_HAND, *(["auto"] if _names_auto([*callers, *callees]) else [])):
        check_runnable(VARIANTS[name], VARIANTS[name].exporters[0])
    from ot2otel.lab.fleet.measure import QUICK, measure  # in here: it imports every tracing library

    settings = QUICK if quick else SETTINGS
    pairs = list(product(_named(callers, settings), _named(callees, settings)))
    with printing.activity() as progress:
        cells = measure(pairs, progress)
    seconds = time.monotonic() - started
    if output == "json":
        printing.print_json(report.document(cells, seconds))
    else:
        click.echo(f"{report.text(cells)}\n\n{len(cells)} pairs measured in {seconds:.1f} s")
    if html:
        from ot2otel.lab.fleet.html import page  # in here: nothing else needs Jinja

        pages.write(html, lambda: page(cells))


def _names_auto(names: Sequence[str]) -> bool:
    return any(name.partition("/")[0] == "auto" for name in names)


def _named(names: Sequence[str], settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """Return the settings of these names; those under the agent, which read as native's do, only if named."""
    return chosen(names, settings + OF_AGENT if _names_auto(names) else settings)
