"""`ot2otel headers`: how each variant reads a captured request's headers."""

from __future__ import annotations

from typing import BinaryIO

import click

from ot2otel.cli import options, printing
from ot2otel.headers import report
from ot2otel.headers.captured import MAX_BYTES, parse
from ot2otel.headers.examination import examine


@click.command("headers", epilog="Example: ot2otel headers captured-headers.txt")
@click.argument("captured", type=click.File("rb"), default="-")
@options.output
def command(captured: BinaryIO, output: str) -> None:
    """Show how each variant reads the trace headers of a captured request.

    CAPTURED is a file with `Name: value` lines or JSON. Without it, standard input is read.
    """
    from ot2otel.headers.extractors import extract  # in here: it imports every tracing library

    examined = examine(parse(captured.read(MAX_BYTES + 1)), extract)
    if output == "json":
        printing.print_json(report.document(examined))
    else:
        click.echo(report.text(examined))
