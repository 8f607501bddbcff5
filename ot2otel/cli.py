"""The command `ot2otel`: parse, call, print."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

import click
from rich.console import Console

from ot2otel import cli_options as options
from ot2otel import recording_file, targets, up
from ot2otel.catalog import EXPORTERS, FLOWS, VARIANTS, Variant
from ot2otel.destination import Destination
from ot2otel.errors import Ot2OtelError
from ot2otel.extractors import read
from ot2otel.fleet import measure
from ot2otel.headers import MAX_BYTES, examine, parse
from ot2otel.model import Trace
from ot2otel.propagation import QUICK, SETTINGS, chosen
from ot2otel.recording import RUN_ID, Recording
from ot2otel.report import document, jaeger_links, terminal
from ot2otel.report import fleet as fleet_report
from ot2otel.report import headers as headers_report
from ot2otel.runner import OpenDestination, Plan, check_exporter, embedded, record
from ot2otel.running_jaeger import DAY, RunInJaeger, RunningJaeger
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


def _path_segment(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a name that the flow could not be asked for: it is one segment of a path."""
    if not value.strip() or "/" in value or value in (".", "..", "favicon.ico") or len(value) > 200:
        raise click.BadParameter("give a name of 1 to 200 characters without a slash.", ctx, param)
    return value


@click.group(cls=_Commands)
@click.version_option(package_name="ot2otel")
def main() -> None:
    """Move Python services from OpenTracing to OpenTelemetry with evidence.

    Exit codes: 0 all well, 1 the answer is no, 2 misused or no answer could be had.
    """
    signal.signal(signal.SIGTERM, _interrupt)


@main.command()
@options.flow
@click.option(
    "--variants",
    type=options.Names(list(VARIANTS)),
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
@options.output
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Directory to write the recordings to."
)
@options.strict
@options.jaeger
@click.option(
    "--target",
    "target_list",
    type=options.TargetType(),
    multiple=True,
    metavar="VARIANT=URL",
    help="Drive a variant that runs already and reports to the Jaeger of --jaeger; once for each variant.",
)
@click.option("--run", default="", help="The targets' run id, if their resource has one (ot2otel.run).")
@click.option(
    "--jaeger-ui",
    type=options.Url(),
    help="Where a browser finds that Jaeger, for the links.  [default: --jaeger]",
)
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
    jaeger: str | None,
    jaeger_agent: tuple[str, int] | None,
    otlp: str | None,
    target_list: Sequence[targets.Target],
    run: str,
    jaeger_ui: str | None,
) -> None:
    """Run a flow in each variant, lay the traces over each other, and judge what changed."""
    started = time.monotonic()
    stored = options.running_jaeger(jaeger, jaeger_agent, otlp)
    ui = jaeger_ui or jaeger
    with Console(stderr=True).status("") as status:
        if target_list:
            if len({target.variant.name for target in target_list}) < len(target_list):
                raise click.UsageError("Name each variant once with --target.")
            drivable = targets.drivable(FLOWS[flow])
            plans = [
                Plan(drivable, target.variant, _exporter(target.variant, exporter), name, times, work)
                for target in target_list
            ]
            urls = [target.url for target in target_list]
            recordings = targets.record(plans, urls, _required(stored), run, status.update)
        else:
            plans = [
                Plan(FLOWS[flow], variant, by, name, times, work)
                for variant in map(VARIANTS.__getitem__, variants)
                for by in variant.exporters
                if exporter in ("all", by) or len(variant.exporters) == 1
            ]
            for plan in plans:
                check_exporter(plan.variant, plan.exporter)
            recordings = record(plans, status.update, _in_jaeger(stored) if stored else embedded)
    if save:
        for recording in recordings:
            recording_file.write(recording, save / f"{flow}-{recording.variant}-{recording.exporter}.json")
    verdicts = [judge(before, after) for before, after in _to_judge(recordings)]
    if output == "json":
        content = document.document(flow, recordings, verdicts, time.monotonic() - started)
        if ui:
            content["jaeger"] = jaeger_links.entry(ui, recordings, verdicts)
        _print_json(content)
    else:
        _print_report(recordings, verdicts)
        if ui:
            _console().print(jaeger_links.links(ui, recordings, verdicts), soft_wrap=True)
    sys.exit(_exit_code(verdicts, strict))


