"""The formats of `diff`, their files, and the exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main
from tests.golden import RECORDINGS

LEGACY, SHIM = (str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))
BEGINNINGS = {
    "text": "hello: 3 traces",
    "json": '{\n "version": 2,',
    "markdown": "### ▼ ot2otel: degraded\n",
    "junit": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="ot2otel" ',
    "github": "::warning title=degraded%3A status ERROR",
}


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", LEGACY, SHIM, *arguments])


@pytest.mark.parametrize("format", BEGINNINGS)
def test_each_format_goes_to_the_terminal_or_to_a_file(format: str, tmp_path: Path) -> None:
    path = tmp_path / "verdict"

    shown = diff("--format", format)
    written = diff("--format", format, "-o", str(path))

    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert shown.output.startswith(BEGINNINGS[format])
    assert written.output == ""
    text = path.read_text(encoding="utf-8")
    if format == "json":
        assert json.loads(text) | {"seconds": 0} == json.loads(shown.output) | {"seconds": 0}
    else:
        assert text == shown.output


def test_one_run_writes_several_files_beside_the_report(tmp_path: Path) -> None:
    paths = {format: tmp_path / format for format in ("json", "markdown", "junit")}

    shown = diff(*[word for format, path in paths.items() for word in ("-o", f"{format}:{path}")])

    assert shown.output.startswith(BEGINNINGS["text"])
    for format, path in paths.items():
        assert path.read_text(encoding="utf-8").startswith(BEGINNINGS[format])
    ET.parse(paths["junit"])


@pytest.mark.parametrize("name", ["./xml:verdict", "verdict-12:30", "2026-11-22T12:30.txt"])
def test_a_name_with_a_colon_is_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    diff("-o", name)

    assert os.listdir(tmp_path) == [name.removeprefix("./")]


def test_all_facts_go_with_json_in_a_file(tmp_path: Path) -> None:
    diff("--all", "-o", f"json:{tmp_path / 'a'}")

    assert json.loads((tmp_path / "a").read_text())["verdicts"][0]["facts"]
    assert diff("--all").exit_code == 2


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("no/verdict.md", "no/verdict.md: its directory does not exist."),
        ("markdown:no/verdict.md", "no/verdict.md: its directory does not exist."),
        ("markdown:", "Name a file."),
        ("xml:verdict", "'xml' is no format: text, json, markdown, junit, github are."),
        (".", "can't be written: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_written_is_one_message(
    target: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = diff("-o", target)

    assert result.exit_code == 2
    assert problem in result.output
    assert os.listdir(tmp_path) == []


def test_two_reports_need_two_files(tmp_path: Path) -> None:
    path = tmp_path / "verdict"

    result = diff("-o", str(path), "-o", f"json:{path}")

    assert result.exit_code == 2
    assert "-o names one file twice" in result.output
    assert not path.exists()


def test_an_earlier_report_stays_where_the_files_cannot_be_compared(tmp_path: Path) -> None:
    path = tmp_path / "verdict.md"
    path.write_text("as it was")

    result = CliRunner().invoke(main, ["diff", LEGACY, str(path), "-o", str(path)])

    assert (result.exit_code, path.read_text()) == (2, "as it was")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--strict"], 1),
        (["--fail-on", "degraded"], 1),
        (["--fail-on", "new, noise"], 0),
        (["--fail-on", "new,added"], 1),
        (["--fail-on", "equivalent"], 1),
        (["--fail-on", "never"], 0),
        (["--fail-on", "gone", "--strict"], 1),
        (["--fail-on", "never", "--strict"], 2),
        (["--fail-on", "never,new"], 2),
        (["--fail-on", ""], 2),
        (["--fail-on", "lost"], 2),
    ],
)
def test_the_exit_code_is_as_asked(options: list[str], code: int) -> None:
    assert diff(*options).exit_code == code


def test_identical_files_fail_on_nothing() -> None:
    for format in BEGINNINGS:
        result = CliRunner().invoke(main, ["diff", SHIM, SHIM, "--fail-on", "equivalent", "--format", format])
        assert result.exit_code == 0
        assert "identical" in result.output


def test_a_format_for_verdicts_needs_two_variants() -> None:
    result = CliRunner().invoke(main, ["compare", "--variants", "shim", "--format", "junit"])

    assert result.exit_code == 2
    assert "--format junit is for verdicts: name two variants." in result.output
