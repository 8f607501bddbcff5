"""The rungs of the ladder, opened in this process: a module for each variant, imported when measured."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from flask import Flask

from ot2otel.lab.catalog import FLOWS
from ot2otel.lab.overhead.programs.direct import InProcess, call, install

_numbers = count(1)


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant up to one level: `make(flow, service, *urls)` makes a service's application.

    `flush` returns when every finished span was exported; `close` ends the tracing after a flush.
    `switch_on` and `switch_off` enclose the requests: some tracing is installed for all of the process.
    """

    make: Callable[..., Flask]
    flush: Callable[[], None] = _nothing
    close: Callable[[], None] = _nothing
    switch_on: Callable[[], None] = _nothing
    switch_off: Callable[[], None] = _nothing


# Each module here has an `open_variant`; it takes the level, and the names of the services to trace.
OpenVariant = Callable[[str, Sequence[str]], Variant]


@dataclass(frozen=True, slots=True)
class Rung:
    """An open rung: `ask` sends one request through all services and takes the answer."""

    ask: Callable[[], None]
    variant: Variant

    @contextmanager
    def on(self) -> Iterator[Callable[[], None]]:
        """Switch this rung on and yield `ask`; switch it off at the end."""
        self.variant.switch_on()
        try:
            yield self.ask
        finally:
            self.variant.switch_off()


class WrongAnswerError(Exception):
    """A measured request was not answered with 200."""


def open_rung(variant: str, level: str, flow: str = "hello") -> Rung:
    """Open the rung `level` of `variant`: `untraced`, `hooks`, `unsampled`, `null` or `real`.

    A real one exports as this process's environment variables say now. The request is the flow's first, a
    successful one.
    """
    open_variant: OpenVariant = importlib.import_module(f"{__package__}.{variant}").open_variant
    services = FLOWS[flow].services
    opened = open_variant(level, [service.name for service in services])
    install()
    number = next(_numbers)
    hosts = {service.name: f"{service.name}.rung-{number}:{service.port}" for service in services}
    for service in services:
        urls = [f"http://{hosts[needed]}" for needed in service.needs.values()]
        application = opened.make(flow, service.name, *urls)
        InProcess.applications[hosts[service.name]] = application
    front, host = application, hosts[FLOWS[flow].front.name]
    request = FLOWS[flow].requests[0]
    path = request.path.format(name="Bryan")
    headers = {"User-Agent": "benchmark", "Accept": "*/*"}

    def ask() -> None:
        status, _, body = call(front, request.method, path, headers, b"", host)
        if not status.startswith("200"):
            raise WrongAnswerError(f"{variant} ({level}) answered {status}: {body[:200]!r}")

    return Rung(ask, opened)


def make(package: str, flow: str, service: str, *arguments: object) -> Flask:
    """Make an application as each flow's module does: a function named like the service."""
    application: Flask = getattr(importlib.import_module(f"{package}.{flow}"), service.replace("-", "_"))(
        *arguments, work=0
    )
    return application
