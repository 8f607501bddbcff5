"""Traps of the migration: each with its symptom, cause and way out, and a script that shows it."""

from ot2otel.traps.catalog import families, similar, trap_named, traps
from ot2otel.traps.reproduction import CannotRunError, Outcome, run
from ot2otel.traps.trap import LANES, Trap, is_reported

__all__ = [
    "LANES",
    "CannotRunError",
    "Outcome",
    "Trap",
    "families",
    "is_reported",
    "run",
    "similar",
    "trap_named",
    "traps",
]
