"""`ot2otel up`: all variants of a flow side by side, each trace shown as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import click
from rich.console import Console

from ot2otel.cli import options, printing
from ot2otel.lab import up
from ot2otel.lab.catalog import EXPORTERS, FLOWS, VARIANTS
from ot2otel.lab.installed import check_exporter
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import in_jaeger
from ot2otel.model import Trace
from ot2otel.report import links, text


@click.command("up")
@options.flow
@options.variants("Which to run.")
@click.option(
    "--exporter",
    type=click.Choice(list(EXPORTERS)),
    default="otlp",
    show_default=True,
    help=options.EXPORTER_HELP,
)
@options.work(1.0)
@options.jaeger
def command(
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
        Plan(FLOWS[flow], variant, variant.exporter(exporter), work=work, documented_ports=True)
        for variant in map(VARIANTS.__getitem__, variants)
    ]
    for plan in plans:
        check_exporter(plan.variant, plan.exporter)
    console, log = printing.console(), Console(stderr=True)

    def show(trace: Trace) -> None:
        url = jaeger and links.trace_url(jaeger, trace.trace_id)
        console.print(text.trace(trace, url, console.width))

    try:
        opened = in_jaeger(stored, up.LOOK_BACK) if stored else up.collector
        with up.running(plans, opened, lambda _: None) as (runs, destination):
            console.print(up.overview(plans[0].flow, [plan.variant for plan in plans]))
            log.print("Each trace is shown when it is whole. Ctrl-C stops everything.")
            up.watch(runs, destination, show, Event())
    except KeyboardInterrupt:
        log.print("Stopped.")
