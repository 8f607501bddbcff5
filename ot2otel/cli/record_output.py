"""The file that `ot2otel record` writes: JSON lines, or Parquet made of them at the end."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ot2otel.cli import options, printing
from ot2otel.errors import Ot2OtelError
from ot2otel.recording import Recording
from ot2otel.recording_file import Appender
from ot2otel.recording_file.appending import STDOUT


@dataclass(frozen=True, slots=True)
class Output:
    """The values of the options for the file.

    Parquet can't be read before it is complete, so spans are recorded as JSON lines beside it first: whatever
    ends the recording, they stay.
    """

    path: Path
    overwrite: bool
    form: str

    def appender(self, head: Recording | None = None) -> Appender:
        """Return the file for JSON lines; raise Ot2OtelError if Parquet can't be made of it."""
        if self.form == "parquet":
            self._check()
        return Appender(self.lines, self.overwrite, head or Recording(()))

    @property
    def lines(self) -> Path:
        """The file of JSON lines."""
        return self.path if self.form == "jsonl" else self.path.with_name(f"{self.path.name}.jsonl")

    def finish(self, spans: int) -> Iterator[str]:
        """Make Parquet of the lines, if that is wanted and a span arrived; yield sentences about the rest."""
        if self.form == "jsonl" or not spans:
            return
        from ot2otel.population.conversion import convert  # _check has told if it is not there

        with printing.activity() as show:
            converted = convert(self.lines, self.path, self.overwrite, show)
        yield from converted.problems
        if converted.answers:
            yield f"{self.lines} stays: it has the answers, and Parquet has the spans alone."
        elif not converted.is_complete:
            yield f"{self.lines} stays: its end could not be converted."
        else:
            self.lines.unlink()

    def _check(self) -> None:
        if self.path == STDOUT:
            raise click.UsageError("Parquet can't be written to standard output: name a file.")
        try:
            importlib.import_module("ot2otel.population.conversion")
        except ModuleNotFoundError as error:
            raise Ot2OtelError(
                f"--format parquet needs {error.name}, which is not installed: pip install "
                "'ot2otel[population]'."
            ) from error
        if self.path.exists() and not self.overwrite:
            raise Ot2OtelError(f"{self.path} exists. Name another file, or replace it with --overwrite.")


output = options.grouped(
    "output",
    Output,
    click.option(
        "-o",
        "--output",
        "path",
        required=True,
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="File of the recording; - is standard output.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace FILE if it exists."),
    click.option(
        "--format",
        "form",
        type=click.Choice(["jsonl", "parquet"]),
        default="jsonl",
        show_default=True,
        help="JSON lines, or Parquet for `population` and engines.",
    ),
)
