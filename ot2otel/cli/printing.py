"""How commands print: a report for people, or one JSON document for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console

from ot2otel.compare.verdict import Verdict
from ot2otel.recording import Recording
from ot2otel.report import text
from ot2otel.report.json import Json

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


def print_json(content: Json) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(content, indent=1))


def print_verdicts(recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> None:
    """Print each recording's traces and each verdict for people."""
    with printed() as printing:
        printing.print(text.trees(recordings, printing.width))
        for judged in verdicts:
            printing.print(text.verdict(judged))
        if len(verdicts) > 1:
            printing.print(*map(text.headline, verdicts), sep="\n")
