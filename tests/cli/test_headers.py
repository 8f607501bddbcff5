"""`ot2otel headers`."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel.cli import captured_file, main
from ot2otel.errors import Ot2OtelError
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
    assert ran.stdout.splitlines()[:5] == [
        "jaeger (uber-trace-id): valid for legacy/jaeger, valid for native/jaeger",
        "",
        "legacy/jaeger, legacy/jaeger-128, native/jaeger, native/composite, shim/jaeger, shim/composite,",
        "  auto/jaeger, auto/composite:",
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


def test_a_pipe_into_which_nobody_writes_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(Ot2OtelError) as refused:
        captured_file.read(pipe, 100, patience=0.05)

    assert str(refused.value) == (
        f"Nothing writes into the pipe {pipe}: waited 0.05 s. Name a file, or start the writer."
    )


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(f"uber-trace-id: {T}:{S}:0:1",))
    writer.start()

    read = captured_file.read(pipe, 1000)
    writer.join()

    assert read == f"uber-trace-id: {T}:{S}:0:1".encode()


def test_the_command_reads_the_output_of_another_program_by_its_number(
    captured_by_number: Callable[[bytes], str],
) -> None:
    ran = CliRunner().invoke(main, ["headers", captured_by_number(f"uber-trace-id: {T}:{S}:0:1".encode())])

    assert ran.exit_code == 0
    assert ran.stdout.startswith("jaeger (uber-trace-id): valid")


@pytest.fixture
def captured_by_number() -> Callable[[bytes], str]:
    """Give a function that makes a path as the shell's `<(program)` does."""

    def path(content: bytes) -> str:
        read, write = os.pipe()
        os.write(write, content)
        os.close(write)
        return f"/dev/fd/{read}"

    return path


def test_a_device_without_an_end_is_one_line_and_misuse() -> None:
    ran = CliRunner().invoke(main, ["headers", "/dev/zero"])

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert (
        ran.stderr
        == "Error: /dev/zero: The input is larger than 1048576 bytes: give the headers of one request.\n"
    )
