"""The rungs of the ladder, opened in this process: one module a variant, imported when it is measured."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from flask import Flask

from benchmarks.in_process import InProcess, call, install

_hosts = count(1)


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow's applications with their tracing: `server_1` makes the front one, told server-2's URL.

    `flush` returns when every finished span was exported; `close` ends the tracing after a flush.
    `switch_on` and `switch_off` stand around the requests, for what is installed in the whole process.
    """

    server_1: Callable[[str], Flask]
    server_2: Callable[[], Flask]
    flush: Callable[[], None] = _nothing
    close: Callable[[], None] = _nothing
    switch_on: Callable[[], None] = _nothing
    switch_off: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Rung:
    """An open rung: `ask` sends one request through both services and takes the answer."""

    ask: Callable[[], None]
    flow: Flow

    @contextmanager
    def on(self) -> Iterator[Callable[[], None]]:
        """Give `ask` while what this rung installs in the whole process is installed."""
        self.flow.switch_on()
        try:
            yield self.ask
        finally:
            self.flow.switch_off()


class WrongAnswerError(Exception):
    """A request that is measured was not answered as it should be."""


def open_rung(variant: str, level: str) -> Rung:
    """Open the rung `level` (`untraced`, `hooks`, `unsampled`, `null` or `real`) of `variant`.

    A real one exports as this process's environment says at this moment.
    """
    flow: Flow = importlib.import_module(f"benchmarks.rungs.{variant}").open_flow(level)
    install()
    number = next(_hosts)
    host = f"server-2.rung-{number}"
    front, behind = flow.server_1(f"http://{host}:8081"), flow.server_2()
    # Through __call__, which is what instrumentation replaces or wraps as a server does it.
    InProcess.applications[host] = behind
    address = f"server-1.rung-{number}:8082"
    headers = {"User-Agent": "benchmark", "Accept": "*/*"}

    def ask() -> None:
        status, _, body = call(front, "GET", "/Bryan", headers, b"", address)
        if not (status.startswith("200") and body.startswith(b"Hello Bryan!")):
            raise WrongAnswerError(f"{variant} ({level}) answered {status}: {body[:200]!r}")

    return Rung(ask, flow)
