"""Runs one service of a flow without tracing: `hello server-1 --port 8082`. Run it with `python -m`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import TypeAlias

import click
import waitress
from flask import Flask

from ot2otel.lab.overhead.programs.untraced import hello

# What is done to an application before it is served; returns what has to be done after.
Instrument: TypeAlias = Callable[[str, Flask], Callable[[], None]]

service = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
work = click.option("--work", default=1.0, show_default=True, help="Scale of the work's duration; 0 is none.")


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
@service
@port(8082)
@click.option(
    "--server-2", default="http://127.0.0.1:8081", show_default=True, help="Where server-2 answers."
)
@work
@click.option("--timeout", default=3.0, show_default=True, help="Seconds to wait for server-2.")
@click.pass_obj
def server_1(
    instrument: Instrument, host: str, port: int, server_2: str, work: float, timeout: float
) -> None:
    """Greets the name in the path: `GET /<name>`."""
    serve("server-1", hello.server_1(server_2, work, timeout), instrument, host, port)


@hello_flow.command("server-2")
@service
@port(8081)
@work
@click.pass_obj
def server_2(instrument: Instrument, host: str, port: int, work: float) -> None:
    """Greets whoever is named in the body of a POST."""
    serve("server-2", hello.server_2(work), instrument, host, port)


def serve(name: str, app: Flask, instrument: Instrument, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then do what `instrument` asked for."""
    close = instrument(name, app)
    server = waitress.create_server(app, host=host, port=port)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, stop)
    try:
        print(f"{name} listening on http://{host}:{server.effective_port}", flush=True)
        server.run()
    finally:
        close()


def stop(number: int, frame: object) -> None:
    """End the process at the first signal; a second one must not cut short what follows it."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    raise SystemExit(0)


def leave_alone(name: str, app: Flask) -> Callable[[], None]:
    """Leave the application as it is."""
    return lambda: None


if __name__ == "__main__":
    main(obj=leave_alone, prog_name="python -m ot2otel.lab.overhead.programs.untraced")
