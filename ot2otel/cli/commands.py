"""The commands of `ot2otel`: each is imported when it is called, so that none waits for another's imports."""

from __future__ import annotations

import importlib
import signal
from typing import Any

import click

from ot2otel import __version__
from ot2otel.errors import Ot2OtelError

# What `ot2otel --help` says of each; the module is `ot2otel.cli.NAME`.
SUMMARIES = {
    "compare": "Run a flow in each variant and judge what changed.",
    "diff": "Judge two files of traces.",
    "fleet": "Let every variant call every other, and say which settings keep traces whole.",
    "headers": "Say what each variant makes of the trace headers of a captured request.",
    "overhead": "Measure what tracing costs a request.",
    "up": "Run all variants of a flow side by side and show each trace.",
}
# The extra that brings what a command needs beyond the bare installation.
EXTRAS = {"compare": "lab", "fleet": "lab", "headers": "lab", "overhead": "bench", "up": "lab"}


class _Failure(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Ends with one message and exit code 2 where no answer could be had, as click does with misuse."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in SUMMARIES:
            return None
        try:
            command: click.Command = importlib.import_module(f"ot2otel.cli.{name}").command
        except ModuleNotFoundError as error:
            raise _missing(name, error) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> Any:  # Any: as click declares it
        try:
            return super().invoke(ctx)
        except Ot2OtelError as error:
            raise _Failure(str(error)) from error
        except ModuleNotFoundError as error:
            raise _missing(ctx.invoked_subcommand or "", error) from error
        except KeyboardInterrupt:
            ctx.exit(128 + signal.SIGINT)


def _missing(command: str, error: ModuleNotFoundError) -> Exception:
    """Return the failure that names the extra; the error itself where no extra brings the module."""
    if command not in EXTRAS or (error.name or "").partition(".")[0] == "ot2otel":
        return error
    return _Failure(
        f"`ot2otel {command}` needs {error.name}, which is not installed: "
        f"pip install 'ot2otel[{EXTRAS[command]}]'."
    )


@click.group(cls=_Commands, epilog="Example: ot2otel diff before.json after.json")
@click.version_option(__version__, prog_name="ot2otel")
def main() -> None:
    """Move Python services from OpenTracing to OpenTelemetry with evidence.

    Exit codes: 0 all well, 1 the answer is no, 2 misused or no answer could be had.
    """
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
