"""The option `--html` of commands that also write a page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import click

from ot2otel.errors import Ot2OtelError


def _writable(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Refuse, before anything is measured, a page that cannot be made or written."""
    if value is not None:
        try:
            import jinja2  # noqa: F401  # in here: only a page needs it
        except ImportError as error:
            raise Ot2OtelError(f"A page needs Jinja ({error}): pip install 'ot2otel[html]'.") from error
        if not value.parent.is_dir():
            raise click.BadParameter(f"The directory {value.parent} does not exist.", ctx, param)
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
    page = make().encode()
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(page)  # such as a pipe
        else:
            _replace(path, page)
    except OSError as error:
        raise Ot2OtelError(f"{path} can't be written: {error.strerror}.") from error
    click.echo(f"Wrote {path}, {len(page) / 1000:,.0f} kB.", err=True)


def _replace(path: Path, page: bytes) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(page)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
