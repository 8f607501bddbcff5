"""`ot2otel record` as a job of an interactive shell: Ctrl-C, Ctrl-Z, fg and input are the command's."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runs import ROOT

# Tells what happens to it; `after` is how long it waits before it reads.
PROGRAM = """
import sys, time
try:
    time.sleep(float(sys.argv[1]))
    print("program up", flush=True)
    print("read", input(), flush=True)
    time.sleep(1000)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    time.sleep(0.3)
    sys.exit(7)
"""
_PATIENCE = 60.0  # seconds


class Shell:
    """A bash on a terminal of its own."""

    def __init__(self, directory: Path) -> None:
        self._shown = ""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            environment = {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PS1": "$ ",
                "TERM": "dumb",
                "HISTFILE": "/dev/null",
            }
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows this text, after what was waited for before."""
        deadline = time.monotonic() + _PATIENCE
        while text not in self._shown:
            assert time.monotonic() < deadline, f"waited for {text!r}, got {self._shown!r}"
            if select.select([self._terminal], [], [], 0.1)[0]:
                self._shown += os.read(self._terminal, 1000).decode(errors="replace")
        self._shown = self._shown.partition(text)[2]

    def close(self) -> None:
        os.kill(self.pid, signal.SIGHUP)  # bash passes it to its jobs
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    (tmp_path / "program.py").write_text(PROGRAM)
    shell = Shell(tmp_path)
    yield shell
    shell.close()


def command(after: float) -> str:
    return f"{sys.executable} -m ot2otel record -o out.jsonl -- {sys.executable} program.py {after}"


@pytest.mark.slow  # job control on a busy machine takes its time
def test_ctrl_z_stops_both_and_fg_goes_on_until_ctrl_c(shell: Shell) -> None:
    shell.type(f"{command(0)}\n")
    shell.wait_for("program up")
    shell.type("Bob\n")
    shell.wait_for("read Bob")
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.type("echo in the $((40 + 2)) shell\n")
    shell.wait_for("in the 42 shell")
    shell.type("fg\n")
    shell.wait_for("program.py 0")
    shell.type("\x03")
    shell.wait_for("interrupted")
    shell.wait_for("No span arrived")
    shell.type("echo code $?\n")

    shell.wait_for("code 7")


def test_a_command_that_was_begun_in_the_background_reads_after_fg(shell: Shell) -> None:
    shell.type(f"{command(4)} &\n")
    shell.wait_for("[1]")
    shell.type("fg\n")
    shell.wait_for("program up")
    shell.type("Bob\n")
    shell.wait_for("read Bob")
    shell.type("\x03")

    shell.wait_for("interrupted")


def test_a_command_in_the_background_that_reads_stops_until_fg(shell: Shell) -> None:
    shell.type(f"{command(0)} &\n")
    shell.wait_for("program up")
    shell.type("until jobs | grep Stopp; do sleep 0.1; done\n")
    shell.wait_for("Stopped")
    shell.type("fg\n")
    shell.wait_for("program.py 0")
    shell.type("Bob\n")

    shell.wait_for("read Bob")
