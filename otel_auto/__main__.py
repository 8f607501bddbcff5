"""Runs one service of a flow: `opentelemetry-instrument python -m otel_auto hello server-1 --port 8082`.

Without `opentelemetry-instrument` the same service runs untraced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask

from ot2otel_flows.serving import commands
from otel_auto import events, frontend_backend, hello, orders


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
    # How a trace's context travels in a message: here no code could put it there.
    options.pop("context", None)
    app = factory(**options)
    instrumentation.apply(app)
    return app


main = commands(lambda app: app, hello, frontend_backend, orders, events, make_app=_make_app)

if __name__ == "__main__":
    main(obj=none, prog_name="python -m otel_auto")
