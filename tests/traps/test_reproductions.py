"""Each trap is there in the lanes that its text names, and not there in the others."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ot2otel.cli import main
from ot2otel.traps import CannotRunError, Trap, run, traps

LANE = "pinned" if metadata.version("opentelemetry-sdk") == "1.39.1" else "newest"
HEAD = '# /// script\n# dependencies = ["opentelemetry-sdk"]\n# ///\n"""Text."""\n\n'


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["traps", *arguments])


def scripted(directory: Path, code: str) -> Trap:
    """Return a trap with this code."""
    path = directory / "made-for-a-test.py"
    path.write_text(HEAD + code, encoding="utf-8")
    return replace(traps()[0], name="made-for-a-test", packages=["opentelemetry-sdk"], path=path)


@pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.name)
def test_a_trap_is_there_where_its_text_says(trap: Trap) -> None:
    if trap.family == "instrumentation" and not find_spec("opentelemetry.instrumentation"):
        pytest.skip("this environment has no instrumentation libraries")

    assert run(trap, timeout=110).is_there is (LANE in trap.lanes)


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("assert 1 == 1, 'never'", ""),
        ("assert 1 == 2, 'one is not two'", "one is not two"),
        ("assert not 'ü\\x1b[31m', 'ü\\x1b[31m'", "ü\x1b[31m"),
    ],
)
def test_the_message_of_the_last_assertion_is_the_answer(tmp_path: Path, code: str, seen: str) -> None:
    assert run(scripted(tmp_path, code)).seen == seen


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("assert 1 == 2", "found something else than it expects"),
        ("import sys; sys.exit(3)", "ended with 3: it said nothing."),
        ("raise ValueError('no')", "ended with 1: ValueError: no"),
        ("1 +", "ended with 1: SyntaxError: invalid syntax"),
        ("import os; os.kill(os.getpid(), 9)", "ended with -9: it said nothing."),
        ("import time; time.sleep(60)", "did not end within 1 s."),
    ],
)
def test_a_script_that_fails_otherwise_is_no_answer(tmp_path: Path, code: str, problem: str) -> None:
    with pytest.raises(CannotRunError, match="made-for-a-test " + problem):
        run(scripted(tmp_path, code), timeout=1 if "sleep" in code else 30)


def test_a_script_leaves_no_process_behind(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )

    with pytest.raises(CannotRunError, match="did not end"):
        run(scripted(tmp_path, code), timeout=5)

    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", note.read_text()], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert state == "" or state.startswith("Z")


def test_the_callers_configuration_does_not_reach_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    monkeypatch.setenv("JAEGER_TAGS", "a=b")
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    code = (
        "import os\n"
        "found = [key for key in os.environ if key.startswith(('OTEL', 'JAEGER'))]\n"
        "assert found, 'no variable'\n"
    )

    assert run(scripted(tmp_path, code)).seen == "no variable"


def test_a_missing_package_is_named_with_the_way_to_install_it() -> None:
    trap = replace(traps()[0], name="lost", packages=["opentelemetry-sdk", "no-such-package", "nor-this"])

    with pytest.raises(CannotRunError) as raised:
        run(trap)

    assert str(raised.value) == (
        "lost needs no-such-package, nor-this, not installed here: pip install no-such-package nor-this"
    )


def test_the_command_says_whether_a_trap_is_there_and_in_which_versions() -> None:
    result = command("--run", "ok-is-final")

    sdk = metadata.version("opentelemetry-sdk")
    assert result.exit_code == 0
    assert result.output == f"ok-is-final is there: the status is OK (opentelemetry-sdk {sdk})\n"


def test_the_command_exits_with_0_where_a_trap_is_not_there() -> None:
    name = "thrift-exporter-does-not-import" if LANE == "pinned" else "disabled-sdk-cuts-traces"

    result = command("--run", name)

    sdk = metadata.version("opentelemetry-sdk")
    assert (result.exit_code, result.output) == (0, f"{name} is not there (opentelemetry-sdk {sdk})\n")


def test_the_command_exits_with_2_if_a_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = replace(traps()[0], packages=["no-such-package"])
    monkeypatch.setattr("ot2otel.cli.traps.trap_named", lambda _: missing)

    result = command("--run", missing.name)

    assert result.exit_code == 2
    assert (
        result.output
        == f"Error: {missing.name} needs no-such-package, not installed here: pip install no-such-package\n"
    )


def test_all_run_one_after_the_other_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [trap for trap in traps() if trap.name in ("ok-is-final", "no-span-is-a-span")]
    lost = replace(some[0], name="lost", packages=["no-such-package"])
    monkeypatch.setattr("ot2otel.cli.traps.traps", lambda: [some[0], lost, some[1]])

    result = command("--run", "all")

    assert result.exit_code == 2
    first, second, count, problem = result.output.splitlines()
    assert first.startswith(f"{some[0].name} is there: ")
    assert second.startswith(f"{some[1].name} is there: ")
    assert count == "2 of 2 traps are there."
    assert problem.startswith("Error: lost needs no-such-package")


def test_outcomes_are_one_document_for_programs() -> None:
    document = json.loads(command("--run", "ok-is-final", "--format", "json").output)

    assert document == {
        "ran": [
            {
                "name": "ok-is-final",
                "is_there": True,
                "seen": "the status is OK",
                "versions": {"opentelemetry-sdk": metadata.version("opentelemetry-sdk")},
            }
        ],
        "not_run": [],
    }


def test_traps_are_one_document_for_programs() -> None:
    document = json.loads(command("--format", "json").output)

    assert [entry["name"] for entry in document["traps"]] == [trap.name for trap in traps()]
    assert json.loads(command("ok-is-final", "--format", "json").output)["traps"] == [
        entry for entry in document["traps"] if entry["name"] == "ok-is-final"
    ]


@pytest.mark.parametrize("arguments", [["ok-is-final", "--run", "all"], ["--run", "nothing"], ["--run", ""]])
def test_misuse_is_refused(arguments: list[str]) -> None:
    assert command(*arguments).exit_code == 2
