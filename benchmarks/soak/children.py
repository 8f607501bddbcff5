"""The processes of a soak: receivers that are restarted or frozen, and clients."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.soak.account import Receiver
from benchmarks.soak.journal import Journal, read_journal
from ot2otel.capture.child_process import ChildProcess
from ot2otel.lab.overhead.child import few_variables

_START = 120.0  # seconds for the imports on a busy machine
_END = 60.0  # seconds for the last spans
_MIB = 1024 * 1024


@dataclass(slots=True)
class Life:
    """A receiver's process from its start to its end, in seconds of the monotonic clock."""

    path: Path
    ready: float
    ended: float = 0.0


class RunningReceiver:
    """A receiver that can be restarted on its ports, and frozen.

    `rss` has a list of (seconds of the monotonic clock, MiB) for each life.
    """

    def __init__(self, name: str, directory: Path, max_spans: int) -> None:
        self.agent_port = self.otlp_port = 0
        self.lives: list[Life] = []
        self.downs: list[tuple[float, float]] = []
        self.rss: list[list[tuple[float, float]]] = []
        self._name = name
        self._directory = directory
        self.max_spans = max_spans
        self._child: ChildProcess | None = None

    def start(self) -> None:
        """Start a life, and wait until it listens."""
        path = self._directory / f"{self._name}-{len(self.lives)}"
        arguments = [str(self.agent_port), str(self.otlp_port), str(self.max_spans), str(path)]
        self._child = _child(
            "receiver", arguments, re.compile(r"ready (\d+) (\d+)"), f"receiver {self._name}"
        )
        self._child.start()
        self.agent_port, self.otlp_port = map(int, self._child.wait_for_line(_START).groups())
        self.lives.append(Life(path, time.monotonic()))
        self.rss.append([])
        if len(self.lives) > 1:
            self.downs.append((self.lives[-2].ended, self.lives[-1].ready))

    def stop(self) -> None:
        """End the life; the receiver takes what reached its sockets before."""
        if self._child is None:
            return
        self.thaw()
        if self.lives:
            self.lives[-1].ended = time.monotonic()
        child, self._child = self._child, None
        if child.stop(_END):
            raise child.failure("failed")

    def sample(self) -> None:
        """Take a sample of its memory."""
        if self._child is None:
            return
        self._child.check_running()
        pages = int(Path(f"/proc/{self._child.pid}/statm").read_text().split()[1])
        self.rss[-1].append((time.monotonic(), pages * os.sysconf("SC_PAGE_SIZE") / _MIB))

    def freeze(self) -> None:
        """Let it do nothing: its sockets stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child.pid, number)

    @property
    def arrivals(self) -> list[Path]:
        """The files of what arrived, one for each life."""
        return [life.path.with_suffix(".arrivals") for life in self.lives]

    def counts(self) -> list[list[dict[str, Any]]]:  # Any: JSON
        """Return for each life the counts at each look."""
        return [
            [json.loads(line) for line in life.path.with_suffix(".counts").read_text().splitlines()]
            for life in self.lives
        ]

    def known(self) -> Receiver:
        """Return what is known of it when it has ended."""
        last = [looks[-1] for looks in self.counts()]
        return Receiver(
            self.downs,
            sum(each["dropped_datagrams"] for each in last),
            sum(each["rejected_spans"] for each in last),
            sum(each["spans"] - each["read"] for each in last),
        )


@contextmanager
def receiver(name: str, directory: Path, max_spans: int) -> Iterator[RunningReceiver]:
    """Run a receiver on free ports."""
    running = RunningReceiver(name, directory, max_spans)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Subject:
    """A client's libraries and its receiver: "restarted", "slow" or "absent"."""

    variant: str
    exporter: str
    receiver: str

    @property
    def over_udp(self) -> bool:
        """Whether its spans go to Jaeger's agent."""
        return self.exporter == "jaeger"


@contextmanager
def clients(
    subjects: Sequence[Subject], tasks: Sequence[dict[str, Any]], directory: Path
) -> Iterator[list[ChildProcess]]:
    """Run a client for each task, and give them when all make spans."""
    running: list[ChildProcess] = []
    try:
        for number, (subject, task) in enumerate(zip(subjects, tasks, strict=True)):
            label = f"client {subject.variant}, {subject.exporter}, {subject.receiver}"
            whole = {
                **task,
                "variant": subject.variant,
                "exporter": subject.exporter,
                "service": f"soak-{number}",
                "journal": str(directory / f"client-{number}.json"),
            }
            running.append(_child("client", [json.dumps(whole)], re.compile("ready"), label))
            running[-1].start()
        for each in running:
            each.wait_for_line(_START)
        yield running
    finally:
        for each in running:
            each.stop(1.0)


def journals(running: Sequence[ChildProcess], directory: Path) -> list[Journal]:
    """Wait until the clients have delivered their spans, and return their journals."""
    deadline = time.monotonic() + _END
    while not all(each.ended for each in running):
        if time.monotonic() > deadline:
            raise next(each for each in running if not each.ended).failure("did not end")
        time.sleep(0.1)
    for each in running:
        if each.stop(1.0):
            raise each.failure("failed")
    return [read_journal(directory / f"client-{number}.json") for number in range(len(running))]


@contextmanager
def absent_ports() -> Iterator[tuple[int, int]]:
    """Give a UDP and a TCP port at which nothing listens, and let no other program take them."""
    with socket.socket(type=socket.SOCK_DGRAM) as agent, socket.socket() as otlp:
        agent.bind(("127.0.0.1", 0))
        agent.connect(agent.getsockname())  # it takes datagrams from itself only
        otlp.bind(("127.0.0.1", 0))
        yield agent.getsockname()[1], otlp.getsockname()[1]


def _child(program: str, arguments: Sequence[str], ready: re.Pattern[str], label: str) -> ChildProcess:
    command = [sys.executable, "-m", f"benchmarks.soak.{program}", *arguments]
    return ChildProcess(command, few_variables(), ready, label)
