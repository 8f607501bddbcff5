"""`ot2otel up`: runs all variants of a flow side by side and shows each trace."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import click
from rich.console import Console

from ot2otel.cli import options, printing
from ot2otel.lab import up
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.installed import check_runnable
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import in_jaeger
from ot2otel.model import Trace
from ot2otel.report import forest, links


@click.command("up", epilog="Example: ot2otel up --flow orders --variants legacy,native")
@options.flow
@options.variants("Variants to run.")
@options.exporter()
@options.work(1.0)
@options.jaeger
def command(
    flow: str, variants: Sequence[str], exporter: str, work: float, jaeger: options.JaegerOptions
) -> None:
    """Run all variants of a flow on their documented ports and show each trace. Ctrl-C stops them."""
    plans = [
        Plan(FLOWS[flow], variant, variant.exporter(exporter), work=work, documented_ports=True)
        for variant in map(VARIANTS.__getitem__, variants)
    ]
    for plan in plans:
        check_runnable(plan.variant, plan.exporter)
    console, log = printing.console(), Console(stderr=True)

    def show(trace: Trace) -> None:
        url = jaeger.ui and links.trace_url(jaeger.ui, trace.trace_id)
        console.print(forest.trace(trace, url, console.width))

    try:
        opened = in_jaeger(jaeger.running, up.LOOK_BACK) if jaeger.running else up.collector
        with up.running(plans, opened, lambda _: None) as (runs, destination):
            console.print(up.overview(plans[0].flow, [plan.variant for plan in plans]))
            log.print("Each trace is shown when it is complete. Ctrl-C stops all services.")
            up.watch(runs, destination, show, Event(), tell=log.print)
    except KeyboardInterrupt:
        log.print("Stopped.")
