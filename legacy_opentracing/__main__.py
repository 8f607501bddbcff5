"""Runs one service of a flow: `python -m legacy_opentracing hello server-1 --port 8082`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack
from types import ModuleType

import click
import waitress
from flask import Flask

from event_queue import Worker
from legacy_opentracing import events, frontend_backend, hello, logs, metrics, orders
from legacy_opentracing.creation_context import CARRYING
from legacy_opentracing.tracing import Tracing, start_tracing

StartTracing = Callable[[str], Tracing]
# Its values are the keyword arguments of the service's factory.
Option = Callable[[Callable[..., None]], Callable[..., None]]

work = click.option("--work", default=1.0, show_default=True, help="Scale of the work's duration; 0 is none.")
timeout = click.option(
    "--timeout", default=3.0, show_default=True, help="Seconds to wait for the service behind."
)
queues = click.option(
    "--queues",
    required=True,
    envvar="EVENT_QUEUES",
    show_envvar=True,
    help="Where all services of the flow find the queues: a directory, or redis://HOST:PORT/DATABASE.",
)
lease = click.option(
    "--lease",
    default=10.0,
    show_default=True,
    help="Seconds after which a message that a worker took and did not settle is delivered again.",
)
context = click.option(
    "--context",
    type=click.Choice(list(CARRYING)),
    default="propagator",
    show_default=True,
    help="How the trace context is put into a message, and found there.",
)


def url(service: str, port: int) -> Option:
    """Make the option that says where another service answers: by default on its documented port."""
    return click.option(
        f"--{service}",
        f"{service.replace('-', '_')}_url",
        default=f"http://127.0.0.1:{port}",
        show_default=True,
        help=f"Where {service} answers.",
    )


def service(name: str, port: int, make_app: Callable[..., Flask], *options: Option) -> click.Command:
    """Make the command that runs one service, by default on its documented port."""

    @click.command(name, help=make_app.__doc__)
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    @click.option("--port", default=port, show_default=True, help="Port to listen on; 0 takes a free one.")
    @click.pass_obj
    def run(start: StartTracing, /, host: str, port: int, **settings: str | float) -> None:
        serve(name, start, lambda tracing: make_app(tracing, **settings), host, port)

    for option in options:
        option(run)
    return run


def flow(name: str, module: ModuleType, *services: click.Command) -> click.Group:
    """Make the group of a flow's services."""
    return click.Group(name, services, help=module.__doc__)


FLOWS = (
    flow(
        "hello",
        hello,
        service("server-2", 8081, hello.server_2, work),
        service("server-1", 8082, hello.server_1, url("server-2", 8081), work, timeout),
    ),
    flow(
        "frontend_backend",
        frontend_backend,
        service("backend", 8083, frontend_backend.backend, work),
        service("frontend", 8084, frontend_backend.frontend, url("backend", 8083), work, timeout),
    ),
    flow(
        "orders",
        orders,
        service("user-service", 8085, orders.user_service, work),
        service("order-service", 8086, orders.order_service, url("user-service", 8085), work, timeout),
    ),
    flow(
        "events",
        events,
        service("archiver", 8087, events.archiver, queues, lease, context, work),
        service("validator", 8088, events.validator, queues, lease, context, work),
        service("intake", 8089, events.intake, queues, lease, context, work),
    ),
)


@click.group(commands={flow.name: flow for flow in FLOWS})
def main() -> None:
    """Run one service of a flow until SIGTERM or SIGINT."""


def serve(
    service: str, start: StartTracing, make_app: Callable[[Tracing], Flask], host: str, port: int
) -> None:
    """Serve until SIGTERM or SIGINT, then deliver every finished span."""
    try:
        tracing = start(service)
        logs.start_logging(tracing)
        app = make_app(tracing)
        server = waitress.create_server(metrics.measured(app), host=host, port=port)
    except ValueError as error:
        raise click.UsageError(f"{service} can't be traced as the environment says: {error}") from error
    except OSError as error:
        raise click.UsageError(
            f"{service} can't listen on {host}:{port}, {error.strerror}: try --port"
        ) from error
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, stop)
    try:
        with ExitStack() as working:
            print(f"{service} listening on http://{host}:{server.effective_port}", flush=True)
            if isinstance(app, Worker):
                working.enter_context(app)  # behind that line, which its own must not run into
            server.run()
    finally:
        tracing.close()


def stop(number: int, frame: object) -> None:
    """End the process at the first signal; a second one must not cut short what delivers the spans."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m legacy_opentracing")
