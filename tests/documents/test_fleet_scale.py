"""The commands of docs/fleet-scale.md that need no engine of their own are run as printed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.populations import Values, native_traces
from ot2otel.population import parquet
from ot2otel.recording import Recording
from ot2otel.recording_file import write
from tests.support.command_blocks import marked
from tests.support.runs import ROOT

BLOCKS = marked("run: tests/documents/test_fleet_scale.py")
COMMANDS = [command for block in BLOCKS for command in block.commands]
DOCUMENT = "docs/fleet-scale.md"
SPANS = [span for trace in native_traces(20, Values.UNIQUE) for span in trace]
SENDS = """
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
provider.get_tracer("shop").start_span("pay").end()
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with yesterday's recording, a program to record, and a DuckDB file of two versions."""
    directory = tmp_path_factory.mktemp("fleet")
    write(Recording(tuple(SPANS)), directory / "yesterday.jsonl")
    (directory / "send.py").write_text(SENDS)
    versions = [
        replace(span, resource={**span.resource, "service.version": "1.8" if number < 30 else "1.9"})
        for number, span in enumerate(SPANS)
    ]
    parquet.write(versions, directory / "versions.parquet")
    with duckdb.connect(str(directory / "spans.duckdb")) as database:
        database.execute(f"CREATE TABLE otel_traces AS SELECT * FROM '{directory}/versions.parquet'")
    return directory


@pytest.mark.timeout(120)
def test_each_command_runs_in_its_order(directory: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "COLUMNS": "100"}
    codes = []
    for command in COMMANDS:
        if not command.startswith("pip install "):
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=100, check=False,
            )  # fmt: skip
            codes.append((command.split()[1], done.returncode))

    # Yesterday's operations are not today's: that answer is no.
    assert codes == [("convert", 0), ("record", 0), ("population", 1), ("population", 0)]
    assert "10 traces" in done.stdout
