"""`ot2otel headers`: how each variant reads a captured request's headers."""

from __future__ import annotations

from pathlib import Path

import click

from ot2otel.cli import captured_file, options, printing
from ot2otel.headers import report
from ot2otel.headers.captured import MAX_BYTES, HeadersError, parse
from ot2otel.headers.examination import examine
from ot2otel.outline import printable_lines


@click.command("headers", epilog="Example: ot2otel headers captured-headers.txt")
@click.argument(
    "captured", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), default="-"
)
@options.output
def command(captured: Path, output: str) -> None:
    """Show how each variant reads the trace headers of a captured request.

    The variants are legacy, shim, native and auto, with each propagator. CAPTURED is a file with
    `Name: value` lines or JSON. Without it, standard input is read.
    """
    from ot2otel.headers.extractors import extract  # in here: it imports every tracing library

    try:
        headers = parse(captured_file.read_or_stdin(captured, MAX_BYTES + 1))
    except HeadersError as error:
        raise HeadersError(f"{captured}: {error}") from error
    examined = examine(headers, extract)
    if output == "json":
        printing.print_json(report.document(examined))
    else:
        click.echo(printable_lines(report.text(examined)))
