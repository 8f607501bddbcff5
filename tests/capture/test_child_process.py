"""A child process from its start to its end, in real processes of a few lines each."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any  # of Popen's arguments

import pytest

from ot2otel.capture.child_process import ChildProcess, ProcessFailedError

READY = re.compile(r"listening on port (\d+)$")
ENDS_BY_ITSELF = "print('no configuration found'); raise SystemExit(3)"
WAITS = "import signal; print('listening on port 8081', flush=True); signal.pause()"
# A ready process has its handlers. They write without `print`, which may be under way when one is called.
SAYS_GOODBYE = """
import os, signal

def end(number, frame):
    os.write(1, f"delivered at {signal.Signals(number).name}\\n".encode())
    raise SystemExit(0)

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, end)
print("listening on port 8081", flush=True)
while True:
    signal.pause()
"""
COUNTS_SIGNALS = """
import os, signal, time

signals = []
signal.signal(signal.SIGTERM, lambda number, frame: signals.append(number))
print("listening on port 8081", flush=True)
while not signals:
    time.sleep(0.01)
time.sleep(0.5)  # in which a second signal would come
os.write(1, f"signals: {len(signals)}\\n".encode())
"""
IGNORES_SIGTERM = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("listening on port 8081", flush=True)
while True:
    signal.pause()
"""

Start = Callable[..., ChildProcess]


@pytest.fixture
def started() -> Iterator[Start]:
    """Give a function that starts a Python program; each process is ended with the test."""
    with ExitStack() as running:

        def start(
            program: str,
            environment: Mapping[str, str] | None = None,
            show: Callable[[str], None] = lambda _: None,
        ) -> ChildProcess:
            command = [sys.executable, "-c", program]
            process = ChildProcess(command, environment or {}, READY, "the service", show)
            running.callback(process.stop, 5.0)
            process.start()
            return process

        yield start


def wait_for_end(process: ChildProcess) -> None:
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # its exit code is left for `stop`


def test_a_process_is_ready_when_it_writes_the_line(started: Start) -> None:
    process = started(f"print('starting'); {WAITS}")

    found = process.wait_for_line(10)

    assert (found[0], found[1]) == ("listening on port 8081", "8081")
    assert (process.log, process.ended) == ("starting\nlistening on port 8081", False)
    process.check_running()


def test_a_process_without_the_line_is_an_error_with_its_log(started: Start) -> None:
    written = threading.Event()
    program = "import signal; print('warming up', flush=True); signal.pause()"
    process = started(program, show=lambda _: written.set())
    written.wait(10)

    with pytest.raises(ProcessFailedError) as raised:
        process.wait_for_line(0.1)

    assert str(raised.value) == "the service was not ready after 0.1 s. Its last log lines:\nwarming up"


def test_a_process_that_ends_before_it_is_ready_is_an_error_with_its_log(started: Start) -> None:
    process = started(ENDS_BY_ITSELF)

    with pytest.raises(ProcessFailedError) as raised:
        process.wait_for_line(10)

    assert str(raised.value) == "the service did not come up. Its last log lines:\nno configuration found"
    assert (process.ended, process.stop(5)) == (True, 3)


def test_a_process_that_ends_by_itself_later_is_an_error_with_its_log(started: Start) -> None:
    process = started(WAITS)
    process.wait_for_line(10)
    os.kill(process.pid, signal.SIGKILL)
    wait_for_end(process)

    with pytest.raises(ProcessFailedError) as raised:
        process.check_running()

    assert str(raised.value) == ("the service ended by itself. Its last log lines:\nlistening on port 8081")


