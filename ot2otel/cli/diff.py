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

from ot2otel.acceptance import AcceptanceError
from ot2otel.acceptance.settings import same_addresses
from ot2otel.cli import pages
from ot2otel.cli.delivery import Judging
from ot2otel.cli.judging import Asked, asked_options
from ot2otel.compare.verdict import Known, NothingToCompareError, Verdict, judge_read, measured_noise
from ot2otel.model import Span
from ot2otel.recording_file import STDIN, RecordingReader, open_recording
from ot2otel.report import json

_T = TypeVar("_T")
_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
# The bar moves after so many bytes.
_STEP = 1_000_000


class SameAddresses(click.ParamType[tuple[str, str]]):
    """Two addresses: A=B."""

    name = "a=b"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:  # Any: as click declares it
        """Return the before's address and the after's."""
        try:
            return same_addresses(value)
        except AcceptanceError as error:
            self.fail(str(error), param, ctx)


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
@asked_options
def command(
    before: Path, after: Path, noise: Path | None, same: Sequence[tuple[str, str]], asked: Asked
) -> None:
    """Judge two files of traces: recordings, OTLP in JSON or protobuf, Jaeger's JSON, or Zipkin's.

    The content decides the format; gzip is unpacked. One file may be standard input, `-`. Traces are paired
    by their content, in any order.
    """
    _check_it_is_read_once(before, after, noise, asked)
    started = time.monotonic()
    judging = Judging.begin(asked, dict(same))
    known = Known(
        same=judging.same,
        noise=_compared(before, noise, measured_noise) if noise else None,
        evidence=asked.html is not None,
    )
    verdicts = [_compared(before, after, lambda old, new: judge_read(old, new, known))]
    ending = judging.ending(verdicts)

    def content() -> json.Json:
        seconds = time.monotonic() - started
        found = json.document(ending.verdicts, seconds, everything=asked.everything)
        return found | json.ending_entries(ending)

    judging.deliver(ending, judging.text(ending), content)
    if asked.html:
        pages.write(asked.html, lambda: _page(ending.verdicts[0], before, after))
    sys.exit(ending.exit_code)


def _page(verdict: Verdict, before: Path, after: Path) -> str:
    from ot2otel.report import html  # in here: nothing else needs Jinja

    shown = html.Judged(verdict, lambda: _spans(before), lambda: _spans(after), (before.name, after.name))
    return html.page([shown], f"diff {before.name} {after.name}")


def _spans(path: Path) -> Iterator[Span]:
    """Read the spans of a file again, as they were compared."""
    with open_recording(path) as reader:
        yield from map(reader.head.normalizer(), reader.spans())


def _check_it_is_read_once(before: Path, after: Path, noise: Path | None, asked: Asked) -> None:
    """Raise click.UsageError if standard input would be read twice: by --noise the before, by --html both."""
    reads = [before, after, *([before, noise] if noise else []), *([before, after] if asked.html else [])]
    if reads.count(STDIN) > 1:
        raise click.UsageError("Standard input, `-`, can be read once only.")


def _compared(before: Path, after: Path, compare: Callable[[RecordingReader, RecordingReader], _T]) -> _T:
    """Read and compare the files; on a terminal show how far it is."""
    errors = Console(stderr=True)
    with (
        Progress(console=errors, transient=True, disable=not errors.is_terminal, refresh_per_second=4) as bar,
        _opened(before, bar) as old,
        _opened(after, bar) as new,
    ):
        try:
            return compare(old, new)
        except NothingToCompareError as error:
            read = ((before, old), (after, new))
            problems = [f" {path.name}: {problem}." for path, each in read for problem in each.problems]
            raise NothingToCompareError(f"{error}{''.join(problems)}") from error


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
