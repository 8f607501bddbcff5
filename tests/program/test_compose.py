"""The compose file, checked without Docker.

Its services run on loopback. There the collector takes the place of Jaeger, and a directory that of a
database of Redis.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from click import Context
from ruamel.yaml import YAML

from ot2otel.cli import main
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS, Flow
from ot2otel.lab.driver import Driver
from ot2otel.model import Trace, traces
from ot2otel.receive.collector import Collector
from ot2otel.report.links import trace_url
from tests.support.images import IMAGES, Image, unwritable
from tests.support.runs import INSTALLED, ROOT
from tests.support.untyped import Json

COMPOSE: Json = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: Json = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {
    f"{variant}-{service.name}": (VARIANTS[variant], service)
    for flow in FLOWS.values()
    for service in flow.services
    for variant in VARIANTS
}
THEIRS = ("jaeger", "redis", "prometheus")


class Published(NamedTuple):
    """A published port: the variable that moves it on this machine, its default, and the container's port."""

    variable: str
    outside: str
    inside: str


class Loopback:
    """Runs services of the file as they would run in containers, on free ports of 127.0.0.1."""

    def __init__(self, collector: Collector, queues: Path) -> None:
        self._running = ExitStack()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self.urls: dict[str, str] = {}
        self._jaeger_addresses = {
            "jaeger:4318": f"127.0.0.1:{collector.otlp_port}",
            "6831": str(collector.agent_port),
            "jaeger": "127.0.0.1",
        }
        self._queues = queues

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        self._running.close()

    def start(self, names: Iterable[str]) -> None:
        """Start services together and wait until they listen; all that they depend on must be up."""
        started = {name: self._started(name) for name in names}
        for name, process in started.items():
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line)
                if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)$", line):
                    self.urls[name] = found[1]
                    break
            else:
                pytest.fail(f"{name} did not come up:\n{''.join(lines)}")

    def is_healthy(self, name: str) -> bool:
        """Run the service's own health check."""
        kind, *in_container = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        port = _published(name).inside
        command = [part.replace(port, self.urls[name].rpartition(":")[2]) for part in in_container]
        return subprocess.run(_python(command), check=False).returncode == 0

    def _started(self, name: str) -> subprocess.Popen[str]:
        service = SERVICES[name]
        assert service["depends_on"].keys() <= {"jaeger", "redis", *self.urls}
        process = subprocess.Popen(
            self._command(name, [*service["entrypoint"], *service["command"]]),
            env={
                **_bare_environment(),
                **{key: self._address(v) for key, v in service["environment"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._processes[name] = self._running.enter_context(process)
        return process

    def _command(self, name: str, command: list[str]) -> list[str]:
        """Return the command with the addresses of this machine and a free port."""
        variant, service = OURS[name]
        port = _published(name).inside
        assert command[command.index("--host") + 1] == "0.0.0.0"
        assert command[command.index("--port") + 1] == port
        here = {"0.0.0.0": "127.0.0.1", port: "0"}
        for needed in service.needs.values():
            url = self.urls[f"{variant.name}-{needed}"]
            here[f"http://{needed}:{_published(f'{variant.name}-{needed}').inside}"] = url
        return _python([here.get(part, part) for part in command])

    def _address(self, text: str) -> str:
        if database := _database(text):
            return str(self._queues / database)
        for name, here in self._jaeger_addresses.items():
            if text in (name, f"http://{name}"):
                return text.replace(name, here)
        return text


def _python(command: list[str]) -> list[str]:
    program, *arguments = command
    if program == "opentelemetry-instrument":
        return [str(Path(sys.executable).with_name(program)), *_python(arguments)]
    assert program == "python"
    return [sys.executable, *arguments]


def _bare_environment() -> Mapping[str, str]:
    kept = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME"}
    return {key: value for key, value in os.environ.items() if key in kept} | {"PYTHONUNBUFFERED": "1"}


def _database(url: str) -> str | None:
    """Return the number of the database that a URL names in the Redis of the file."""
    found = re.fullmatch(r"redis://redis:6379/(\d+)", url)
    return found and found[1]


def _ports(name: str) -> list[Published]:
    """Return the ports that a service publishes; all are on 127.0.0.1."""
    found = {
        port: re.fullmatch(r"127\.0\.0\.1:\$\{(\w+):-(\d+)\}:(\d+(?:/udp)?)", port)
        for port in SERVICES[name].get("ports", ())
    }
    assert [port for port, match in found.items() if not match] == []
    return [Published(*match.groups()) for match in found.values() if match]


def _published(name: str) -> Published:
    """Return the one port of a service."""
    [port] = _ports(name)
    return port


def _moved(text: str, variables: Mapping[str, str]) -> str:
    """Return the text as Compose reads it with these variables set."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1], found[2]), text)


def _variable(*words: str) -> str:
    return "_".join(["OT2OTEL", *words, "PORT"]).upper().replace("-", "_")


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_the_services_of_the_file_send_the_traces_of_the_flow(flow: Flow, tmp_path: Path) -> None:
    request = flow.requests[0]
    with Collector() as collector:
        with Loopback(collector, tmp_path) as loopback, Driver() as driver:
            for service in flow.services:
                loopback.start(f"{variant}-{service.name}" for variant in INSTALLED)
            sick = [name for name in loopback.urls if not loopback.is_healthy(name)]
            unmeasured = [
                name
                for name, url in loopback.urls.items()
                if name.startswith(BY_HAND) and not is_measured(url)
            ]
            for variant in INSTALLED:
                driver.send(request, "Bryan", loopback.urls[f"{variant}-{flow.front.name}"], variant)
        expected = sum(request.spans_of(VARIANTS[variant]) for variant in INSTALLED)
        spans = collector.wait_for(
            lambda spans: len(spans) >= expected, 10, f"{expected} spans of {flow.name}"
        )

    assert (sick, unmeasured, [summary(trace) for trace in traces(spans)]) == (
        [],
        [],
        [
            (variant, "compose", min(len(flow.services), of_variant), of_variant)
            for variant in INSTALLED
            if (of_variant := request.spans_of(VARIANTS[variant]))
        ],
    )


def is_measured(url: str) -> bool:
    """Tell whether a service answers in the format of Prometheus."""
    return "\npython_info{" in requests.get(f"{url}/metrics", timeout=10).text


def summary(trace: Trace) -> tuple[object, object, int, int]:
    """Return the variant of a trace, its run, its number of services and its number of spans."""
    spans = [node.span for node in trace.walk()]
    resource = trace.roots[0].span.resource
    return (
        resource["service.namespace"],
        resource["ot2otel.run"],
        len({span.service for span in spans}),
        len(spans),
    )


def test_each_service_is_published_on_the_documented_port_of_its_variant() -> None:
    published = {name: _published(name) for name in OURS}

    assert published == {
        name: (_variable(name), str(variant.port(service)), str(service.port))
        for name, (variant, service) in OURS.items()
    }


def test_the_file_has_every_service_and_no_other() -> None:
    assert SERVICES.keys() == {*OURS, *THEIRS, "compare"}


def test_hello_starts_by_itself_and_each_other_flow_with_its_profile() -> None:
    profiles = {
        flow.name: {
            tuple(SERVICES[f"{v}-{s.name}"].get("profiles", ())) for v in VARIANTS for s in flow.services
        }
        for flow in FLOWS.values()
    }

    assert profiles == {name: {() if name == "hello" else (name,)} for name in FLOWS}


def test_jaeger_and_prometheus_are_published_on_their_usual_ports() -> None:
    published = {name: _ports(name) for name in SERVICES.keys() - OURS.keys()}

    assert {name: ports for name, ports in published.items() if ports} == {
        "jaeger": [
            (_variable("jaeger", "ui"), "16686", "16686"),
            (_variable("jaeger", "otlp"), "4318", "4318"),
            (_variable("jaeger", "grpc"), "4317", "4317"),
            (_variable("jaeger", "agent"), "6831", "6831/udp"),
        ],
        "prometheus": [(_variable("prometheus"), "9090", "9090")],
    }


def test_each_published_port_has_a_variable_and_a_default_of_its_own() -> None:
    ports = [port for name in SERVICES for port in _ports(name)]

    assert len({port.variable for port in ports}) == len({port.outside for port in ports}) == len(ports)


def test_the_document_lists_the_variables_of_jaeger_and_prometheus() -> None:
    listed = re.findall(
        r"^\| `(OT2OTEL_\w+)` \| (\d+) \|", (ROOT / "docs" / "ports.md").read_text(), re.MULTILINE
    )

    assert listed == [
        (port.variable, port.outside) for name in ("jaeger", "prometheus") for port in _ports(name)
    ]


def test_the_table_has_every_image_of_the_file_and_no_other() -> None:
    assert IMAGES.keys() == {service["image"] for service in SERVICES.values()}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_write_to_its_mounts(name: str) -> None:
    service = SERVICES[name]

    assert list(unwritable(service, IMAGES[service["image"]])) == []


@pytest.mark.parametrize(
    ("mounts", "expected"),
    [
        pytest.param({"tmpfs": ["/own"]}, ["tmpfs /own"], id="a tmpfs on the image's directory is root's"),
        pytest.param({"tmpfs": ["/own:size=1m"]}, ["tmpfs /own"], id="with any size"),
        pytest.param({"tmpfs": ["/own:uid=1"]}, [], id="unless it names an owner"),
        pytest.param({"tmpfs": ["/own"], "user": "root"}, [], id="root may write"),
        pytest.param({"tmpfs": ["/etc/x"]}, ["tmpfs /etc/x"], id="below the image's directories too"),
        pytest.param(
            {"tmpfs": ["/new", "/tmp"]}, [], id="everybody may write to a tmpfs elsewhere and on /tmp"
        ),
        pytest.param({"volumes": ["v:/own"]}, [], id="a volume on the user's directory is the user's"),
        pytest.param({"volumes": ["v:/own"], "user": "other"}, ["volume /own"], id="and no other user's"),
        pytest.param({"volumes": ["v:/new"]}, ["volume /new"], id="a volume elsewhere is root's"),
        pytest.param(
            {"volumes": ["v:/new:ro", "./f:/f"]}, [], id="a read-only volume and a file of this machine"
        ),
    ],
)
def test_the_unwritable_mounts_are_found(mounts: Json, expected: list[str]) -> None:
    image = Image(source="", user="me", top=frozenset({"own", "etc", "tmp"}), owned={"/own": "me"})

    assert list(unwritable(mounts, image)) == expected


def test_prometheus_keeps_its_data_in_its_tmpfs() -> None:
    prometheus = SERVICES["prometheus"]

    assert [f"--storage.tsdb.path={path}" for path in prometheus["tmpfs"]] == [
        argument for argument in prometheus["command"] if argument.startswith("--storage")
    ]


@pytest.mark.parametrize("name", THEIRS)
def test_the_images_of_others_are_pinned_to_a_release(name: str) -> None:
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+(-alpine)?", SERVICES[name]["image"])


def test_jaeger_does_not_trace_itself_and_takes_thrift_over_udp() -> None:
    jaeger = SERVICES["jaeger"]

    assert jaeger["environment"] == {"OTEL_TRACES_SAMPLER": "always_off"}
    assert "6831/udp" in {port.inside for port in _ports("jaeger")}


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_after_jaeger_and_the_services_that_it_calls_are_healthy(name: str) -> None:
    variant, service = OURS[name]

    called = [f"{variant.name}-{needed}" for needed in service.needs.values()] or ["jaeger"]
    queues = ["redis"] if SERVICES[name].get("profiles") == ["events"] else []
    assert SERVICES[name]["depends_on"] == {
        other: {"condition": "service_healthy"} for other in [*called, *queues]
    }


def test_redis_keeps_the_queues_of_each_variant_in_a_database_of_its_own_and_is_not_published() -> None:
    redis = SERVICES["redis"]
    databases = {
        variant: {
            _database(SERVICES[f"{variant}-{service.name}"]["environment"]["EVENT_QUEUES"])
            for service in FLOWS["events"].services
        }
        for variant in VARIANTS
    }

    assert databases == {"legacy": {"0"}, "shim": {"1"}, "native": {"2"}, "auto": {"3"}}
    assert (redis["profiles"], redis["command"]) == (["events"], ["redis-server", "--appendonly", "yes"])
    assert "ports" not in redis


def test_prometheus_scrapes_the_services_of_hello_and_calls_their_variant_the_job() -> None:
    prometheus = SERVICES["prometheus"]
    [mounted] = prometheus["volumes"]
    source, _, options = mounted.partition(":/etc/prometheus/prometheus.yml:")
    jobs = YAML(typ="safe").load(ROOT / source)["scrape_configs"]

    assert (prometheus["profiles"], options) == (["metrics"], "ro")
    assert {job["job_name"]: job["static_configs"] for job in jobs} == {
        variant: [
            {
                "targets": [
                    f"{name}:{_published(name).inside}"
                    for name in (f"{variant}-{service.name}" for service in FLOWS["hello"].services)
                ]
            }
        ]
        for variant in BY_HAND
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_in_each_network_a_called_service_is_the_variants_own(variant: str) -> None:
    called = {needed for _, service in OURS.values() for needed in service.needs.values()}
    members = {
        name: service["networks"] for name, service in SERVICES.items() if variant in service["networks"]
    }

    aliased = {name: networks for name, networks in members.items() if isinstance(networks, dict)}

    assert members.keys() == {
        *THEIRS,
        "compare",
        *(n for n, (its, _) in OURS.items() if its.name == variant),
    }
    assert aliased == {f"{variant}-{name}": {variant: {"aliases": [name]}} for name in called}


def test_the_compare_service_drives_each_variant_and_links_to_jaegers_published_port() -> None:
    service = SERVICES["compare"]
    program, command, *arguments = service["command"]

    root = Context(main)
    found = main.get_command(root, command)
    assert found
    moved = [_moved(argument, {"OT2OTEL_JAEGER_UI_PORT": "26686"}) for argument in arguments]
    context = found.make_context(command, moved, parent=root)
    given = {option.opts[0]: context.params[option.name] for option in found.params if option.name}

    attached = {service.variant.name: service.url for service in given["--target"]}
    assert (program, service["profiles"]) == ("ot2otel", ["compare"])
    assert attached == {
        name: f"http://{name}-server-1:{_published(f'{name}-server-1').inside}" for name in BY_HAND
    }
    assert trace_url(given["--jaeger-ui"], "a") == "http://127.0.0.1:26686/trace/a"


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


def test_the_image_runs_as_an_unnamed_user_and_has_every_package() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    for package in {variant.package for variant in VARIANTS.values()} | {"ot2otel", "ot2otel_flows"}:
        assert f"COPY {package} {package}\n" in DOCKERFILE
        assert f"!{package}\n" in (ROOT / ".dockerignore").read_text()


def test_the_extras_that_the_image_installs_exist() -> None:
    [installed] = re.findall(r"'\.\[(.*)\]'", DOCKERFILE)
    extras = (ROOT / "pyproject.toml").read_text().partition("\n[project.optional-dependencies]\n")[2]

    assert set(installed.split(",")) <= set(
        re.findall(r"^([\w-]+) = \[", extras.partition("\n\n")[0], re.MULTILINE)
    )


def test_the_images_virtual_environment_begins_without_pip_or_setuptools(tmp_path: Path) -> None:
    [made] = re.findall(r"^RUN python -m venv (.*)/opt/ot2otel$", DOCKERFILE, re.MULTILINE)

    subprocess.run([sys.executable, "-m", "venv", *made.split(), tmp_path], check=True)

    assert [path.name for path in tmp_path.rglob("site-packages/*")] == []


def test_the_image_removes_pip_and_setuptools_of_its_base() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2].replace("\\\n", "")
    [removal] = re.findall(r"^RUN (.*)$", final, re.MULTILINE)

    bundled, _, uninstalled = removal.partition("&&")
    assert bundled.strip() == """rm -r "$(python -c 'import ensurepip; print(*ensurepip.__path__)')\""""
    assert set(uninstalled.split()[5:]) == {"setuptools", "wheel", "pip"}
