"""Every command of docs/recording.md runs, with the files that the document shows."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ot2otel.recording_file import read
from tests.support.ports import free_port
from tests.support.runs import ROOT

DOCUMENT = (ROOT / "docs" / "recording.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", DOCUMENT, re.MULTILINE)
MIGRATED = """
import sys
from flask import Flask

app = Flask(__name__)


@app.get("/hello/<name>")
def hello(name: str) -> str:
    return f"Hello {name}!"


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
"""
SENDS = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
for name in ("pay", "card 4111"):
    with provider.get_tracer("shop").start_as_current_span(name, attributes={"enduser.id": "joe"}):
        pass
"""


needs_agent = pytest.mark.skipif(
    not Path(sys.executable).with_name("opentelemetry-instrument").exists(),
    reason="the agent is not installed in this lane",
)


def shown(language: str) -> str:
    """Return the first block of this language."""
    found = re.search(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the document's files."""
    directory = tmp_path_factory.mktemp("recording")
    (directory / "app.py").write_text(shown("python"))
    (directory / "requests.toml").write_text(shown("toml").replace("8080", str(free_port())))
    (directory / "send.py").write_text(SENDS)
    (directory / "serve.py").write_text(f"{SENDS}\nimport signal; signal.pause()\n")
    return directory


def run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the document in a shell: the program is this one, the port a free one."""
    [port] = re.findall(r"127\.0\.0\.1:(\d+)", (directory / "requests.toml").read_text())
    ours = command.replace("ot2otel ", f"{shlex.quote(sys.executable)} -m ot2otel ", 1).replace("8080", port)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", ours],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_the_document_shows_these_commands() -> None:
    assert [command.split()[:2] for command in COMMANDS] == [
        ["ot2otel", "record"],
        ["git", "switch"],
        ["OTEL_SERVICE_NAME=greeter", "ot2otel"],
        ["ot2otel", "diff"],
        *[["ot2otel", "record"]] * 5,
    ]


def kept_on_a_branch(versions: Mapping[str, str], directory: Path) -> None:
    """Make a repository with a version of app.py on each branch; the first branch is the current one."""
    git = ["git", "-c", "user.name=reader", "-c", "user.email=reader@example.org"]
    first = next(iter(versions))
    subprocess.run([*git, "init", "-q", "-b", first], cwd=directory, check=True)
    for branch, version in versions.items():
        if branch != first:
            subprocess.run([*git, "switch", "-q", "-c", branch], cwd=directory, check=True)
        (directory / "app.py").write_text(version)
        subprocess.run([*git, "add", "app.py"], cwd=directory, check=True)
        subprocess.run([*git, "commit", "-q", "-m", branch], cwd=directory, check=True)
    subprocess.run([*git, "switch", "-q", first], cwd=directory, check=True)


@needs_agent
def test_before_after_and_verdict(directory: Path) -> None:
    before = run(COMMANDS[0], directory)
    kept_on_a_branch({"main": shown("python"), "opentelemetry": MIGRATED}, directory)
    switched = run(COMMANDS[1], directory)
    after = run(COMMANDS[2], directory)
    judged = run(COMMANDS[3], directory)

    [note] = re.findall(r"^```\n(before.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert (before.returncode, switched.returncode, after.returncode) == (0, 0, 0)
    assert before.stderr.endswith(note)
    assert len(read(directory / "after.jsonl").spans) == 4
    assert judged.returncode == 0  # degraded: the SDK has no host detector by default
    assert "4 traces, 4 spans before and after, the same answers (200, 200, 200, 200)" in judged.stdout


@pytest.mark.parametrize("command", COMMANDS[4:7] + COMMANDS[8:])
def test_a_command_for_an_own_program(directory: Path, command: str) -> None:
    done = run(command, directory)

    name = command.split()[3]
    assert done.returncode == 0, done.stderr
    assert len(read(directory / name).spans) == 2
    if name == "masked.jsonl":
        assert [word for word in ("joe", "4111") if word in (directory / name).read_text()] == []


def test_the_command_without_a_command(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "ot2otel", *shlex.split(COMMANDS[7])[1:], "--free-ports"]
    with subprocess.Popen(
        words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        listening = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert listening.startswith("Listening on 127.0.0.1: ")
    assert process.returncode == 2
    assert errors.startswith("No span arrived. before.jsonl was not written.\nNobody connected")
