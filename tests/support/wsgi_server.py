"""A WSGI server that is not ours, with workers that serve server-2, and the spans that it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from ot2otel.capture.child_process import ChildProcess
from ot2otel.receive.collector import Collector
from tests.support.running import unhurried
from tests.support.runs import ROOT

APP = "tests.support.planted.wsgi_app:app"


@dataclass
class WsgiServer:
    """A running server: its address and the lines of its log so far."""

    url: str
    log: list[str]

    def greet(self, times: int) -> list[str]:
        """Send so many requests, each on a connection of its own; return the worker of each."""
        answers = [
            requests.post(self.url, b"Bryan", headers={"Connection": "close"}, timeout=30)
            for _ in range(times)
        ]
        assert {answer.text for answer in answers} == {"Hello Bryan!"}
        return [answer.headers["Worker"] for answer in answers]

    def logged(self, pattern: str) -> int:
        """Return how many lines of the log so far have the pattern."""
        return sum(bool(re.search(pattern, line)) for line in self.log)


@contextmanager
def wsgi_server(
    command: Sequence[str], listening: re.Pattern[str], package: str, collector: Collector
) -> Iterator[WsgiServer]:
    """Run the server with the app of this package until SIGTERM; `listening` finds the port in its log."""
    environment = {
        **unhurried(collector),
        "PACKAGE": package,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    log: list[str] = []
    process = ChildProcess(command, environment, listening, command[0], show=log.append)
    process.start()
    try:
        port = process.wait_for_line(30)[1]
        yield WsgiServer(f"http://127.0.0.1:{port}/", log)
    finally:
        code = process.stop(30)
    assert code == 0, process.log
