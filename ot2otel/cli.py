"""The command `ot2otel`: parse, call, print."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console

from ot2otel import recording_file
from ot2otel.catalog import EXPORTERS, FLOWS, VARIANTS
from ot2otel.errors import Ot2OtelError
from ot2otel.extractors import read
from ot2otel.fleet import measure
from ot2otel.headers import MAX_BYTES, examine, parse
from ot2otel.propagation import QUICK, SETTINGS, chosen
from ot2otel.recording import Recording
from ot2otel.report import document, terminal
from ot2otel.report import fleet as fleet_report
from ot2otel.report import headers as headers_report
from ot2otel.runner import Plan, check_exporter, record
from ot2otel.verdict import Outcome, Verdict, judge

# Lines of a report that is piped into a file or another program are this long.
_WIDTH_OF_NO_TERMINAL = 160


class _Failure(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Ends with one message and exit code 2 where no answer could be had, as click does with misuse."""

    def invoke(self, ctx: click.Context) -> Any:  # Any: as click declares it
        try:
            return super().invoke(ctx)
        except Ot2OtelError as error:
            raise _Failure(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(128 + signal.SIGINT)


class _Names(click.ParamType[Sequence[str]]):
    """A list of names, separated by commas, out of those that are known."""

    name = "names"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Sequence[str]:  # Any: as click declares it
        names = [name.strip() for name in value.split(",")]
        for name in names:
            if name not in self._known:
                self.fail(f"{name!r} is not one of {', '.join(self._known)}.", param, ctx)
        return list(dict.fromkeys(names))


def _path_segment(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a name that the flow could not be asked for: it is one segment of a path."""
    if not value.strip() or "/" in value or value in (".", "..", "favicon.ico") or len(value) > 200:
        raise click.BadParameter("give a name of 1 to 200 characters without a slash.", ctx, param)
    return value


output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or one JSON document for programs.",
)
strict = click.option("--strict", is_flag=True, help="Exit with 1 where something is degraded, too.")


@click.group(cls=_Commands)
@click.version_option(package_name="ot2otel")
def main() -> None:
    """Move Python services from OpenTracing to OpenTelemetry with evidence.

    Exit codes: 0 all well, 1 the answer is no, 2 misused or no answer could be had.
    """
    signal.signal(signal.SIGTERM, _interrupt)


@main.command()
@click.option(
    "--flow", type=click.Choice(list(FLOWS)), default="hello", show_default=True, help="Program to run."
)
@click.option(
    "--variants",
    type=_Names(list(VARIANTS)),
    default=",".join(VARIANTS),
    show_default=True,
    help="The first is the before, each other one is judged against it.",
)
@click.option(
    "--exporter",
    type=click.Choice([*EXPORTERS, "all"]),
    default="otlp",
    show_default=True,
    help="How OpenTelemetry exports; jaeger-client always reports to a Jaeger agent.",
)
@click.option("--name", default="Bryan", show_default=True, callback=_path_segment, help="Whom to greet.")
@click.option(
    "--requests",
    "times",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Rounds of the flow's requests.",
)
@click.option(
    "--work",
    type=click.FloatRange(0, 10),
    default=0.1,
    show_default=True,
    help="Scale of the work's duration.",
)
@output
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Directory to write the recordings to."
)
@strict
def compare(
    flow: str,
    variants: Sequence[str],
    exporter: str,
    name: str,
    times: int,
    work: float,
    output: str,
    save: Path | None,
    strict: bool,
) -> None:
    """Run a flow in each variant, lay the traces over each other, and judge what changed."""
    started = time.monotonic()
    plans = [
        Plan(FLOWS[flow], variant, by, name, times, work)
        for variant in map(VARIANTS.__getitem__, variants)
        for by in variant.exporters
        if exporter in ("all", by) or len(variant.exporters) == 1
    ]
    for plan in plans:
        check_exporter(plan.variant, plan.exporter)
    with Console(stderr=True).status("") as status:
        recordings = record(plans, status.update)
    if save:
        for recording in recordings:
            recording_file.write(recording, save / f"{flow}-{recording.variant}-{recording.exporter}.json")
    verdicts = [judge(before, after) for before, after in _to_judge(recordings)]
    if output == "json":
        _print_json(document.document(flow, recordings, verdicts, time.monotonic() - started))
    else:
        _print_report(recordings, verdicts)
    sys.exit(_exit_code(verdicts, strict))


@main.command("diff")
@click.argument("before", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output
@strict
def diff_recordings(before: Path, after: Path, output: str, strict: bool) -> None:
    """Judge two saved recordings, or any two OTLP/JSON documents."""
    started = time.monotonic()
    recordings = [recording_file.read(before), recording_file.read(after)]
    judged = judge(recordings[0], recordings[1])
    if output == "json":
        _print_json(document.document(recordings[0].flow, recordings, [judged], time.monotonic() - started))
    else:
        _print_report(recordings, [judged])
    sys.exit(_exit_code([judged], strict))


@main.command()
@click.option("--quick", is_flag=True, help="Only each variant's default and the composite propagator.")
@click.option(
    "--from",
    "callers",
    metavar="SET",
    multiple=True,
    help="Only these as server-1: native, jaeger or native/jaeger. May be given several times.",
)
@click.option("--to", "callees", metavar="SET", multiple=True, help="Only these as server-2.")
@output
def fleet(quick: bool, callers: Sequence[str], callees: Sequence[str], output: str) -> None:
    """Let every variant call every other with every propagator, and say what survives."""
    started = time.monotonic()
    settings = QUICK if quick else SETTINGS
    pairs = list(product(chosen(callers, settings), chosen(callees, settings)))
    check_exporter(VARIANTS["native"], "otlp")
    with Console(stderr=True).status("") as status:
        cells = measure(pairs, status.update)
    seconds = time.monotonic() - started
    if output == "json":
        _print_json(fleet_report.document(cells, seconds))
    else:
        click.echo(f"{fleet_report.text(cells)}\n\n{len(cells)} pairs measured in {seconds:.1f} s")


@main.command()
@click.argument("captured", type=click.File("rb"), default="-")
@output
def headers(captured: BinaryIO, output: str) -> None:
    """Say what each variant makes of a request's headers, captured in a file or standard input.

    They come as `Name: value` lines or as JSON.
    """
    report = examine(parse(captured.read(MAX_BYTES + 1)), read)
    if output == "json":
        _print_json(headers_report.document(report))
    else:
        click.echo(headers_report.text(report))


def _to_judge(recordings: Sequence[Recording]) -> list[tuple[Recording, Recording]]:
    """Pair the first variant's recording, over the same exporter if there is one, with every other's."""
    befores = {
        recording.exporter: recording
        for recording in recordings
        if recording.variant == recordings[0].variant
    }
    return [
        (befores.get(after.exporter, recordings[0]), after)
        for after in recordings
        if after.variant != recordings[0].variant
    ]


def _exit_code(verdicts: Sequence[Verdict], strict: bool) -> int:
    bad = {Outcome.DIFFERENT, Outcome.DEGRADED} if strict else {Outcome.DIFFERENT}
    return int(any(judged.outcome in bad for judged in verdicts))


def _print_report(recordings: Sequence[Recording], verdicts: Sequence[Verdict]) -> None:
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(width=_WIDTH_OF_NO_TERMINAL)
    with console.capture() as captured:
        console.print(terminal.trees(recordings, console.width))
        for judged in verdicts:
            console.print(terminal.verdict(judged))
        if len(verdicts) > 1:
            console.print(*map(terminal.headline, verdicts), sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _print_json(content: document.Json) -> None:
    click.echo(json.dumps(content, indent=1))


def _interrupt(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
