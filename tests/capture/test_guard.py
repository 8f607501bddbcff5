"""Nothing outlives the process that started it, whatever ends that one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ot2otel.capture.guard import temporary_directory
from tests.support.processes import runs
from tests.support.runs import ROOT
from tests.support.waiting import wait_until

# Writes the id of a child and the path of a directory, and waits.
STARTS = """
import re, signal, sys, time
from ot2otel.capture.child_process import ChildProcess
from ot2otel.capture.guard import temporary_directory

child = "import signal; {child}; print('listening', flush=True); signal.pause(); signal.pause()"
process = ChildProcess([sys.executable, "-c", child], {{}}, re.compile("listening"), "the child")
with temporary_directory() as directory:
    open(directory + "/file", "w").close()
    process.start()
    process.wait_for_line(20)
    print(process.pid, directory, flush=True)
    {then}
"""
WAITS = "signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.fixture
def killed(request: pytest.FixtureRequest) -> Iterator[tuple[int, Path]]:
    """Give the child and the directory of a process that was killed; `param` is what the child does first."""
    program = STARTS.format(child=request.param, then=WAITS)
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        pid, directory = process.stdout.readline().split()
        assert runs(int(pid))
        assert Path(directory, "file").exists()
        process.kill()
    yield int(pid), Path(directory)
    if runs(int(pid)):
        os.kill(int(pid), signal.SIGKILL)


@pytest.mark.parametrize("killed", ["pass", STUBBORN], ids=["a child", "a stubborn child"], indirect=True)
def test_after_kill_9_the_child_ends_and_the_directory_is_removed(killed: tuple[int, Path]) -> None:
    child, directory = killed

    wait_until(lambda: not runs(child) and not directory.exists())


def test_a_process_that_ends_without_stopping_its_child_waits_for_its_end() -> None:
    program = STARTS.format(child="pass", then="sys.exit(3)")
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    child, directory = ended.stdout.split()
    assert (ended.returncode, ended.stderr) == (3, "")
    assert (runs(int(child)), Path(directory).exists()) == (False, False)


def test_a_directory_is_private_and_gone_after_its_block() -> None:
    with temporary_directory() as directory:
        mode = Path(directory).stat().st_mode

    assert (mode & 0o777, Path(directory).exists()) == (0o700, False)


def test_what_was_left_is_not_removed_twice() -> None:
    """Another program may have made a directory of the same name since."""
    program = (
        "from ot2otel.capture.guard import temporary_directory\n"
        "with temporary_directory() as directory: pass\n"
        "import os; os.mkdir(directory); print(directory)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    directory = Path(ended.stdout.strip())
    assert directory.exists()
    directory.rmdir()
