"""Sends random signals to every command at random moments and reports what they leave behind.

`python -m tests.support.signals 100 --seed 7` tells each signal that left something, and the sums.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.support.processes import runs
from tests.support.runs import ROOT
from tests.support.waiting import poll

RECORDINGS = Path("tests", "golden", "recordings")
# Each command with the seconds that it takes on an idle machine, or those after which it is under way.
COMMANDS: Sequence[tuple[Sequence[str], float]] = (
    (("compare", "--flow", "hello"), 4.0),
    (("compare", "--flow", "events", "--exporter", "all"), 6.0),
    (("fleet", "--quick"), 6.0),
    (("up", "--flow", "hello"), 4.0),
    (("headers", "-"), 1.0),
    (("record", "-o", "/dev/null", "--", "sh", "-c", "sleep 100 & sleep 100"), 2.0),
    (("overhead",), 8.0),
    (("diff", *(str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp"))), 1.0),
)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
_PATIENCE = 10.0  # seconds for the guardian, after the command was killed
_LISTENING = "0A"
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_TRACEBACK = re.compile(r"^(Traceback|Exception ignored|Fatal Python)", re.MULTILINE)


@dataclass(frozen=True)
class Sent:
    """A signal to a command, and what it left: processes, files, ports, a traceback.

    `code` is the command's exit code. `in_python` tells that the traceback has no line of ours: Python had
    not come to the first one.
    """

    command: str
    number: signal.Signals
    after: float
    code: int
    processes: Sequence[str]
    files: Sequence[str]
    ports: int
    written: str
    seconds: float

    @property
    def traceback(self) -> bool:
        return bool(_TRACEBACK.search(self.written)) and not self.in_python

    @property
    def in_python(self) -> bool:
        return bool(_TRACEBACK.search(self.written)) and "ot2otel" not in self.written

    @property
    def left_something(self) -> bool:
        return bool(self.processes or self.files or self.ports or self.traceback)


def send(arguments: Sequence[str], number: signal.Signals, after: float) -> Sent:
    """Run a command, send it a signal after so many seconds, and look at what is left."""
    with TemporaryDirectory(prefix="signals-") as directory, TemporaryDirectory() as outside:
        # The directory is also the mark of the command's processes: all of them inherit its name.
        environment = {**os.environ, "TMPDIR": directory, "PYTHONPATH": str(ROOT)}
        with Path(outside, "written").open("w+", encoding="utf-8", errors="replace") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "ot2otel", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                time.sleep(after)  # the random moment is the point of it
                sockets = {inode for pid in _marked(directory) for inode in _sockets(pid)}
                process.send_signal(number)
                sent = time.monotonic()
                process.wait(120)
                seconds = time.monotonic() - sent
            finally:  # also if somebody ends this program
                process.kill()
                if process.stdin:
                    process.stdin.close()
            processes = poll(lambda: _marked(directory), lambda found: not found, _PATIENCE)
            left = [_described(pid) for pid in processes]
            for pid in processes:
                os.kill(pid, signal.SIGKILL)
            written.seek(0)
            return Sent(
                " ".join(arguments),
                number,
                after,
                process.returncode,
                left,
                os.listdir(directory),
                len(sockets & _bound()),
                written.read(),
                seconds,
            )


def some(number: int, seed: int) -> list[Sent]:
    """Send so many signals, to each command in turn; the seed decides which and when."""
    chance = random.Random(seed)
    found = []
    for index in range(number):
        arguments, seconds = COMMANDS[index % len(COMMANDS)]
        found.append(send(arguments, chance.choice(SIGNALS), chance.uniform(0, seconds)))
    return found


def _marked(mark: str) -> list[int]:
    """Return the processes that run with this text in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "environ").read_bytes() and runs(int(path.name)):
                found.append(int(path.name))
        except OSError:  # it ended, or is another user's
            continue
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            if match := _SOCKET.fullmatch(os.readlink(descriptor)):
                found.add(match[1])
        except OSError:
            continue
    return found


def _bound() -> set[str]:
    """Return the inodes of all sockets that listen on a TCP port, or are bound to a UDP port."""
    lines = {
        name: [line.split() for line in Path("/proc/net", name).read_text().splitlines()[1:]]
        for name in ("tcp", "udp")
    }
    listening = {columns[9] for columns in lines["tcp"] if columns[3] == _LISTENING}
    return listening | {columns[9] for columns in lines["udp"]}


def _described(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    except OSError:
        return str(pid)


@click.command()
@click.argument("number", type=click.IntRange(1), default=100)
@click.option("--seed", type=int, default=1, show_default=True)
def main(number: int, seed: int) -> None:
    """Send signals and report what they left."""
    sent = some(number, seed)
    for each in sent:
        if each.left_something:
            click.echo(
                f"{each.number.name} to {each.command} after {each.after:.3f} s: exit code {each.code}, "
                f"{each.processes}, {each.files}, {each.ports} ports\n{each.written}"
            )
        elif each.code == 2:  # it ended by itself before the signal
            click.echo(f"{each.command}: {each.written.strip().rpartition(chr(10))[2]}")
    codes = Counter(f"{each.number.name} {each.code}" for each in sent)
    click.echo(f"{number} signals, seed {seed}; exit codes: {dict(sorted(codes.items()))}")
    click.echo(
        f"left: {sum(len(each.processes) for each in sent)} processes, "
        f"{sum(len(each.files) for each in sent)} files, {sum(each.ports for each in sent)} ports, "
        f"{sum(each.traceback for each in sent)} tracebacks; "
        f"{sum(each.in_python for each in sent)} of Python itself, before our first line"
    )
    click.echo(f"slowest end: {max(each.seconds for each in sent):.1f} s")
    sys.exit(int(any(each.left_something for each in sent)))


if __name__ == "__main__":
    main()
