"""Makes the reference's tables of jaeger-client's keys and variables; cog calls these functions."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.settings.table import KEYS, VARIABLES


def keys() -> str:
    """Return the table of the configuration's keys."""
    return _table(
        ("key", "default", "OpenTelemetry", "trap"),
        [(f"`{row.name}`", row.default, row.counterpart, row.trap) for row in KEYS],
    )


def variables() -> str:
    """Return the table of the variables that jaeger-client for Python reads."""
    return _table(
        ("jaeger-client", "OpenTelemetry", "trap"),
        [(f"`{row.name}`", row.counterpart, row.trap) for row in VARIABLES],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join([_line(head), "|" + "---|" * len(head), *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"
