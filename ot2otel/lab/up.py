"""Runs all variants of a flow side by side on their documented ports, until a user stops them."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Event

from rich.console import RenderableType
from rich.table import Table

from ot2otel.capture.environment import exporting_every
from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import Flow, Variant
from ot2otel.lab.losses import Losses
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import OpenDestination, Run, ended_together, start
from ot2otel.model import Span, Trace, traces
from ot2otel.receive.collector import Collector, Ports
from ot2otel.receive.collector.listening import ListenError, bound_socket
from ot2otel.receive.completeness import CompleteTraces
from ot2otel.receive.destination import Destination

# Seconds without a new span until a trace counts as complete: the services send at least every second.
_QUIET = 2.0
# Seconds without a new span until a trace is shown without the parents that are still absent.
_PATIENCE = 10.0
# Every look reads all stored spans again, so they are limited to the latest.
LOOK_BACK = 300.0  # seconds
_MOST_SPANS = 2000
_PAUSE = 0.3  # seconds between two looks
_EXPORT_DELAY = 500  # ms; the SDK's default is long for a user who waits


def collector(plan: Plan, run: str) -> AbstractContextManager[Destination]:
    """Open a collector for all plans together."""
    return Collector(ports=Ports(grpc=0), max_spans=_MOST_SPANS)


@contextmanager
def running(
    plans: Sequence[Plan], open_destination: OpenDestination, progress: Callable[[str], None]
) -> Iterator[tuple[list[Run], Destination]]:
    """Run the services of all plans during the block; their spans go to one destination.

    Raises Ot2OtelError if a port is taken, ProcessFailedError if a service does not come up.
    """
    for plan in plans:
        _check_ports(plan)
    runs: list[Run] = []
    with ExitStack() as opened, ended_together(runs):
        run = secrets.token_hex(4)
        destination = opened.enter_context(open_destination(plans[0], run))
        runs += (Run(plan, run, destination, opened, exporting_every(_EXPORT_DELAY)) for plan in plans)
        start(runs, progress)
        yield runs, destination


def watch(
    runs: Sequence[Run],
    destination: Destination,
    show: Callable[[Trace], None],
    stopped: Event,
    pause: float = _PAUSE,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Show each trace when it is complete, until `stopped`; raise ProcessFailedError if a service ends.

    `tell` gets a line about the spans that will never be shown, at most one every 10 s, and one at the end.
    """
    most = max(
        (each.spans_of(run.plan.variant) for run in runs for each in run.plan.flow.requests), default=0
    )
    complete = CompleteTraces(most, _QUIET, _PATIENCE)
    losses = Losses(destination)
    try:
        while not stopped.wait(pause):
            for run in runs:
                run.check_running()
            losses.look()
            arrived = traces(destination.wait_for(_all))
            losses.stored({trace.trace_id for trace in arrived})
            for trace in complete.newly_complete(arrived, time.monotonic()):
                losses.shown(trace)
                show(trace)
            if line := losses.news(time.monotonic()):
                tell(line)
    finally:
        losses.look()
        if line := losses.news(float("inf")):
            tell(line)


def overview(flow: Flow, variants: Sequence[Variant]) -> RenderableType:
    """Return a table of the variants: the URL to open, the services, and the tag to search for."""
    table = Table("variant", "open", "services in Jaeger", "tag")
    first = flow.requests[0].path.format(name="Bryan")
    for variant in variants:
        table.add_row(
            variant.name,
            f"http://127.0.0.1:{variant.port(flow.front)}{first}",
            ", ".join(service.name for service in flow.services),
            f"service.namespace={variant.name}",
        )
    return table


def _check_ports(plan: Plan) -> None:
    variant = plan.variant
    for service in plan.flow.services:
        try:
            bound_socket(socket.SOCK_STREAM, "127.0.0.1", variant.port(service)).close()
        except ListenError as error:
            raise Ot2OtelError(
                f"{variant.name}'s {service.name} needs TCP port {variant.port(service)} on 127.0.0.1, which "
                f"is taken. Stop the program that listens there, or leave {variant.name} out with --variants."
            ) from error


def _all(spans: tuple[Span, ...]) -> bool:
    return True
