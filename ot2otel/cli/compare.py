"""`ot2otel compare`: a flow run in each variant, and judged."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from ot2otel import recording_file
from ot2otel.capture.environment import SAMPLERS
from ot2otel.cli import options, printing
from ot2otel.compare.verdict import judge
from ot2otel.lab import attached
from ot2otel.lab.catalog import EXPORTERS, FLOWS, VARIANTS
from ot2otel.lab.installed import check_exporter
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import embedded, in_jaeger, record
from ot2otel.recording import Recording
from ot2otel.report import links
from ot2otel.report.json import document


def _path_segment(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a name that the flow could not be asked for: it is one segment of a path."""
    if not value.strip() or "/" in value or value in (".", "..", "favicon.ico") or len(value) > 200:
        raise click.BadParameter("give a name of 1 to 200 characters without a slash.", ctx, param)
    return value


def _each_once(
    ctx: click.Context, param: click.Parameter, value: Sequence[attached.Target]
) -> Sequence[attached.Target]:
    if len({target.variant.name for target in value}) < len(value):
        raise click.BadParameter("Name each variant once with --target.", ctx, param)
    return value


@click.command("compare")
@options.flow
@options.variants("The first is the before, each other one is judged against it.")
@click.option(
    "--exporter",
    type=click.Choice([*EXPORTERS, "all"]),
    default="otlp",
    show_default=True,
    help=options.EXPORTER_HELP,
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
@options.work(0.1)
@click.option(
    "--sampler",
    type=click.Choice(list(SAMPLERS)),
    default="always_on",
    show_default=True,
    help="What the services sample; where it is nothing, only the answers are compared.",
)
@click.option("--console", is_flag=True, help="Show the services' logs, their spans among them.")
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
    callback=_each_once,
    metavar="VARIANT=URL",
    help="Drive a variant that runs already and reports to the Jaeger of --jaeger; once for each variant.",
)
@click.option("--run", default="", help="The targets' run id, if their resource has one (ot2otel.run).")
@click.option(
    "--jaeger-ui",
    type=options.Url(),
    help="Where a browser finds that Jaeger, for the links.  [default: --jaeger]",
)
def command(
    flow: str,
    variants: Sequence[str],
    exporter: str,
    name: str,
    times: int,
    work: float,
    sampler: str,
    console: bool,
    output: str,
    save: Path | None,
    strict: bool,
    jaeger: str | None,
    jaeger_agent: tuple[str, int] | None,
    otlp: str | None,
    target_list: Sequence[attached.Target],
    run: str,
    jaeger_ui: str | None,
) -> None:
    """Run a flow in each variant, lay the traces over each other, and judge what changed."""
    started = time.monotonic()
    stored = options.running_jaeger(jaeger, jaeger_agent, otlp)
    ui = jaeger_ui or jaeger
    plan = partial(Plan, name=name, times=times, work=work, sampler=sampler, console=console)
    if target_list:
        if stored is None:
            raise click.UsageError("Say with --jaeger where the services of --target report to.")
        if sampler != "always_on" or console:
            raise click.UsageError("--sampler and --console are for services that are started here.")
        drivable = attached.drivable(FLOWS[flow])
        plans = [plan(drivable, target.variant, target.variant.exporter(exporter)) for target in target_list]
        recorded = partial(attached.record, plans, [target.url for target in target_list], stored, run)
    else:
        plans = [
            plan(FLOWS[flow], variant, by)
            for variant in map(VARIANTS.__getitem__, variants)
            for by in variant.exporters
            if exporter in ("all", by) or len(variant.exporters) == 1
        ]
        for each in plans:
            check_exporter(each.variant, each.exporter)
        recorded = partial(
            record,
            plans,
            open_destination=in_jaeger(stored) if stored else embedded,
            show=partial(click.echo, err=True),
        )
    with Console(stderr=True).status("") as status:
        recordings = recorded(progress=status.update)
    if save:
        for recording in recordings:
            recording_file.write(recording, save / f"{flow}-{recording.variant}-{recording.exporter}.json")
    verdicts = [judge(before, after) for before, after in _to_judge(recordings)]
    if output == "json":
        content = document(flow, recordings, verdicts, time.monotonic() - started)
        if ui:
            content["jaeger"] = links.entry(ui, recordings, verdicts)
        printing.print_json(content)
    else:
        printing.print_verdicts(recordings, verdicts)
        if ui:
            printing.console().print(links.links(ui, recordings, verdicts), soft_wrap=True)
    sys.exit(options.exit_code(verdicts, strict))


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
