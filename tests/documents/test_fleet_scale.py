"""The commands of docs/fleet-scale.md that need no engine of their own are run as printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.populations import Values, native_traces
from ot2otel.recording import Recording
from ot2otel.recording_file import write
from tests.support.command_blocks import marked
from tests.support.runs import ROOT
from tests.support.weeks import day

BLOCKS = marked("run: tests/documents/test_fleet_scale.py")
COMMANDS = [command for block in BLOCKS for command in block.commands]
VERSIONS = ("1.8", "1.9")
SPANS = [span for trace in native_traces(400, Values.UNIQUE) for span in trace]
# A program that sends the spans of yesterday.
SENDS = """
import json, os, urllib.request

for line in open("yesterday.jsonl"):
    spans = json.dumps({"resourceSpans": json.loads(line)["resourceSpans"]}).encode()
    url = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
    asked = urllib.request.Request(url, data=spans, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(asked).read()
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: yesterday's recording, a program to record, a DuckDB file of two versions."""
    monkeypatch.chdir(tmp_path)
    write(Recording(tuple(SPANS)), tmp_path / "yesterday.jsonl")
    (tmp_path / "send.py").write_text(SENDS)
    for number, version in enumerate(VERSIONS):
        day(tmp_path / f"{version}.parquet", number, 2000)
    with duckdb.connect("spans.duckdb") as database:
        database.execute(f"CREATE TABLE otel_traces AS {' UNION ALL '.join(map(of_version, VERSIONS))}")
    return tmp_path


def of_version(version: str) -> str:
    """Return the query for the spans of a version."""
    named = f"map_concat(ResourceAttributes, MAP {{'service.version': '{version}'}}) AS ResourceAttributes"
    return f"SELECT * REPLACE ({named}) FROM '{version}.parquet'"


@pytest.mark.timeout(300)  # four commands, on a busy machine
def test_each_command_runs_in_its_order(directory: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "COLUMNS": "100"}
    codes = []
    for command in COMMANDS:
        if not command.startswith("pip install "):
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=200, check=False,
            )  # fmt: skip
            codes.append((command.split()[1], done.returncode))

    assert codes == [("convert", 0), ("record", 0), ("population", 0), ("population", 0)]
    assert "before: 2,000 traces" in done.stdout