def test_the_log_is_the_last_twenty_lines_of_both_streams_and_every_line_is_shown(started: Start) -> None:
    shown: list[str] = []
    process = started(
        "import sys\n"
        "for number in range(30): print(number, flush=True)\n"
        "print('a warning \\N{SNOWMAN}', file=sys.stderr)\n"
        "sys.stdout.buffer.write(b'\\xff is no UTF-8\\n')\n"
        "sys.stdout.flush()\n" + WAITS,
        {"PYTHONIOENCODING": "utf-8"},
        shown.append,
    )

    process.wait_for_line(10)

    written = [
        *map(str, range(30)),
        "a warning \N{SNOWMAN}",
        "\N{REPLACEMENT CHARACTER} is no UTF-8",
        "listening on port 8081",
    ]
    assert shown == written
    assert process.log == "\n".join(written[-20:])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_makes_a_process_end_as_it_wants_to(started: Start, ending: signal.Signals) -> None:
    process = started(SAYS_GOODBYE)
    process.wait_for_line(10)

    process.ask_to_stop(ending)
    wait_for_end(process)

    assert (process.ended, process.stop(10)) == (True, 0)
    assert process.log == f"listening on port 8081\ndelivered at {ending.name}"


def test_a_process_that_handles_no_signal_ends_by_it(started: Start) -> None:
    process = started(WAITS)
    process.wait_for_line(10)

    assert process.stop(10) == -signal.SIGTERM


def test_a_process_that_does_not_end_in_time_is_killed_and_its_log_says_so(started: Start) -> None:
    process = started(IGNORES_SIGTERM)
    process.wait_for_line(10)

    exit_code = process.stop(0.2)

    assert (exit_code, process.ended) == (-signal.SIGKILL, True)
    assert process.log == "listening on port 8081\n(killed: it did not end within 0.2 s)"


def test_a_process_that_was_not_started_has_nothing_to_end() -> None:
    process = ChildProcess(["no-such-program"], {}, READY, "the service")

    process.ask_to_stop()

    assert (process.stop(5), process.pid, process.ended, process.log) == (0, 0, True, "")


def test_the_environment_is_all_that_a_process_gets(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "inherited")
    process = started(
        "import os; print(sorted(name for name in os.environ if name.startswith('OTEL_')))\n" + WAITS,
        {"OTEL_TRACES_EXPORTER": "otlp"},
    )

    process.wait_for_line(10)

    assert process.log == "['OTEL_TRACES_EXPORTER']\nlistening on port 8081"


def test_a_signal_that_comes_while_a_process_starts_is_handled_when_the_process_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = ChildProcess([sys.executable, "-c", WAITS], {}, READY, "the service")
    known_at_the_signal: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda *_: known_at_the_signal.append(process.pid))
    popen = subprocess.Popen

    def interrupted(*arguments: Any, **options: Any) -> subprocess.Popen[str]:  # Any: as Popen takes them
        signal.raise_signal(signal.SIGTERM)
        return popen(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    try:
        process.start()
        pid = process.pid
    finally:
        signal.signal(signal.SIGTERM, earlier)
        process.stop(10)

    assert pid > 0
    assert known_at_the_signal == [pid]


def test_a_process_gets_one_signal_to_end_at(started: Start) -> None:
    process = started(COUNTS_SIGNALS)
    process.wait_for_line(10)

    process.ask_to_stop()

    assert process.stop(10) == 0
    assert process.log.splitlines()[-1] == "signals: 1"


def test_a_process_that_was_ready_and_ended_at_once_was_ready(started: Start) -> None:
    process = started("print('listening on port 8081')")

    assert process.wait_for_line(10)[1] == "8081"


def test_a_wish_to_stop_before_the_start_is_no_signal() -> None:
    process = ChildProcess([sys.executable, "-c", SAYS_GOODBYE], {}, READY, "the service")
    process.ask_to_stop()
    process.start()
    process.wait_for_line(10)

    assert process.stop(10) == 0
    assert process.log.splitlines()[-1] == "delivered at SIGTERM"


def test_a_line_without_an_end_is_read_in_pieces_and_kept_short(started: Start) -> None:
    process = started("print('x' * 1_000_000); print('listening on port 8081', flush=True)\n" + WAITS)

    process.wait_for_line(10)

    assert process.log.splitlines()[0] == f"{'x' * 1000}... (65536 characters)"
    assert len(process.log) < 20 * 1100
