"""`ot2otel headers`: a captured request's headers, as each variant reads them."""

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
    """Say what each variant makes of a request's headers, captured in a file or standard input.

    They come as `Name: value` lines or as JSON.
    """
    from ot2otel.headers.extractors import extract  # in here: it imports every tracing library

    examined = examine(parse(captured.read(MAX_BYTES + 1)), extract)
    if output == "json":
        printing.print_json(report.document(examined))
    else:
        click.echo(report.text(examined))
