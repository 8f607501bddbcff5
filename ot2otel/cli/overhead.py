"""`ot2otel overhead`: measures the cost of tracing for a request."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from ot2otel.cli import pages, printing
from ot2otel.errors import Ot2OtelError
from ot2otel.lab.overhead import measure
from ot2otel.lab.overhead.estimate import check_installed
from ot2otel.lab.overhead.report import json, text
from ot2otel.lab.overhead.result import Overhead


@click.command("overhead", epilog="Example: ot2otel overhead --html cost.html")
@click.option(
    "--report",
    is_flag=True,
    help="Measure more steps from no tracing to full tracing, and longer: 30 processes, 10 pairs of servers.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="Text for people, one JSON document for programs, or one page with plots.",
)
@pages.html
def command(report: bool, output: str, html: Path | None) -> None:
    """Measure the cost of tracing for a request.

    If the machine is not quiet enough or spans are lost, the result is withheld and the exit code is 1.
    """
    # A missing package shows here, and not after minutes of measuring.
    show = _REPORTS[output]()
    page = _page() if html else None
    check_installed()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        found = measure.measure(
            measure.REPORT if report else measure.QUICK,
            lambda activity, share: bar.update(task, description=activity, completed=share),
        )
    show(found)
    if html and page:
        pages.write(html, lambda: page(found))
    if output != "text":
        for reason in found.withheld:
            click.echo(f"Withheld: {reason}", err=True)
    sys.exit(int(bool(found.withheld)))


def _text() -> Callable[[Overhead], None]:
    def show(found: Overhead) -> None:
        with printing.printed() as console:
            console.print(text.report(found))

    return show


def _json() -> Callable[[Overhead], None]:
    return lambda found: printing.print_json(json.document(found))


def _html() -> Callable[[Overhead], None]:
    page = _page()
    return lambda found: click.echo(page(found))


def _page() -> Callable[[Overhead], str]:
    try:
        from ot2otel.lab.overhead.report import html  # in here: nothing else needs matplotlib and Jinja
    except ImportError as error:
        missing = "Jinja" if error.name in ("jinja2", "markupsafe") else "matplotlib"
        raise Ot2OtelError(f"The page needs {missing} ({error}): pip install 'ot2otel[bench]'.") from error
    return html.page


_REPORTS = {"text": _text, "json": _json, "html": _html}
