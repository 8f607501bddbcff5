"""The options of a command that judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click

from ot2otel.acceptance import AcceptanceError, FailOn, Settings
from ot2otel.acceptance.fail_on import NEVER
from ot2otel.cli import options, pages

FORMATS = ("text", "json", "markdown", "junit", "github")

# A format and the file for it; None is the format of --format.
Target: TypeAlias = tuple[str | None, Path]


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of the options of a command that judges."""

    output: str
    files: Sequence[Target]
    everything: bool
    strict: bool
    fail_on: Sequence[str]
    accept: Path | None
    explain: bool
    trees: bool
    html: Path | None = None

    def __post_init__(self) -> None:
        """Raise click.UsageError for --all without --format json, and where `never` cannot hold."""
        if self.everything and "json" not in self.formats:
            raise click.UsageError("--all needs --format json. For people: --explain.")
        paths = [path for _, path in self.files]
        if len(set(paths)) < len(paths):
            raise click.UsageError("-o names one file twice: each report needs a file of its own.")
        if self.strict and NEVER in self.fail_on:
            raise click.UsageError("--strict and --fail-on never exclude each other.")

    @property
    def formats(self) -> set[str]:
        """All formats that are written."""
        return {format or self.output for format, _ in self.files} | {self.output}

    def fails(self, settings: Settings) -> FailOn:
        """Return what fails: as the command line says, else as the settings say."""
        words = list(self.fail_on or settings.fail_on)
        if self.strict:
            words = [*(word for word in words if word != NEVER), "degraded"]
        return FailOn.of(words)


class _FailOnWords(click.ParamType[Sequence[str]]):
    """Words of `FailOn`, separated by commas."""

    name = "word,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Sequence[str]:  # Any: as click declares it
        words = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
        try:
            FailOn.of(words)
        except AcceptanceError as error:
            self.fail(str(error), param, ctx)
        return list(words)


class _Target(click.ParamType[Target]):
    """A file, with a format and a colon before it where it has one of its own."""

    name = "[format:]file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Target:  # Any: as click declares it
        first, colon, rest = value.partition(":")
        if colon and first.isalpha() and first not in FORMATS:
            self.fail(
                f"{first!r} is no format: {', '.join(FORMATS)} are. A file of that name is ./{value}.",
                param,
                ctx,
            )
        format, path = (first, rest) if colon and first in FORMATS else (None, value)
        if not path:
            self.fail("Name a file.", param, ctx)
        return format, options.writable(Path(path), ctx, param)


asked_options = options.grouped(
    "asked",
    Asked,
    click.option(
        "--format",
        "output",
        type=click.Choice(FORMATS),
        default="text",
        metavar="FORMAT",
        help="text (the default), json, markdown, junit, or github for annotations.",
    ),
    click.option(
        "-o",
        "--output",
        "files",
        type=_Target(),
        multiple=True,
        help="Write the report to FILE; with FORMAT, write that one as well. May be repeated.",
    ),
    click.option("--all", "everything", is_flag=True, help="In JSON: every fact with its grade."),
    options.strict,
    click.option(
        "--fail-on",
        type=_FailOnWords(),
        default=(),
        help="Exit with 1 also for findings of these grades: degraded, new, noise, improved, added, "
        "translated, bookkeeping; equivalent names all of them, and with never nothing exits with 1.",
    ),
    click.option(
        "--accept",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Findings that do not count, as `ot2otel accept` writes them.",
    ),
    click.option("--explain", is_flag=True, help="Show every finding, with rule and source."),
    click.option("--trees", is_flag=True, help="Show the trees of all traces."),
    pages.html,
)
