"""The command `ot2otel`: each module named in it has one command, which parses, calls and prints."""

from __future__ import annotations

import signal
from typing import Any

import click

from ot2otel.cli import compare, diff, fleet, headers, overhead, up
from ot2otel.errors import Ot2OtelError


class _Failure(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Ends with one message and exit code 2 where no answer could be had, as click does with misuse."""

    def invoke(self, ctx: click.Context) -> Any:  # Any: as click declares it
        try:
            return super().invoke(ctx)
        except Ot2OtelError as error:
            raise _Failure(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(128 + signal.SIGINT)


@click.group(
    cls=_Commands, commands=[module.command for module in (compare, diff, fleet, headers, overhead, up)]
)
@click.version_option(package_name="ot2otel")
def main() -> None:
    """Move Python services from OpenTracing to OpenTelemetry with evidence.

    Exit codes: 0 all well, 1 the answer is no, 2 misused or no answer could be had.
    """
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
