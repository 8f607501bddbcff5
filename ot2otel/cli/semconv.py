"""`ot2otel semconv`: the renames of the semantic conventions that concern a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ot2otel.cli import options, printing
from ot2otel.compare import conventions
from ot2otel.compare.conventions import NEWEST, Version
from ot2otel.outline import printable
from ot2otel.recording_file import open_recording
from ot2otel.report import conventions as report


class VersionType(click.ParamType[Version]):
    """A version of the semantic conventions."""

    name = "version"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Version:  # Any: as click declares it
        """Return the three numbers of a version that the published table knows."""
        found = value if isinstance(value, tuple) else conventions.version(value)
        if found is None:
            self.fail(f"{value!r} is not a version like 1.21.0.", param, ctx)
        if found > NEWEST:
            self.fail(f"{value} is newer than {conventions.named(NEWEST)}, the newest known.", param, ctx)
        return found


@click.command("semconv", epilog="Example: ot2otel semconv traces.json --from 1.20 --to 1.44")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--from", "after", type=VersionType(), help="Only changes after this version.")
@click.option(
    "--to",
    "until",
    type=VersionType(),
    default=conventions.named(NEWEST),
    show_default=True,
    help="Only changes up to this version.",
)
@options.output
def command(file: Path, after: Version | None, until: Version, output: str) -> None:
    """Show what newer semantic conventions change in a FILE of traces: its keys that were renamed.

    If the file names its version in a schema URL, that is shown, too.
    """
    if after and after > until:
        raise click.UsageError("--from must not be newer than --to.")
    with open_recording(file) as reader:
        found = conventions.keys(reader.spans())
        schemas = conventions.versions_of(reader.schemas)
        problems = reader.problems
    for problem in problems:
        click.echo(printable(f"{file}: {problem}"), err=True)
    concerned = conventions.concerns(found, after, until)
    asked = report.Asked(str(file), found.spans, schemas, after, until)
    if output == "json":
        printing.print_json(report.document(asked, concerned))
    else:
        click.echo("\n".join(map(printable, report.text(asked, concerned).splitlines())))
