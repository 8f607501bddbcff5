"""`ot2otel headers`: how each variant reads a captured request's headers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ot2otel.cli import captured_file, options, printing
from ot2otel.errors import Ot2OtelError
from ot2otel.headers import report
from ot2otel.headers.captured import MAX_BYTES, parse
from ot2otel.headers.examination import examine
from ot2otel.outline import printable_lines


@click.command("headers", epilog="Example: ot2otel headers captured-headers.txt")
@click.argument(
    "captured", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), default="-"
)
@options.output
def command(captured: Path, output: str) -> None:
    """Show how each variant reads the trace headers of a captured request.

    CAPTURED is a file with `Name: value` lines or JSON. Without it, standard input is read.
    """
    from ot2otel.headers.extractors import extract  # in here: it imports every tracing library

    examined = examine(parse(_content(captured)), extract)
    if output == "json":
        printing.print_json(report.document(examined))
    else:
        click.echo(printable_lines(report.text(examined)))


def _content(captured: Path) -> bytes:
    if str(captured) != "-":
        return captured_file.read(captured, MAX_BYTES + 1)
    if sys.stdin is None:
        raise Ot2OtelError("Standard input is closed: name a file.")
    return sys.stdin.buffer.read(MAX_BYTES + 1)
