"""The command `ot2otel` for a user: output, exit codes, mistakes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel import recording_file
from ot2otel.cli import main
from ot2otel.lab import catalog
from ot2otel.lab.catalog import Variant
from ot2otel.lab.plan import Plan
from tests.support.runs import ROOT, RUNS

HAS_JAEGER_EXPORTER = ("native", "jaeger") in RUNS


def ot2otel(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ot2otel", *arguments], capture_output=True, text=True, timeout=60, cwd=ROOT
    )


def test_compare_prints_one_json_document_and_nothing_else() -> None:
    result = ot2otel("compare", "--work", "0", "--format", "json")

    document = json.loads(result.stdout)
    verdicts = [(v["before"]["label"], v["after"]["label"], v["verdict"]) for v in document["verdicts"]]
    assert result.returncode == 0
    ending = ["exit_code", "fail_on", "accept", "settings"]
    assert list(document) == ["version", "flow", "verdicts", "seconds", *ending, "recordings"]
    assert list(document["recordings"]) == ["legacy/jaeger", "shim/otlp", "native/otlp"]
    assert verdicts == [
        ("legacy/jaeger", "shim/otlp", "degraded"),
        ("legacy/jaeger", "native/otlp", "equivalent"),
    ]


def test_one_variant_alone_is_shown_as_trees() -> None:
    result = ot2otel("compare", "--variants", "legacy", "--work", "0")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("server-1_to_server-2 CLIENT") == 3


def test_strict_makes_degraded_a_no(tmp_path: Path) -> None:
    saved = ot2otel("compare", "--work", "0", "--save", str(tmp_path), "--strict", "--format", "json")
    files = [str(tmp_path / f"hello-{name}.jsonl") for name in ("legacy-jaeger", "shim-otlp")]

    strict, lenient = ot2otel("diff", *files, "--strict"), ot2otel("diff", *files)

    assert (saved.returncode, strict.returncode, lenient.returncode) == (1, 1, 0)
    assert "▼  legacy → shim/otlp  degraded" in lenient.stdout
    endings = [result.stdout.splitlines()[-1] for result in (strict, lenient)]
    assert endings == [
        "exit 1.  all findings: --explain",
        "exit 0 (with --strict 1).  all findings: --explain",
    ]


def test_compare_in_words_puts_all_variants_beside_each_other() -> None:
    lines = ot2otel("compare", "--work", "0").stdout.splitlines()

    assert lines[0] == "hello: 3 traces, 8 spans before and after, the same answers (200, 502, 502)"
    assert next(line.split() for line in lines if "server-1_to_server-2" in line) == [
        *("└─", "server-1_to_server-2", "CLIENT", "UNSET", "▼", "INTERNAL", "·", "·", "·")
    ]
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 80


def test_with_nothing_sampled_no_span_arrives_and_the_answers_are_compared() -> None:
    result = ot2otel("compare", "--work", "0", "--sampler", "always_off", "--format", "json")

    document = json.loads(result.stdout)
    assert result.returncode == 0
    assert [recording["resourceSpans"] for recording in document["recordings"].values()] == [[], [], []]
    assert [verdict["verdict"] for verdict in document["verdicts"]] == ["identical", "identical"]


def test_the_console_shows_the_spans_of_every_variant_beside_the_report() -> None:
    result = ot2otel("compare", "--work", "0", "--console", "--format", "json")

    labels = {
        line.partition(" | ")[0] for line in result.stderr.splitlines() if "server-1_to_server-2" in line
    }
    assert list(json.loads(result.stdout)["recordings"]) == ["legacy/jaeger", "shim/otlp", "native/otlp"]
    assert labels == {"legacy/jaeger server-1", "shim/otlp server-1", "native/otlp server-1"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["compare", "--variants", "legacy,nativ"], "'nativ' is not one of legacy, shim, native"),
        (["compare", "--flow", "goodbye"], "'goodbye' is not"),
        (["compare", "--requests", "0"], "0 is not in the range"),
        (["compare", "--name", "a/b"], "without a slash"),
        (["compare", "--name", " "], "without a slash"),
        (["compare", "--save", str(ROOT / "README.md")], "is a file"),
        (["diff", "nowhere.json", "nowhere.json"], "'nowhere.json' does not exist"),
        (
            ["diff", str(ROOT / "README.md"), str(ROOT / "README.md")],
            "README.md can't be read as spans: its form is unknown",
        ),
        (["diff", str(ROOT / "README.md"), str(ROOT / "README.md"), "--all"], "--all needs --format json"),
        (["unknown"], "No such command 'unknown'"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(arguments: list[str], named: str) -> None:
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert named in result.output


@pytest.mark.skipif(HAS_JAEGER_EXPORTER, reason="the Jaeger thrift exporter imports in this dependency lane")
def test_the_jaeger_exporter_on_a_newer_sdk_is_a_mistake_that_names_the_remedy() -> None:
    result = CliRunner().invoke(main, ["compare", "--exporter", "jaeger"])

    assert result.exit_code == 2
    assert "up to 1.39.1" in result.output


def test_a_service_that_does_not_come_up_is_named_with_its_log(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    broken = Variant("native", "tests.support.planted.broken", "", ("otlp",), ())
    monkeypatch.setitem(catalog.VARIANTS, "native", broken)

    result = CliRunner().invoke(main, ["compare", "--variants", "native"])

    assert result.exit_code == 2
    assert "native's server-2 did not come up" in result.output
    assert "no configuration found" in result.output


def test_a_service_that_is_gone_before_the_first_connection_is_named_with_its_log(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    gone = Variant("native", "tests.support.planted.gone", "", ("otlp",), ())
    monkeypatch.setitem(catalog.VARIANTS, "native", gone)

    result = CliRunner().invoke(main, ["compare", "--variants", "native"])

    assert result.exit_code == 2
    assert "native's server-2 accepts no connection at http://127.0.0.1:" in result.output
    assert "server-2 listening on" in result.output.splitlines()[-1]


def test_spans_that_never_arrive_are_a_failed_run_that_shows_the_others(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    silent = Variant("native", "tests.support.planted.silent", "", ("otlp",), ())
    monkeypatch.setitem(catalog.VARIANTS, "native", silent)
    monkeypatch.setattr("ot2otel.cli.compare.Plan", partial(Plan, deadline=0.2))

    result = CliRunner().invoke(main, ["compare", "--variants", "native", "--work", "0"])

    assert result.exit_code == 2
    assert "for 8 spans of native over otlp, got 0" in result.output


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_compare_leaves_no_process_behind(ending: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ot2otel", "compare", "--work", "10"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    services = _children(process.pid, at_least=6)
    process.send_signal(ending)

    assert process.wait(20) == 128 + ending
    assert [pid for pid in services if _runs(pid)] == []


def _children(parent: int, at_least: int) -> list[int]:
    """Wait for that many processes that `parent` started."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        tasks = Path(f"/proc/{parent}/task").glob("*/children")
        found = [int(pid) for children in tasks for pid in children.read_text().split()]
        if len(found) >= at_least:
            return found
        os.sched_yield()
    raise AssertionError(f"{at_least} services were not started within 30 s")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_saved_recording_reads_back_as_it_was(tmp_path: Path) -> None:
    ot2otel("compare", "--work", "0", "--variants", "legacy", "--save", str(tmp_path))
    recording = recording_file.read(tmp_path / "hello-legacy-jaeger.jsonl")

    recording_file.write(recording, tmp_path / "again.jsonl")

    assert recording_file.read(tmp_path / "again.jsonl") == recording
