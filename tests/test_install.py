"""`pip install ot2otel` without extras: the wheel is built and installed in an empty virtualenv."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import pytest

from ot2otel.cli.commands import EXTRAS, SUMMARIES
from tests.support.runs import ROOT, SDK

CONSTRAINTS = ROOT / ("constraints.txt" if SDK == (1, 39, 1) else "constraints-newest.txt")
GOLDEN = ROOT / "tests" / "golden"
OTLP_AND_JAEGER = (
    GOLDEN / "recordings" / "hello-legacy-jaeger.json",
    GOLDEN / "jaeger" / "hello-legacy-jaeger.json",
)
RECEIVES = """
import requests
from ot2otel.receive.collector import Collector

with Collector() as collector:
    answer = requests.post(f"{collector.otlp_endpoint}/v1/traces", json={"resourceSpans": []}, timeout=10)
print(answer.status_code)
"""

pytestmark = pytest.mark.xdist_group("install")


def _clean() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=_clean(), capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    built = run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, ROOT], directory
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = directory.glob("*.whl")
    return found


def installed_in(directory: Path, wheel: Path, extras: str = "") -> Path:
    """Make a virtualenv with the wheel and some extras; return its `bin`."""
    wanted = f"ot2otel[{extras}] @ {wheel.as_uri()}" if extras else wheel
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", directory],
        [
            directory / "bin" / "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--constraint",
            CONSTRAINTS,
            wanted,
        ],
    ]
    for command in commands:
        done = run(command, directory.parent)
        assert done.returncode == 0, done.stderr
    return directory / "bin"


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a virtualenv with only the wheel and its dependencies."""
    return installed_in(tmp_path_factory.mktemp("bare"), wheel)


def test_the_wheel_has_the_package_the_variants_and_their_shared_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}

    assert {name for name in names if not name.endswith(".dist-info")} == {
        "ot2otel",
        "ot2otel_flows",
        "legacy_opentracing",
        "legacy_integrations",
        "otel_native",
        "otel_auto",
        "shim_bridge",
    }


def test_it_has_few_direct_dependencies() -> None:
    required = metadata.requires("ot2otel") or []

    assert len([each for each in required if "extra ==" not in each and "python_version" not in each]) <= 8


def test_no_tracing_library_and_no_web_framework_comes_with_it(bare: Path) -> None:
    listed = run([bare / "pip", "list", "--format", "freeze"], bare).stdout.lower()

    unwanted = ("opentracing", "jaeger-client", "opentelemetry-api", "opentelemetry-sdk", "flask", "jinja2")
    assert [name for name in unwanted if name in listed] == []


@pytest.mark.parametrize("command", [[], *([name] for name in SUMMARIES)], ids="-".join)
def test_every_help_text_is_shown(bare: Path, command: list[str]) -> None:
    shown = run([bare / "ot2otel", *command, "--help"], bare)

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[-1].strip().startswith("Example: ")


@pytest.mark.parametrize("file", OTLP_AND_JAEGER, ids=["a recording", "a download from Jaeger"])
def test_diff_judges_files_of_every_format(bare: Path, file: Path) -> None:
    judged = run([bare / "ot2otel", "diff", file, file], bare)

    assert (judged.returncode, judged.stderr) == (0, "")
    assert "  identical  " in judged.stdout


def test_diff_reads_lines_of_otlp_json(bare: Path, tmp_path: Path) -> None:
    lines = tmp_path / "spans.jsonl"
    document = OTLP_AND_JAEGER[0].read_text(encoding="utf-8").replace("\n", "")
    lines.write_text(f'{document}\n{{"resourceSpans": []}}\n', encoding="utf-8")

    judged = run([bare / "ot2otel", "diff", lines, OTLP_AND_JAEGER[0]], bare)

    assert (judged.returncode, judged.stderr) == (0, "")
    assert "identical" in judged.stdout


def test_the_rules_and_the_renames_come_with_it(bare: Path) -> None:
    rule = run([bare / "ot2otel", "rules", "span-kind"], bare)
    renames = run([bare / "ot2otel", "semconv", OTLP_AND_JAEGER[0]], bare)

    assert (rule.returncode, rule.stderr, renames.returncode, renames.stderr) == (0, "", 0, "")
    assert "example     span " in rule.stdout
    assert "http.request.method" in renames.stdout


def test_spans_are_received(bare: Path) -> None:
    received = run([bare / "python", "-c", RECEIVES], bare)

    assert (received.stdout, received.stderr) == ("200\n", "")


# What a command has to be given before it can miss anything.
ARGUMENTS = {
    "headers": [str(ROOT / "docs" / "captured-headers.txt")],
    "population": ["before.parquet", "after.parquet"],
}


@pytest.mark.parametrize("command", EXTRAS)
def test_a_command_that_needs_an_extra_names_it_in_one_line(bare: Path, command: str) -> None:
    refused = run([bare / "ot2otel", command, *ARGUMENTS.get(command, [])], bare)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1
    assert f"pip install 'ot2otel[{EXTRAS[command]}]'" in refused.stderr
