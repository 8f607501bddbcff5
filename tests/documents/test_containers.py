"""The snippet for Compose in docs/containers.md: its services, as processes, with its own environment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ot2otel.capture.environment import untraced
from ot2otel.receive.collector import Collector, Ports
from tests.support import clients
from tests.support.runs import ROOT
from tests.support.untyped import Json

DOCUMENT = (ROOT / "docs" / "containers.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, flags=re.MULTILINE | re.DOTALL)


def services() -> Json:
    document: Json = YAML(typ="safe").load(SNIPPET)
    found: Json = document["services"]
    return found


def test_the_snippet_is_valid_for_compose(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(SNIPPET, encoding="utf-8")
    checker = Path(sys.executable).parent / "check-jsonschema"
    if not checker.exists():
        checker = Path("check-jsonschema")

    checked = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "program"), [("before", "jaeger"), ("after", "otel")], ids=["jaeger-client", "OpenTelemetry"]
)
def test_the_services_of_the_snippet_reach_a_recorder_on_every_address(name: str, program: str) -> None:
    standard = Ports.standard()
    with Collector("0.0.0.0", Ports.free()) as collector:

        def here(value: str) -> str:
            """Put the recorder's address and free port in the place of those in the snippet."""
            moved = value.replace("recorder", collector.host)
            moved = moved.replace(str(standard.otlp), str(collector.otlp_port))
            return moved.replace(str(standard.agent), str(collector.agent_port))

        variables = {key: here(value) for key, value in services()[name]["environment"].items()}
        ran = clients.run(program, {**untraced(), "PYTHONPATH": str(ROOT), **variables})

        assert (ran.returncode, ran.stderr) == (0, "")
        collector.wait_for(lambda spans: len(spans) == 1)


def test_the_recorder_publishes_no_port() -> None:
    recorder = services()["recorder"]

    assert "ports" not in recorder
    assert recorder["command"][:4] == ["ot2otel", "record", "--host", "0.0.0.0"]
