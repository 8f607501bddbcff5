"""How commands print: a report for people, or one JSON document for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console

# Lines of a report that is piped into a file or another program are this long.
_WIDTH_OF_NO_TERMINAL = 160


def console() -> Console:
    """Return standard output, with lines of a fixed length where it is no text."""
    found = Console()
    if found.is_terminal or "COLUMNS" in os.environ:
        return found
    return Console(width=_WIDTH_OF_NO_TERMINAL)


@contextmanager
def printed() -> Iterator[Console]:
    """Print what the console is given, in the end and without blanks at the ends of lines."""
    printing = console()
    with printing.capture() as captured:
        yield printing
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def print_json(content: Mapping[str, Any]) -> None:  # Any: JSON
    """Print one JSON document."""
    click.echo(json.dumps(content, indent=1))