@main.command("up")
@options.flow
@click.option(
    "--variants",
    type=options.Names(list(VARIANTS)),
    default=",".join(VARIANTS),
    show_default=True,
    help="Which to run.",
)
@click.option(
    "--exporter",
    type=click.Choice(list(EXPORTERS)),
    default="otlp",
    show_default=True,
    help="How OpenTelemetry exports; jaeger-client always reports to a Jaeger agent.",
)
@click.option(
    "--work",
    type=click.FloatRange(0, 10),
    default=1.0,
    show_default=True,
    help="Scale of the work's duration.",
)
@options.jaeger
def run_all(
    flow: str,
    variants: Sequence[str],
    exporter: str,
    work: float,
    jaeger: str | None,
    jaeger_agent: tuple[str, int] | None,
    otlp: str | None,
) -> None:
    """Run all variants of a flow on their documented ports and show each trace, until Ctrl-C."""
    stored = options.running_jaeger(jaeger, jaeger_agent, otlp)
    plans = [
        Plan(FLOWS[flow], variant, _exporter(variant, exporter), work=work, documented_ports=True)
        for variant in map(VARIANTS.__getitem__, variants)
    ]
    for plan in plans:
        check_exporter(plan.variant, plan.exporter)
    console, log = _console(), Console(stderr=True)

    def show(trace: Trace) -> None:
        url = jaeger and jaeger_links.trace_url(jaeger, trace.trace_id)
        console.print(terminal.trace(trace, url, console.width))

    try:
        opened = _in_jaeger(stored, up.LOOK_BACK) if stored else up.collector
        with up.running(plans, opened, lambda _: None) as (runs, destination):
            console.print(terminal.services(plans[0].flow, [plan.variant for plan in plans]))
            log.print("Each trace is shown when it is whole. Ctrl-C stops everything.")
            up.watch(runs, destination, show, Event())
    except KeyboardInterrupt:
        log.print("Stopped.")


@main.command("diff")
@click.argument("before", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.output
@options.strict
def diff_recordings(before: Path, after: Path, output: str, strict: bool) -> None:
    """Judge two files of traces: recordings, OTLP/JSON, lines of it, or Jaeger's JSON.

    Which it is, is told by the content. Several traces in a file are paired by their structure.
    """
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
@options.output
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
@options.output
def headers(captured: BinaryIO, output: str) -> None:
    """Say what each variant makes of a request's headers, captured in a file or standard input.

    They come as `Name: value` lines or as JSON.
    """
    report = examine(parse(captured.read(MAX_BYTES + 1)), read)
    if output == "json":
        _print_json(headers_report.document(report))
    else:
        click.echo(headers_report.text(report))


def _exporter(variant: Variant, wanted: str) -> str:
    return wanted if wanted in variant.exporters else variant.exporters[0]


def _required(jaeger: RunningJaeger | None) -> RunningJaeger:
    if jaeger is None:
        raise click.UsageError("Say with --jaeger where the services of --target report to.")
    return jaeger


def _in_jaeger(jaeger: RunningJaeger, look_back: float = DAY) -> OpenDestination:
    """Return what opens a plan's part of a running Jaeger."""
    begun = time.time_ns()

    def opened(plan: Plan, run: str) -> AbstractContextManager[Destination]:
        services = [service.name for service in plan.flow.services]
        return RunInJaeger(jaeger, services, {RUN_ID: run}, begun, look_back)

    return opened


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
    console = _console()
    with console.capture() as captured:
        console.print(terminal.trees(recordings, console.width))
        for judged in verdicts:
            console.print(terminal.verdict(judged))
        if len(verdicts) > 1:
            console.print(*map(terminal.headline, verdicts), sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _console() -> Console:
    console = Console()
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(width=_WIDTH_OF_NO_TERMINAL)


def _print_json(content: document.Json) -> None:
    click.echo(json.dumps(content, indent=1))


def _interrupt(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
