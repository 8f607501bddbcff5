"""Runs one service without tracing: `python -m ot2otel.lab.overhead.programs.untraced hello server-2`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask

from ot2otel.lab.overhead.programs.untraced import hello
from ot2otel_flows.serving import commands


@dataclass(frozen=True, slots=True)
class Instrumentation:
    """`apply` changes an application before it is served; `close` is called when it ends."""

    apply: Callable[[Flask], None]
    close: Callable[[], None]
    ids: Callable[[], Mapping[str, str]] = dict


def none(service: str) -> Instrumentation:
    """Leave the application of `service` as it is."""
    return Instrumentation(apply=lambda app: None, close=lambda: None)


def _make_app(factory: Callable[..., Flask], instrumentation: Instrumentation, **options: object) -> Flask:
    app = factory(**options)
    instrumentation.apply(app)
    return app


main = commands(lambda app: app, hello, make_app=_make_app)

if __name__ == "__main__":
    main(obj=none)
