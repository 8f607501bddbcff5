"""The end of a command: 1 is only ever an answer, each error is one message, and no traceback is left."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.errors import Ot2OtelError
from tests.support.runs import ROOT

RECORDINGS = ROOT / "tests" / "golden" / "recordings"
LEGACY, SHIM = (str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))
DIFF = ("diff", LEGACY, SHIM)


def run(
    *arguments: str, limit: Callable[[], None] | None = None, **streams: int
) -> subprocess.CompletedProcess[str]:
    piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    piped |= streams
    return subprocess.run(
        [sys.executable, "-m", "ot2otel", *arguments],
        stdin=piped["stdin"],
        stdout=piped["stdout"],
        stderr=piped["stderr"],
        text=True,
        timeout=60,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        check=False,
        preexec_fn=limit,
    )


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Give a function that plants an error into `ot2otel diff`."""

    def plant(error: BaseException) -> None:
        def judge(*_: object) -> NoReturn:
            raise error

        monkeypatch.setattr("ot2otel.cli.diff.judge_read", judge)

    return plant


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(
            OSError(28, "No space left on device", "/tmp/x"),
            "No space left on device: /tmp/x. `ot2otel --debug` shows where.",
            id="a full disk",
        ),
        pytest.param(
            OSError("a socket is gone"),
            "OSError: a socket is gone. `ot2otel --debug` shows where.",
            id="an OSError without a number",
        ),
        pytest.param(
            MemoryError(), "There is not enough memory. `ot2otel --debug` shows where.", id="no memory"
        ),
        pytest.param(
            TypeError("a fault"),
            "This is a fault of ot2otel: TypeError: a fault. `ot2otel --debug` shows where.",
            id="a fault",
        ),
        pytest.param(Ot2OtelError("Do this."), "Do this.", id="an error with its remedy"),
        pytest.param(
            Ot2OtelError("its log:\n\x1b]0;title\x07\u202e\x00"),
            "its log:\n\\x1b]0;title\\x07\\u202e\\x00",
            id="an error that quotes a wire",
        ),
    ],
)
def test_every_error_is_one_message_and_2(
    error: Exception, message: str, failing: Callable[[BaseException], None]
) -> None:
    failing(error)

    ended = CliRunner().invoke(main, DIFF)

    assert (ended.exit_code, ended.stderr) == (2, f"Error: {message}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["\x1b]0;title\x07"],
        ["diff", "\u202e\x1b[2J.json", "x"],
        ["--\x1b[2J"],
        ["compare", "--jaeger", "http://\x1b[2J\u202e:70000000/"],
        ["fleet", "--from", "\x1b[2J"],
        ["compare", "--target", "\x1b[2J=http://x"],
    ],
    ids=ascii,
)
def test_a_mistake_is_told_without_the_control_characters_in_it(arguments: Sequence[str]) -> None:
    ended = CliRunner().invoke(main, arguments)

    assert ended.exit_code == 2
    assert ended.stderr.replace("\n", "").isprintable()


def test_debug_shows_the_traceback_above_the_message(failing: Callable[[BaseException], None]) -> None:
    failing(TypeError("a fault"))

    ended = CliRunner().invoke(main, ["--debug", *DIFF])

    first, *_, last = ended.stderr.splitlines()
    assert ended.exit_code == 2
    assert (first, last.partition(":")[0]) == ("Traceback (most recent call last):", "Error")


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: str(number.name)
)
def test_a_signal_ends_a_command_with_its_number_and_without_a_word(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A shell that started the tests in the background has let Python ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    earlier = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    monkeypatch.setattr("ot2otel.cli.diff.judge_read", lambda *_: signal.raise_signal(number))

    ended = CliRunner().invoke(main, DIFF)

    assert (ended.exit_code, ended.output) == (128 + number, "")
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == earlier


def test_a_signal_in_a_destructor_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Destroyed:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    def judge(*_: object) -> None:
        Destroyed()
        signal.pause()

    monkeypatch.setattr("ot2otel.cli.diff.judge_read", judge)

    ended = CliRunner().invoke(main, DIFF)

    assert (ended.exit_code, ended.output) == (128 + signal.SIGTERM, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        DIFF,
        (*DIFF, "--format", "json"),
        ("--help",),
        ("--version",),
        ("diff", "--help"),
        ("headers", str(ROOT / "tests" / "cli" / "uber.txt")),
    ],
    ids=" ".join,
)
def test_a_full_standard_output_is_one_message_and_2(arguments: Sequence[str], tmp_path: Path) -> None:
    headers = tmp_path / "captured.txt"
    headers.write_text("uber-trace-id: 1:2:0:1\n")
    given = [str(headers) if argument.endswith("uber.txt") else argument for argument in arguments]
    with open("/dev/full", "w") as full:
        ended = run(*given, stdout=full.fileno())

    assert (ended.returncode, ended.stderr) == (
        2,
        "Error: No space left on device. `ot2otel --debug` shows where.\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_standard_error_leaves_exit_code_2() -> None:
    with open("/dev/full", "w") as full:
        ended = run("diff", "nowhere.json", "nowhere.json", stderr=full.fileno())

    assert (ended.returncode, ended.stdout) == (2, "")


@pytest.mark.parametrize("arguments", [DIFF, (*DIFF, "--format", "json"), ("--help",)], ids=" ".join)
def test_a_reader_that_goes_away_leaves_no_word(arguments: Sequence[str]) -> None:
    read, write = os.pipe()
    os.close(read)

    ended = run(*arguments, stdout=write)
    os.close(write)

    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, "")


def test_a_directory_that_cannot_be_made_is_told_before_anything_runs() -> None:
    ended = run("compare", "--work", "0", "--variants", "legacy", "--save", "/dev/full/recordings")

    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].endswith("/dev/full/recordings can't be made: Not a directory.")


def test_a_file_larger_than_the_memory_is_one_message_and_2(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(8 << 30)  # it takes no room on the disk

    ended = run(
        "diff", str(huge), LEGACY, limit=partial(resource.setrlimit, resource.RLIMIT_AS, (1 << 30, 1 << 30))
    )

    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)


def test_a_signal_between_the_start_of_a_thread_and_its_first_care_does_not_hang_the_end() -> None:
    program = (
        "import threading\n"
        "from ot2otel.__main__ import main\n"
        "from ot2otel.cli import diff\n"
        "def judge(*_):\n"
        "    threading.Thread(target=threading.Event().wait).start()\n"
        "    raise KeyboardInterrupt\n"
        "diff.judge_read = judge\n"
        "main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *DIFF], cwd=ROOT, capture_output=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGINT, b"", b"")


@pytest.mark.parametrize("module", ["click.exceptions", "ot2otel.cli.endings", "rich.console", "requests"])
def test_ctrl_c_during_the_imports_leaves_no_traceback(module: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "ot2otel", "up"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:  # one for each module that was imported
                if line.rpartition("| ")[2].strip() == module:
                    process.send_signal(signal.SIGINT)
                    break
            _, written = process.communicate(timeout=20)
        finally:
            process.kill()

    assert process.returncode == -signal.SIGINT
    assert [line for line in written.splitlines() if not line.startswith("import time:")] == []
