"""Prints a report for people, or one JSON document for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from ot2otel.outline import printable

# The width of a report in a file or a pipe.
_WIDTH_WITHOUT_TERMINAL = 160


def console() -> Console:
    """Return standard output; it has a fixed width if it is not a terminal and COLUMNS is not set."""
    found = Console()
    if found.is_terminal or "COLUMNS" in os.environ:
        return found
    return Console(width=_WIDTH_WITHOUT_TERMINAL)


@contextmanager
def activity() -> Iterator[Callable[[str], None]]:
    """Give a function that shows the current activity on standard error, if that is a terminal."""
    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(Text(printable(text)))


@contextmanager
def printed() -> Iterator[Console]:
    """Give a console, and print its text at the end of the block, without blanks at the ends of lines."""
    printing = console()
    with printing.capture() as captured:
        yield printing
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def print_json(content: Mapping[str, Any]) -> None:  # Any: JSON
    """Print one JSON document."""
    click.echo(json.dumps(content, indent=1))
