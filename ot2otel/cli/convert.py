"""`ot2otel convert`: turns a file of spans into Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from ot2otel.cli import printing
from ot2otel.outline import printable_lines


@click.command("convert", epilog="Example: ot2otel convert monday.jsonl -o monday.parquet")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Parquet file to write, with the columns of the Collector's ClickHouse exporter.",
)
@click.option("--overwrite", is_flag=True, help="Replace the output if it exists.")
def command(source: Path, output: Path, overwrite: bool) -> None:
    """Convert FILE into Parquet, for `ot2otel population` and for engines.

    FILE is what `diff` reads: a recording, OTLP in JSON lines, Jaeger's JSON, ...; - is standard input. Lines
    are read one at a time, so memory does not grow with the file. The output is complete or not there. A last
    line that is cut is reported, and all before it is converted.
    """
    if str(output) == "-":
        raise click.UsageError("Parquet can't be written to standard output: name a file.")
    from ot2otel.population.conversion import convert  # in here: the help needs no pyarrow

    with printing.activity() as show:
        converted = convert(source, output, overwrite, show)
    for problem in converted.problems:
        _say(f"{source}: {problem}")
    if converted.answers:
        _say(f"{source}: {converted.answers:,} answers are not converted; Parquet has the spans alone.")
    _say(f"{output}: {converted.spans:,} span{'' if converted.spans == 1 else 's'}.")


def _say(text: str) -> None:
    click.echo(printable_lines(text), err=True)
