"""`ot2otel diff`: judges two files of traces."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from ot2otel.cli import judging, printing
from ot2otel.compare.verdict import Verdict, judge_read
from ot2otel.recording_file import RecordingReader, open_recording
from ot2otel.report.json import document

# The bar moves after so many bytes.
_STEP = 1_000_000


@click.command("diff", epilog="Example: ot2otel diff before.json after.json --strict")
@click.argument("before", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@judging.asked
def command(before: Path, after: Path, asked: judging.Asked) -> None:
    """Judge two files of traces: recordings, OTLP/JSON, OTLP/JSON lines, or Jaeger's JSON.

    The content decides the format. Several traces in a file are paired by their structure.
    """
    started = time.monotonic()
    verdicts = [_judged(before, after)]
    if asked.output == "json":
        seconds = time.monotonic() - started
        printing.print_json(document(verdicts, seconds, everything=asked.everything))
    else:
        judging.print_verdicts(verdicts, asked)
    sys.exit(judging.exit_code(verdicts, asked.strict))


def _judged(before: Path, after: Path) -> Verdict:
    """Read and judge the files; on a terminal show how far it is."""
    errors = Console(stderr=True)
    with (
        Progress(console=errors, transient=True, disable=not errors.is_terminal, refresh_per_second=4) as bar,
        _opened(before, bar) as old,
        _opened(after, bar) as new,
    ):
        return judge_read(old, new)


@contextmanager
def _opened(path: Path, bar: Progress) -> Iterator[RecordingReader]:
    task = bar.add_task(f"Read {path.name}", total=None)
    shown = 0

    def show(read: int, size: int | None) -> None:
        nonlocal shown
        if read - shown >= _STEP or read == size:
            shown = read
            bar.update(task, completed=read, total=size)
        if bar.tasks and all(each.finished for each in bar.tasks):
            bar.add_task("Compare", total=None)

    with open_recording(path, show) as reader:
        yield reader
