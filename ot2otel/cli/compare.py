"""`ot2otel compare`: runs a flow in each variant and judges the recordings."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from ot2otel import recording_file
from ot2otel.capture.environment import SAMPLERS
from ot2otel.cli import options, pages, printing
from ot2otel.cli.delivery import Judging
from ot2otel.cli.judging import Asked, asked_options
from ot2otel.compare.verdict import Known, Verdict, judge
from ot2otel.lab import attached
from ot2otel.lab.catalog import COMPARABLE, FLOWS, Flow, Variant
from ot2otel.lab.installed import check_runnable
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import embedded, in_jaeger, record
from ot2otel.outline import printable
from ot2otel.receive.jaeger.running import RunningJaeger
from ot2otel.recording import Recording
from ot2otel.report import forest, json, links

_Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Load:
    """The load on each variant, and the settings of its services."""

    exporter: str
    name: str
    times: int
    work: float
    sampler: str
    console: bool


@dataclass(frozen=True, slots=True)
class _Attachment:
    """Services that run already, and the id of their run; `run` is "" if their resource has none."""

    services: Sequence[attached.AttachedService]
    run: str


def _path_segment(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a name that is not one segment of a URL's path."""
    if not value.strip() or "/" in value or value in (".", "..", "favicon.ico") or len(value) > 200:
        raise click.BadParameter("Give a name of 1 to 200 characters without a slash.", ctx, param)
    return value


def _each_once(
    ctx: click.Context, param: click.Parameter, value: Sequence[attached.AttachedService]
) -> Sequence[attached.AttachedService]:
    if len({service.variant.name for service in value}) < len(value):
        raise click.BadParameter("Name each variant only once with --target.", ctx, param)
    return value


_load = options.grouped(
    "load",
    _Load,
    options.exporter("all"),
    click.option("--name", default="Bryan", show_default=True, callback=_path_segment, help="Name to greet."),
    click.option(
        "--requests",
        "times",
        type=click.IntRange(1, 1000),
        default=1,
        metavar="N",
        show_default=True,
        help="How often to send each request.",
    ),
    options.work(0.1),
    click.option(
        "--sampler",
        type=click.Choice(list(SAMPLERS)),
        default="always_on",
        metavar="NAME",
        help="always_on (the default) or always_off, which compares the answers only.",
    ),
    click.option("--console", is_flag=True, help="Show the services' logs and spans."),
)
_attached = options.grouped(
    "attachment",
    _Attachment,
    click.option(
        "--target",
        "services",
        type=options.AttachedServiceType(),
        multiple=True,
        callback=_each_once,
        metavar="VARIANT=URL",
        help="Drive a variant that runs already, with --jaeger. May be repeated.",
    ),
    click.option(
        "--run", default="", metavar="ID", help="With --target: the `ot2otel.run` of its resource, if any."
    ),
)


def _usable(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """Make the directory; raise click.BadParameter, before anything runs, if it can't be written into."""
    if value is not None:
        try:
            value.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.BadParameter(f"{value} can't be made: {error.strerror}.", ctx, param) from error
        options.writable(value / "recording.jsonl", ctx, param)
    return value


@click.command("compare", epilog="Example: ot2otel compare --flow orders --exporter all")
@options.flow
@options.variants("Variants to run. Each is compared with the first.", COMPARABLE)
@_load
@asked_options
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    callback=_usable,
    help="Write the recordings to this directory.",
)
@options.jaeger
@_attached
def command(
    flow: str,
    variants: Sequence[str],
    load: _Load,
    asked: Asked,
    save: Path | None,
    jaeger: options.JaegerOptions,
    attachment: _Attachment,
) -> None:
    """Run an example, a flow, in each variant; judge how its traces differ."""
    started = time.monotonic()
    judging = Judging.begin(asked)
    _check_formats(asked, attachment.services or variants)
    with printing.activity() as progress:
        recordings = (
            _recorded_from(attachment, flow, load, jaeger.running, progress)
            if attachment.services
            else _recorded(FLOWS[flow], variants, load, jaeger.running, progress)
        )
    if save:
        for recording in recordings:
            recording_file.write(recording, save / f"{flow}-{recording.variant}-{recording.exporter}.jsonl")
    known = Known(evidence=asked.html is not None)
    ending = judging.ending([judge(before, after, known) for before, after in _to_judge(recordings)])

    def content() -> json.Json:
        found = json.document(ending.verdicts, time.monotonic() - started, everything=asked.everything)
        found |= json.ending_entries(ending) | {"recordings": json.recordings(recordings)}
        if jaeger.ui:
            found["jaeger"] = links.entry(jaeger.ui, recordings, ending.verdicts)
        return found

    def text(console: Console) -> str:
        parts = [judging.text(ending)(console) if ending.verdicts else _trees(recordings)]
        if jaeger.ui:
            with console.capture() as captured:
                console.print(links.links(jaeger.ui, recordings, ending.verdicts), soft_wrap=True)
            parts.append(captured.get())
        return "".join(parts)

    judging.deliver(ending, text, content)
    if asked.html:
        pages.write(asked.html, lambda: _page(ending.verdicts, flow))
    sys.exit(ending.exit_code)


