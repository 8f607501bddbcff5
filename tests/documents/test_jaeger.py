"""docs/jaeger.md agrees with the catalog, the rules and docker-compose.yml, and its commands run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main
from ot2otel.compare.rules import JAEGER_STORAGE
from ot2otel.lab import catalog, up
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import Run
from ot2otel.receive.jaeger.running import RunInJaeger
from ot2otel.recording import RUN_ID
from tests.support.command_blocks import marked
from tests.support.fake_jaeger import FakeJaeger
from tests.support.runs import ROOT

TEXT = (ROOT / "docs" / "jaeger.md").read_text()
# Those of "docs/concerns.md" are among them.
COMMANDS = [command for block in marked("run: tests/documents/test_jaeger.py") for command in block.commands]
UP = [command for command in COMMANDS if command.startswith("ot2otel up")]
RUNNING = [command for command in COMMANDS if "--target" in command]
COMPARE = sorted(set(COMMANDS) - {*UP, *RUNNING})
JAEGER = ["--jaeger", "http://127.0.0.1:16686"]


def rows(first: str) -> list[list[str]]:
    """Return the cells of each row of the table whose first heading this is."""
    table = TEXT.partition(f"| {first} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_table_of_variants_is_that_of_the_catalog() -> None:
    flow = FLOWS["hello"]

    assert rows("variant") == [
        [
            variant.name,
            f"http://127.0.0.1:{variant.port(flow.front)}/Bryan",
            ", ".join(service.name for service in flow.services),
            f"`service.namespace={variant.name}`",
        ]
        for variant in map(VARIANTS.__getitem__, BY_HAND)
    ]


def test_the_table_of_rules_is_complete() -> None:
    assert [row[:2] for row in rows("rule")] == [
        [f"`{transport.rule.name}`", transport.rule.effect.value] for transport in JAEGER_STORAGE
    ]


def test_the_pinned_jaeger_is_that_of_the_compose_file() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()

    assert re.findall(r"jaegertracing/jaeger:(\S+)", compose) == re.findall(r"pins (\d+\.\d+\.\d+)", TEXT)


def run(command: str, jaeger: FakeJaeger, urls: dict[str, str] | None = None) -> Result:
    """Run a printed command with the stand-in's addresses in the place of a Jaeger's usual ones."""
    for printed, url in (urls or {}).items():
        command = command.replace(printed, url)
    words = shlex.split(command.replace("\\\n", " "), comments=True)[1:]
    if JAEGER[1] in words:
        at = words.index(JAEGER[0])
        words[at : at + 2] = jaeger.options
    return CliRunner().invoke(main, words)


# The flow hello on free ports.
HELLO = replace(
    FLOWS["hello"], services=tuple(replace(service, port=0) for service in FLOWS["hello"].services)
)
VARIANTS_BY_HAND = {name: replace(VARIANTS[name], port_shift=0) for name in BY_HAND}


@pytest.mark.parametrize("command", UP)
def test_a_command_starts_the_services_until_ctrl_c(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(up, "watch", interrupted)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setitem(catalog.FLOWS, "hello", HELLO)
    for name, variant in VARIANTS_BY_HAND.items():
        monkeypatch.setitem(catalog.VARIANTS, name, variant)
    with FakeJaeger() as jaeger:
        printed = run(command, jaeger)

    assert (printed.exit_code, printed.stderr.splitlines()[-1]) == (0, "Stopped.")
    assert [name for name in BY_HAND if f"service.namespace={name}" not in printed.stdout] == []


@pytest.mark.timeout(300)  # three variants of a flow, on a busy machine
@pytest.mark.parametrize("command", COMPARE)
def test_a_command_compares_through_a_jaeger(command: str) -> None:
    with FakeJaeger() as jaeger:
        printed = run(command, jaeger)

    assert printed.exit_code == 0, printed.output
    assert "legacy → native/otlp" in printed.stdout


@contextmanager
def services_that_run(jaeger: FakeJaeger) -> Iterator[list[Run]]:
    variants = [VARIANTS_BY_HAND[name] for name in ("legacy", "native")]
    plans = [
        Plan(HELLO, variant, variant.exporters[0], work=0, documented_ports=True) for variant in variants
    ]

    def destination(_: Plan, run: str) -> RunInJaeger:
        return RunInJaeger(jaeger.running, ["server-1", "server-2"], {RUN_ID: run}, 0)

    with up.running(plans, destination, lambda _: None) as (runs, _):
        yield runs


@pytest.mark.parametrize("command", RUNNING)
def test_a_command_compares_services_that_run(command: str) -> None:
    with FakeJaeger() as jaeger, services_that_run(jaeger) as runs:
        fronts = ("http://127.0.0.1:8082", "http://127.0.0.1:8282")
        printed = run(command, jaeger, dict(zip(fronts, (each.front_url for each in runs), strict=True)))

    assert printed.exit_code == 0, printed.output
    assert "legacy → native" in printed.stdout
