"""Runs one service of a flow: `python -m otel_native hello server-1 --port 8082`."""

from __future__ import annotations

import signal
from collections.abc import Callable

import click
import waitress
from flask import Flask

from otel_native import hello
from otel_native.tracing import Tracing, start_tracing

StartTracing = Callable[[str], Tracing]
work = click.option("--work", default=1.0, show_default=True, help="Scale of the work's duration; 0 is none.")
host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


def port(default: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option `--port` with the flow's documented port as its default."""
    return click.option(
        "--port", default=default, show_default=True, help="Port to listen on; 0 takes a free one."
    )


@click.group()
def main() -> None:
    """Run one service of a flow until SIGTERM or SIGINT."""


@main.group("hello")
def hello_flow() -> None:
    """Server-1 asks server-2 to greet somebody and adds the time."""


@hello_flow.command("server-1")
@host
@port(8082)
@click.option(
    "--server-2", default="http://127.0.0.1:8081", show_default=True, help="Where server-2 answers."
)
@work
@click.option("--timeout", default=3.0, show_default=True, help="Seconds to wait for server-2.")
@click.pass_obj
def server_1(start: StartTracing, host: str, port: int, server_2: str, work: float, timeout: float) -> None:
    """Greets the name in the path: `GET /<name>`."""
    serve("server-1", start, lambda tracing: hello.server_1(tracing, server_2, work, timeout), host, port)


@hello_flow.command("server-2")
@host
@port(8081)
@work
@click.pass_obj
def server_2(start: StartTracing, host: str, port: int, work: float) -> None:
    """Greets whoever is named in the body of a POST."""
    serve("server-2", start, lambda tracing: hello.server_2(tracing, work), host, port)


def serve(
    service: str, start: StartTracing, make_app: Callable[[Tracing], Flask], host: str, port: int
) -> None:
    """Serve until SIGTERM or SIGINT, then deliver every finished span."""
    try:
        tracing = start(service)
        server = waitress.create_server(make_app(tracing), host=host, port=port)
    except ValueError as error:
        raise click.UsageError(f"{service} can't be traced as the environment says: {error}") from error
    except OSError as error:
        raise click.UsageError(
            f"{service} can't listen on {host}:{port}, {error.strerror}: try --port"
        ) from error
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, stop)
    try:
        print(f"{service} listening on http://{host}:{server.effective_port}", flush=True)
        server.run()
    finally:
        tracing.close()


def stop(number: int, frame: object) -> None:
    """End the process at the first signal; a second one must not cut short what delivers the spans."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main(obj=start_tracing, prog_name="python -m otel_native")
