"""docs/own-services.md: its verdicts are those of the kept recordings, and its five commands run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from docs.makers import own
from ot2otel.compare.verdict import Outcome
from tests.support.ports import free_port
from tests.support.runs import ROOT

DOCUMENT = (ROOT / "docs" / "own-services.md").read_text(encoding="utf-8")
FIVE = DOCUMENT.partition("## Five commands")[2]
COMMANDS = re.findall(r"^\$ (.+)$", FIVE, re.MULTILINE)
# pip resolves what the first command names, and installs nothing: all of it is installed.
ONLY_CHECKED = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1"}
SERVICES = re.findall(r"^```python\n(.*?)^```", FIVE, re.MULTILINE | re.DOTALL)


def test_the_table_has_the_verdicts_of_the_kept_recordings() -> None:
    assert own.table() in DOCUMENT


def test_each_kept_recording_is_judged() -> None:
    assert {name for pair in own.PAIRS for name in pair} == {path.stem for path in own.OWN.iterdir()}


@pytest.mark.parametrize(
    ("before", "after", "outcome", "losses"),
    [
        pytest.param(
            "tutorial-3-legacy",
            "tutorial-3-shim",
            Outcome.DEGRADED,
            [
                "degraded 4 of 5 `kind` (`shim-kind-as-attribute`)",
                "degraded 3 of 3 `resource.host.name` (`jaeger-client-host`)",
            ],
            id="the shim loses every kind",
        ),
        pytest.param(
            "tutorial-4-legacy",
            "tutorial-4-shim",
            Outcome.DIFFERENT,
            [
                "gone 1 of 1 `event`",
                "changed 1 of 2 `event.attributes.value`",
                "degraded 4 of 5 `kind` (`shim-kind-as-attribute`)",
                "degraded 3 of 3 `resource.host.name` (`jaeger-client-host`)",
            ],
            id="the shim does not carry the baggage",
        ),
        pytest.param(
            "osprofiler-legacy",
            "osprofiler-native",
            Outcome.DIFFERENT,
            [
                "gone 1 of 1 `event`",
                "changed 3 of 4 `name`",
                "changed 1 of 2 `event.name`",
                "changed 1 of 1 `status.code`",
                "degraded 1 of 1 `resource.host.name` (`jaeger-client-host`)",
            ],
            id="failed requests are no longer failed",
        ),
    ],
)
def test_a_verdict_that_the_text_tells(before: str, after: str, outcome: Outcome, losses: list[str]) -> None:
    found = own.verdict(before, after)

    assert (found.outcome, list(own.losses(found))) == (outcome, losses)


def test_the_readme_has_the_same_five_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "".join(f"$ {command}\n" for command in COMMANDS) in readme


@pytest.mark.skipif(
    not Path(sys.executable).with_name("opentelemetry-instrument").exists(),
    reason="the agent is not installed in this lane",
)
def test_the_five_commands_give_the_verdict_as_printed(tmp_path: Path) -> None:
    port = str(free_port())
    for name, service in zip(("app.py", "migrated.py"), SERVICES, strict=True):
        (tmp_path / name).write_text(service.replace("8080", port), encoding="utf-8")
    for command in COMMANDS:
        done = _run(command.replace("8080", port), tmp_path)
        assert done.returncode == 0, done.stderr

    [verdict] = re.findall(r"^```\n(▼.*?)^```", FIVE, re.MULTILINE | re.DOTALL)
    assert len(COMMANDS) == 5
    assert verdict in done.stdout


def _run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    ours = re.sub(r"\bot2otel (?=record|diff)", f"{shlex.quote(sys.executable)} -m ot2otel ", command)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", ours],
        cwd=directory,
        env={**os.environ, **ONLY_CHECKED, "PYTHONPATH": str(ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
