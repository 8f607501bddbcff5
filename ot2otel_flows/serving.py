"""Runs one service of a flow from the command line, until SIGTERM or SIGINT."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import click
import waitress
from flask import Flask

from ot2otel_flows.logs import start_logging
from ot2otel_flows.ports import PORTS
from ot2otel_flows.queues import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Tracing(Protocol):
    """The part of a service's tracing that serving needs: `close` delivers every finished span."""

    @property
    def close(self) -> Callable[[], None]:
        """Ends the tracing."""

    @property
    def ids(self) -> Callable[[], Mapping[str, str]]:
        """Returns the ids of the active span."""


# Any: each variant has a type of its own for its tracing.
StartTracing = Callable[[str], Any]
Measured = Callable[["WSGIApplication"], "WSGIApplication"]
MakeApp = Callable[..., Flask]
Option = Callable[[Callable[..., None]], Callable[..., None]]

_ENDINGS = (signal.SIGTERM, signal.SIGINT)


def url(flow: str, service: str) -> Option:
    """Make the option for the address of another service, by default its documented port."""
    return click.option(
        f"--{service}",
        f"{service.replace('-', '_')}_url",
        default=f"http://127.0.0.1:{PORTS[flow][service]}",
        show_default=True,
        help=f"Address of {service}.",
    )


work = click.option("--work", default=1.0, show_default=True, help="Scale of the work's duration; 0 is none.")
timeout = click.option(
    "--timeout", default=3.0, show_default=True, help="Seconds to wait for the service behind."
)
queues = click.option(
    "--queues",
    required=True,
    envvar="EVENT_QUEUES",
    show_envvar=True,
    help="Queues of the flow, the same for all its services: a directory, or redis://HOST:PORT/DATABASE.",
)
lease = click.option(
    "--lease",
    default=10.0,
    show_default=True,
    help="Seconds after which an unsettled message is delivered again.",
)
context = click.option(
    "--context",
    type=click.Choice(["propagator", "by-hand"]),
    default="propagator",
    show_default=True,
    help="How the trace context travels in a message.",
)

# By flow and service; each option's value is a keyword argument of the service's factory.
OPTIONS: Mapping[str, Mapping[str, tuple[Option, ...]]] = {
    "hello": {"server-2": (work,), "server-1": (url("hello", "server-2"), work, timeout)},
    "frontend_backend": {
        "backend": (work,),
        "frontend": (url("frontend_backend", "backend"), work, timeout),
    },
    "orders": {
        "user-service": (work,),
        "order-service": (url("orders", "user-service"), work, timeout),
    },
    "events": {
        "archiver": (queues, lease, context, work),
        "validator": (queues, lease, context, work),
        "intake": (queues, lease, context, work),
    },
}


def _with_tracing(factory: MakeApp, tracing: Any, **options: str | float) -> Flask:  # Any: see StartTracing
    return factory(tracing, **options)


def commands(measured: Measured, *flows: ModuleType, make_app: MakeApp = _with_tracing) -> click.Group:
    """Make the command that runs one service of one of these flows.

    A flow's module has a factory for each service, named like it: `server_1(tracing, **options)` makes a
    Flask application. `make_app(factory, tracing, **options)` calls the factory; pass one to call it in
    another way. `measured` wraps each application. Run the command with `obj=start_tracing`: the function
    that starts the tracing of a service, by its name.
    """

    @click.group()
    def main() -> None:
        """Run one service of a flow until SIGTERM or SIGINT."""

    for flow in flows:
        name = flow.__name__.rpartition(".")[2]
        group = click.Group(name, help=flow.__doc__)
        for service in PORTS[name]:
            factory = getattr(flow, service.replace("-", "_"))
            group.add_command(_command(name, service, factory, make_app, measured))
        main.add_command(group)
    return main


def _command(
    flow: str, service: str, factory: MakeApp, make_app: MakeApp, measured: Measured
) -> click.Command:
    @click.command(service, help=factory.__doc__)
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    @click.option(
        "--port",
        default=PORTS[flow][service],
        show_default=True,
        help="Port to listen on; 0 takes a free one.",
    )
    @click.pass_obj
    def run(start: StartTracing, /, host: str, port: int, **options: str | float) -> None:
        serve(service, start, lambda tracing: make_app(factory, tracing, **options), measured, (host, port))

    for option in OPTIONS[flow][service]:
        option(run)
    return run


def serve(
    service: str,
    start: StartTracing,
    make_app: Callable[[Any], Flask],  # Any: the tracing that `start` returns
    measured: Measured,
    address: tuple[str, int],
) -> None:
    """Serve until SIGTERM or SIGINT, then deliver every finished span.

    Raises click.UsageError if a setting in the environment is invalid or the port is taken.
    """
    host, port = address
    try:
        tracing: Tracing = start(service)
        start_logging(tracing.ids)
        app = make_app(tracing)
        server = waitress.create_server(measured(app), host=host, port=port)
    except ValueError as error:
        raise click.UsageError(
            f"{service} can't be traced with the settings in the environment: {error}"
        ) from error
    except OSError as error:
        raise click.UsageError(
            f"{service} can't listen on {host}:{port}, {error.strerror}: try --port"
        ) from error
    for ending in _ENDINGS:
        signal.signal(ending, _stop)
    try:
        with ExitStack() as working:
            print(f"{service} listening on http://{host}:{server.effective_port}", flush=True)
            if isinstance(app, Worker):
                working.enter_context(app)  # after that line, so that its own lines don't run into it
            server.run()
    finally:
        tracing.close()


def _stop(number: int, frame: object) -> None:
    """End the process at the first signal; a second one must not cut short the delivery of spans."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise SystemExit(0)
