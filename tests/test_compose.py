"""The compose file kept honest without Docker: its services run on loopback, Jaeger is the collector."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click import Context
from ruamel.yaml import YAML

from ot2otel.catalog import FLOWS, VARIANTS
from ot2otel.cli import main
from ot2otel.collector import Collector
from ot2otel.driver import Driver
from ot2otel.model import traces
from ot2otel.report.jaeger_links import trace_url

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [f"{variant}-{service.name}" for variant in VARIANTS for service in FLOWS["hello"].services]


class Loopback:
    """Runs services of the file as they would run in containers, on free ports of 127.0.0.1."""

    def __init__(self, collector: Collector) -> None:
        self._running = ExitStack()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self.urls: dict[str, str] = {}
        self._jaeger = {
            "jaeger:4318": f"127.0.0.1:{collector.otlp_port}",
            "6831": str(collector.jaeger_port),
            "jaeger": "127.0.0.1",
        }

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        self._running.close()

    def start(self, name: str) -> None:
        """Start a service when those that it depends on are up, and wait until it listens."""
        service = SERVICES[name]
        for other in service["depends_on"]:
            if other != "jaeger" and other not in self.urls:
                self.start(other)
        process = subprocess.Popen(
            self._command(name, service["command"]),
            env={
                **_bare_environment(),
                **{key: self._address(v) for key, v in service["environment"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.enter_context(process)
        self._processes[name] = process
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)$", line):
                self.urls[name] = found[1]
                return
        pytest.fail(f"{name} did not come up:\n{''.join(lines)}")

    def is_healthy(self, name: str) -> bool:
        """Run the service's own health check."""
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        port = _published(name)[1]
        there = [part.replace(port, self.urls[name].rpartition(":")[2]) for part in command]
        return subprocess.run(_python(there), check=False).returncode == 0

    def _command(self, name: str, command: list[str]) -> list[str]:
        """Return the command with the addresses of this machine, and with a free port."""
        assert command[command.index("--host") + 1] == "0.0.0.0"
        assert command[command.index("--port") + 1] == _published(name)[1]
        free = {"0.0.0.0": "127.0.0.1", _published(name)[1]: "0"}
        here = [free.get(part, part) for part in command]
        variant = name.partition("-")[0]
        return _python([self.urls[f"{variant}-server-2"] if "//server-2:" in part else part for part in here])

    def _address(self, text: str) -> str:
        for name, here in self._jaeger.items():
            if text in (name, f"http://{name}"):
                return text.replace(name, here)
        return text


def _python(command: list[str]) -> list[str]:
    assert command[0] == "python"
    return [sys.executable, *command[1:]]


def _bare_environment() -> Mapping[str, str]:
    kept = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME"}
    return {key: value for key, value in os.environ.items() if key in kept} | {"PYTHONUNBUFFERED": "1"}


def _published(name: str) -> tuple[str, str]:
    """Return the one port of a service: on this machine, and in the container."""
    [port] = SERVICES[name]["ports"]
    address, outside, inside = port.split(":")
    assert address == "127.0.0.1"
    return outside, inside


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, list[str]]]:
    """Run all six services, ask each first one, and give what arrived: for each variant its trees."""
    with Collector() as collector:
        with Loopback(collector) as loopback:
            for name in OURS:
                if name not in loopback.urls:
                    loopback.start(name)
            assert [name for name in OURS if not loopback.is_healthy(name)] == []
            for variant in VARIANTS:
                with Driver() as driver:
                    driver.ask(
                        FLOWS["hello"].requests[0], "Bryan", loopback.urls[f"{variant}-server-1"], variant
                    )
        collector.wait_for(lambda spans: len(spans) >= 9, 10, "9 spans of the services in docker-compose.yml")
        trees: dict[str, list[str]] = {}
        for trace in traces(collector.spans):
            for node in trace.walk():
                resource = node.span.resource
                key = f"{resource['service.namespace']} {resource['ot2otel.run']}"
                trees.setdefault(key, []).append(node.span.name)
        yield trees


def test_the_services_of_the_file_send_the_traces_of_the_flow(seen: dict[str, list[str]]) -> None:
    tree = ["server-1", "server-1_to_server-2", "server-2"]

    assert seen == {f"{variant} compose": tree for variant in VARIANTS}


def test_each_service_is_published_on_the_documented_port_of_its_variant() -> None:
    published = {name: _published(name)[0] for name in OURS}

    assert published == {
        f"{name}-{service.name}": str(variant.port(service))
        for name, variant in VARIANTS.items()
        for service in FLOWS["hello"].services
    }


def test_everything_is_published_on_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_jaeger_is_pinned_does_not_trace_itself_and_takes_thrift_over_udp() -> None:
    jaeger = SERVICES["jaeger"]

    assert re.fullmatch(r"jaegertracing/jaeger:2\.\d+\.\d+", jaeger["image"])
    assert jaeger["environment"] == {"OTEL_TRACES_SAMPLER": "always_off"}
    assert "127.0.0.1:6831:6831/udp" in jaeger["ports"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_when_jaeger_is_healthy(name: str) -> None:
    waiting_for, pending = set(), [name]
    while pending:
        for other, how in SERVICES[pending.pop()].get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            waiting_for.add(other)
            pending.append(other)

    assert "jaeger" in waiting_for


@pytest.mark.parametrize("variant", VARIANTS)
def test_in_each_network_server_2_is_the_variants_own(variant: str) -> None:
    members = {name for name, service in SERVICES.items() if variant in service["networks"]}
    called = {name for name in members if name.endswith("-server-2")}

    assert members == {f"{variant}-server-1", f"{variant}-server-2", "jaeger", "compare"}
    assert {name: SERVICES[name]["networks"][variant] for name in called} == {
        f"{variant}-server-2": {"aliases": ["server-2"]}
    }


def test_the_compare_service_drives_each_variant_and_links_to_what_a_browser_finds() -> None:
    service = SERVICES["compare"]
    program, command, *arguments = service["command"]

    context = main.commands[command].make_context(command, arguments, parent=Context(main))

    targets = {target.variant.name: target.url for target in context.params["target_list"]}
    assert (program, service["profiles"]) == ("ot2otel", ["compare"])
    assert targets == {
        name: f"http://{name}-server-1:{_published(f'{name}-server-1')[1]}" for name in VARIANTS
    }
    assert trace_url(context.params["jaeger_ui"], "a") == "http://127.0.0.1:16686/trace/a"


def test_the_file_is_valid_by_the_compose_schema() -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"),
            ROOT / "docker-compose.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stdout.strip()) == (0, "ok -- validation done"), checked.stderr


def test_the_image_runs_as_nobody_in_particular_and_holds_every_package() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()

    final = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    for package in {variant.package for variant in VARIANTS.values()} | {"ot2otel"}:
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}\n" in (ROOT / ".dockerignore").read_text()
