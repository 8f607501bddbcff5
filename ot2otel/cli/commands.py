"""The commands of `ot2otel`. Each is imported when it is called, so none waits for another's imports."""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from difflib import get_close_matches
from typing import Any

import click

from ot2otel import __version__
from ot2otel.cli.endings import Failure, end_without_standard_error, one_message, signals_handled

# The line of each command in `ot2otel --help`, by group; its module is `ot2otel.cli.NAME`, with `_` for `-`.
GROUPS = {
    "Begin with": {
        "record": "Run a command of your own and record its spans.",
        "diff": "Judge two files of traces.",
        "compare": "Run an example in each variant and judge the differences.",
    },
    "Your service": {
        "accept": "Accept findings of a verdict, with a reason.",
        "convert": "Turn a file of traces into Parquet, for `population`.",
        "population": "Compare the traffic of two time ranges where it is stored.",
        "semconv": "Show what newer semantic conventions change in a file.",
        "translate-config": "Translate a jaeger-client configuration.",
    },
    "The laboratory": {
        "fleet": "Let each variant call every other; recommend settings.",
        "headers": "Show how each variant reads the headers of a request.",
        "overhead": "Measure the cost of tracing for a request.",
        "up": "Run all variants side by side and show their traces.",
    },
    "The reference": {
        "rules": "Show the rules for expected changes: all, or one.",
        "traps": "Show the traps of the migration; run them here.",
    },
}
SUMMARIES = {name: line for group in GROUPS.values() for name, line in group.items()}
# The extra with the packages that a command needs beyond the bare installation.
EXTRAS = {
    "compare": "lab",
    "convert": "population",
    "fleet": "lab",
    "headers": "lab",
    "overhead": "bench",
    "population": "population",
    "up": "lab",
}


class _Commands(click.Group):
    """Ends every error with one message and exit code 2, as click ends misuse."""

    def main(self, *arguments: Any, **options: Any) -> Any:  # Any: as click declares it
        try:
            return super().main(*arguments, **options)
        except OSError:
            return end_without_standard_error()

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # Any: as click declares it
        with one_message():
            return super().make_context(*arguments, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUMMARIES)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of an unknown name tell those like it."""
        known = get_close_matches(args[0], SUMMARIES)
        if known and args[0] not in SUMMARIES:
            ctx.fail(f"No such command {args[0]!r}. Similar: {', '.join(known)}.")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in SUMMARIES:
            return None
        try:
            command: click.Command = importlib.import_module(f"ot2otel.cli.{name.replace('-', '_')}").command
        except ModuleNotFoundError as error:
            raise _missing(name, error) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, SUMMARIES))
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), line) for name, line in group.items()])

    def invoke(self, ctx: click.Context) -> Any:  # Any: as click declares it
        with one_message(ctx.params["debug"]), ExitStack() as ctx.obj:
            try:
                return super().invoke(ctx)
            except ModuleNotFoundError as error:
                raise _missing(ctx.invoked_subcommand or "", error) from error


def _missing(command: str, error: ModuleNotFoundError) -> Exception:
    """Return the failure that names the extra; if no extra has the module, the error itself."""
    if command not in EXTRAS or (error.name or "").partition(".")[0] == "ot2otel":
        return error
    return Failure(
        f"`ot2otel {command}` needs {error.name}, which is not installed: "
        f"pip install 'ot2otel[{EXTRAS[command]}]'."
    )


@click.group(cls=_Commands, epilog="Example: ot2otel diff before.jsonl after.jsonl")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="ot2otel")
@click.pass_obj
def main(running: ExitStack, debug: bool) -> None:
    """Move Python services from OpenTracing to OpenTelemetry, with evidence.

    Exit codes: 0 success, 1 the answer is no, 2 wrong usage or no answer.
    """
    running.enter_context(signals_handled())  # the command is imported: it may start something
