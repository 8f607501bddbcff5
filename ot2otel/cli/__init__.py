"""The command `ot2otel`: a module a command, each of which parses, calls and prints."""

from ot2otel.cli.commands import main

__all__ = ["main"]
