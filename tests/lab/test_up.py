"""All variants side by side, and a comparison of services that run already."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from ot2otel import cli
from ot2otel.errors import Ot2OtelError
from ot2otel.lab import catalog, up
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS, Flow
from ot2otel.lab.driver import Driver
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import Run
from ot2otel.model import Trace
from ot2otel.receive.collector import Collector
from ot2otel.receive.destination import Destination
from ot2otel.receive.jaeger.running import RunInJaeger
from ot2otel.recording import RUN_ID
from tests.support.fake_jaeger import FakeJaeger

# The documented ports may be taken on this machine, so the tests use free ones.
FREE = {name: replace(VARIANTS[name], port_shift=0) for name in BY_HAND}


def flow_on(*ports: int) -> Flow:
    flow = FLOWS["hello"]
    services = tuple(replace(service, port=port) for service, port in zip(flow.services, ports, strict=True))
    return replace(flow, services=services)


def plans(flow: Flow) -> list[Plan]:
    return [
        Plan(flow, variant, variant.exporters[0], work=0, documented_ports=True) for variant in FREE.values()
    ]


@contextmanager
def shown(runs: list[Run], destination: Destination, wanted: int) -> Iterator[list[Trace]]:
    """Watch during the block and give the shown traces; at its end wait until there are `wanted` ones."""
    traces: list[Trace] = []
    stopped = Event()

    def show(trace: Trace) -> None:
        traces.append(trace)
        if len(traces) == wanted:
            stopped.set()

    watching = Thread(target=up.watch, args=(runs, destination, show, stopped, 0.01))
    watching.start()
    try:
        yield traces
        stopped.wait(20)
    finally:
        stopped.set()
        watching.join()


def visit(run: Run) -> None:
    with Driver() as driver:
        driver.send(run.plan.flow.requests[0], "Ada", run.front_url, "the front service")


def test_each_trace_is_shown_when_it_is_complete() -> None:
    with (
        up.running(plans(flow_on(0, 0)), up.collector, lambda _: None) as (runs, destination),
        shown(runs, destination, wanted=3) as traces,
    ):
        for run in runs:
            visit(run)

    seen = {
        str(trace.roots[0].span.resource["service.namespace"]): [node.span.name for node in trace.walk()]
        for trace in traces
    }
    names = ["server-1", "server-1_to_server-2", "server-2"]
    assert seen == {"legacy": names, "shim": names, "native": names}


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with (
            pytest.raises(Ot2OtelError) as refused,
            up.running(plans(flow_on(0, port)), up.collector, lambda _: None),
        ):
            pass

    assert str(refused.value) == (
        f"legacy's server-1 needs TCP port {port} on 127.0.0.1, which is taken. Stop the program that "
        "listens there, or leave legacy out with --variants."
    )


def test_variants_that_run_beside_each_other_share_no_port() -> None:
    ports = [
        variant.port(service)
        for variant in VARIANTS.values()
        for flow in FLOWS.values()
        for service in flow.services
    ]

    assert len(ports) == len(set(ports))


def test_the_command_shows_the_urls_to_open_and_ends_well_with_ctrl_c(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(up, "watch", interrupted)
    monkeypatch.setitem(catalog.FLOWS, "hello", flow_on(0, 0))
    for name, variant in FREE.items():
        monkeypatch.setitem(catalog.VARIANTS, name, variant)

    printed = CliRunner().invoke(cli.main, ["up"])

    assert (printed.exit_code, printed.stderr.splitlines()[-1]) == (0, "Stopped.")
    for name in BY_HAND:
        assert f"service.namespace={name}" in printed.stdout


def test_services_that_run_already_are_driven_and_found_in_their_jaeger() -> None:
    with FakeJaeger() as jaeger:

        def in_jaeger(plan: Plan, run: str) -> AbstractContextManager[Destination]:
            return RunInJaeger(jaeger.running, ["server-1", "server-2"], {RUN_ID: run}, 0)

        with up.running(plans(flow_on(0, 0)), in_jaeger, lambda _: None) as (runs, _):
            visit(runs[0])
            attached = [f"--target={run.plan.variant.name}={run.front_url}" for run in runs]
            printed = CliRunner().invoke(
                cli.main, ["compare", "--format", "json", *jaeger.options, *attached, "--jaeger-ui=http://ui"]
            )

    document = json.loads(printed.stdout)
    pairs = [len(urls) for urls in document["jaeger"]["compare"].values()]
    spans = {label: len(answer["recording"]["answers"]) for label, answer in document["recordings"].items()}
    assert (pairs, spans) == ([2, 2], {"legacy/jaeger": 2, "shim/otlp": 2, "native/otlp": 2})
    # Their second services listen on free ports, which are addresses like any other.
    left = {
        (found["grade"], found["field"])
        for verdict in document["verdicts"]
        for found in verdict["findings"]
        if found["grade"] in ("gone", "changed", "noise")
    }
    assert left == {("noise", "address")}


def test_a_collector_is_a_destination() -> None:
    with Collector() as collector:
        destination: Destination = collector

        assert destination.wait_for(lambda spans: True) == ()
