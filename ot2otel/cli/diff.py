"""`ot2otel diff`: judges two files of traces."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from ot2otel.cli import judging, printing
from ot2otel.compare.verdict import Known, judge_read, measured_noise
from ot2otel.recording_file import RecordingReader, open_recording
from ot2otel.report.json import document

_T = TypeVar("_T")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# The bar moves after so many bytes.
_STEP = 1_000_000


class SameAddresses(click.ParamType[tuple[str, str]]):
    """Two addresses: A=B."""

    name = "a=b"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:  # Any: as click declares it
        """Return the before's address and the after's."""
        old, _, new = value.partition("=")
        if not old or not new:
            self.fail(f"{value!r} is not two addresses like db-1:5432=db-2:5432.", param, ctx)
        return old, new


@click.command("diff", epilog="Example: ot2otel diff before.jsonl after.jsonl --strict")
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option(
    "--noise",
    type=_FILE,
    metavar="BEFORE2",
    help="A second run of the unchanged program: what differs there is noise.",
)
@click.option(
    "--same",
    type=SameAddresses(),
    multiple=True,
    metavar="A=B",
    help="Host, host:port or id A of the before is B in the after; may be repeated.",
)
@judging.asked
def command(
    before: Path, after: Path, noise: Path | None, same: Sequence[tuple[str, str]], asked: judging.Asked
) -> None:
    """Judge two files of traces: recordings, OTLP/JSON, OTLP/JSON lines, or Jaeger's JSON.

    The content decides the format. Traces are paired by their content, in any order.
    """
    started = time.monotonic()
    known = Known(same=dict(same), noise=_compared(before, noise, measured_noise) if noise else None)
    verdicts = [_compared(before, after, lambda old, new: judge_read(old, new, known))]
    if asked.output == "json":
        seconds = time.monotonic() - started
        printing.print_json(document(verdicts, seconds, everything=asked.everything))
    else:
        judging.print_verdicts(verdicts, asked)
    sys.exit(judging.exit_code(verdicts, asked.strict))


def _compared(before: Path, after: Path, compare: Callable[[RecordingReader, RecordingReader], _T]) -> _T:
    """Read and compare the files; on a terminal show how far it is."""
    errors = Console(stderr=True)
    with (
        Progress(console=errors, transient=True, disable=not errors.is_terminal, refresh_per_second=4) as bar,
        _opened(before, bar) as old,
        _opened(after, bar) as new,
    ):
        return compare(old, new)


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
