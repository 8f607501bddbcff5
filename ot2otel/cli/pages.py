"""The option `--html` of commands that also write a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ot2otel.cli import options
from ot2otel.errors import Ot2OtelError
from ot2otel.whole_file import write_whole


def _writable(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Refuse, before anything is measured, a page that cannot be made or written."""
    if value is not None:
        try:
            import jinja2  # noqa: F401  # in here: only a page needs it
        except ImportError as error:
            raise Ot2OtelError(f"A page needs Jinja ({error}): pip install 'ot2otel[html]'.") from error
        options.writable(value, ctx, param)
    return value


html = click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    callback=_writable,
    help="Also write a page to look at.",
)


def write(path: Path, make: Callable[[], str]) -> None:
    """Write a page; raise Ot2OtelError if the system refuses it. After that an existing page is as it was."""
    page = make()
    try:
        write_whole([page], path)
    except OSError as error:
        raise Ot2OtelError(f"{path} can't be written: {error.strerror}.") from error
    click.echo(f"Wrote {path}, {len(page.encode()) / 1000:,.0f} kB.", err=True)
