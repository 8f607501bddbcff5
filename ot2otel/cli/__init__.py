"""The command `ot2otel`, with one module for each subcommand: parse, call, print."""

from ot2otel.cli.commands import main

__all__ = ["main"]