def _check_formats(asked: Asked, variants: Sequence[object]) -> None:
    """Refuse a format that only verdicts have where one variant is compared with none."""
    if len(variants) > 1:
        return
    if asked.html:
        raise click.UsageError("--html needs a comparison: name two variants or more.")
    if alone := sorted(asked.formats - {"text", "json"}):
        raise click.UsageError(f"--format {alone[0]} is for verdicts: name two variants.")


def _trees(recordings: Sequence[Recording]) -> str:
    """Return the recordings as trees, without blanks at the ends of lines."""
    console = printing.console()
    with console.capture() as captured:
        console.print(forest.trees(recordings, console.width))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _page(verdicts: Sequence[Verdict], flow: str) -> str:
    from ot2otel.report import html  # in here: nothing else needs Jinja

    return html.page([html.of_recordings(verdict) for verdict in verdicts], f"compare · flow {flow}")


def _recorded(
    flow: Flow, variants: Sequence[str], load: _Load, jaeger: RunningJaeger | None, progress: _Progress
) -> list[Recording]:
    """Run the variants here."""
    for variant in map(COMPARABLE.__getitem__, variants):
        if not variant.has(flow.name):
            flows = " and ".join(variant.flows)
            raise click.UsageError(f"{variant.name} has the flows {flows} alone: leave it out of --variants.")
    plans = [
        _plan(flow, variant, exporter, load)
        for variant in map(COMPARABLE.__getitem__, variants)
        for exporter in variant.exporters_for(load.exporter)
    ]
    for each in plans:
        check_runnable(each.variant, each.exporter)
    return record(
        plans,
        progress=progress,
        open_destination=in_jaeger(jaeger) if jaeger else embedded,
        show=lambda line: click.echo(printable(line), err=True),
    )


def _recorded_from(
    attachment: _Attachment, flow: str, load: _Load, jaeger: RunningJaeger | None, progress: _Progress
) -> list[Recording]:
    """Drive services that run already."""
    if jaeger is None:
        raise click.UsageError("Name with --jaeger the Jaeger to which the services of --target report.")
    if load.sampler != "always_on" or load.console:
        raise click.UsageError(
            "--sampler and --console need services that `compare` starts: leave them out with --target."
        )
    drivable = attached.drivable(FLOWS[flow])
    plans = [
        _plan(drivable, service.variant, service.variant.exporter(load.exporter), load)
        for service in attachment.services
    ]
    urls = [service.url for service in attachment.services]
    return attached.record(plans, urls, jaeger, attachment.run, progress)


def _plan(flow: Flow, variant: Variant, exporter: str, load: _Load) -> Plan:
    return Plan(
        flow,
        variant,
        exporter,
        name=load.name,
        times=load.times,
        work=load.work,
        sampler=load.sampler,
        console=load.console,
    )


def _to_judge(recordings: Sequence[Recording]) -> list[tuple[Recording, Recording]]:
    """Pair each other variant's recording with the first variant's, over the same exporter if possible."""
    first = {
        recording.exporter: recording
        for recording in recordings
        if recording.variant == recordings[0].variant
    }
    return [
        (first.get(after.exporter, recordings[0]), after)
        for after in recordings
        if after.variant != recordings[0].variant
    ]
