"""`ot2otel headers`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.headers.examination import examine
from ot2otel.headers.extractors import extract
from ot2otel.headers.report import document
from tests.support.header_cases import S, T


@pytest.mark.parametrize(
    "captured", [f"uber-trace-id: {T}:{S}:0:1", json.dumps({"uber-trace-id": f"{T}:{S}:0:1"})]
)
def test_the_command_reads_standard_input(captured: str) -> None:
    ran = CliRunner().invoke(main, ["headers"], input=captured)

    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[:4] == [
        "jaeger (uber-trace-id): valid for legacy/jaeger, valid for native/jaeger",
        "",
        "legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, shim/jaeger, shim/composite:",
        f"    continues {T} under {S}, sampled",
    ]


def test_the_command_reads_a_file_and_prints_one_document(tmp_path: Path) -> None:
    file = tmp_path / "captured"
    file.write_text("Host: x")

    ran = CliRunner().invoke(main, ["headers", str(file), "--format", "json"])

    assert (ran.exit_code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == document(examine({"Host": "x"}, extract))


@pytest.mark.parametrize("captured", [b"", b"nonsense", b"{", b"\xff" * 2_000_000])
def test_bad_input_is_one_line_and_misuse(captured: bytes) -> None:
    ran = CliRunner().invoke(main, ["headers"], input=captured)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.count("\n") == 1
