"""`pip install ot2otel` without extras: the wheel is built and installed in an empty virtualenv."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from ot2otel.cli.commands import EXTRAS, SUMMARIES
from tests.support.installation import built_wheel, installed_in, run
from tests.support.runs import ROOT

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

# A program of a user, who checks it with mypy --strict.
USES = """
from pathlib import Path

from ot2otel import recording_file
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.recording import Recording
from ot2otel.testing import CapturedSpan, Spans, captured
from ot2otel.testing.over_wire import WireSpans


def judged(before: Path, after: Path) -> Verdict:
    old: Recording = recording_file.read(before)
    return judge(old, recording_file.read(after))


def paid(spans: Spans, wire: WireSpans) -> list[CapturedSpan]:
    environment: dict[str, str] = wire.environment
    spans.assert_equivalent("checkout", accept="accepted.toml", fail_on="new")
    with captured("snapshots") as own:
        return [own.one("pay"), *wire.wait_for(len(environment))]
"""

pytestmark = pytest.mark.xdist_group("install")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


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


@pytest.mark.slow
def test_a_users_program_has_its_types(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text(USES)
    (tmp_path / "misuses.py").write_text(f"{USES}\n\njudged(1, 2).verdict\n")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--python-executable"]

    good, bad = (run([*mypy, bare / "python", name], tmp_path) for name in ("uses.py", "misuses.py"))

    assert (good.returncode, good.stdout) == (0, "Success: no issues found in 1 source file\n")
    assert bad.stdout.count("error: ") == 3


# What a command has to be given before it can miss anything.
ARGUMENTS = {
    "convert": ["before.jsonl", "-o", "before.parquet"],
    "headers": [str(ROOT / "docs" / "captured-headers.txt")],
    "population": ["before.parquet", "after.parquet"],
}


@pytest.mark.parametrize("command", EXTRAS)
def test_a_command_that_needs_an_extra_names_it_in_one_line(bare: Path, command: str) -> None:
    refused = run([bare / "ot2otel", command, *ARGUMENTS.get(command, [])], bare)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1
    assert f"pip install 'ot2otel[{EXTRAS[command]}]'" in refused.stderr
