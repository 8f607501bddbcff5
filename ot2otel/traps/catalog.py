"""All traps, in families: a directory each in `scripts/`, a script a trap."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ot2otel.traps.trap import Trap, parse

_SCRIPTS = Path(__file__).parent / "scripts"
# The directories, in the order of a migration, and their titles.
_TITLES = {
    "shim": "On the OpenTracing shim",
    "headers": "Headers between services",
    "sampling": "Sampling",
    "set-up": "Set-up",
    "context": "The current span",
    "data": "What a span keeps",
    "export": "Export",
    "ending": "The end of a process",
    "instrumentation": "Instrumentation libraries",
    "jaeger-client": "In the old service",
}


@dataclass(frozen=True, slots=True)
class Family:
    """Traps of one subject, in the order of their names."""

    title: str
    traps: Sequence[Trap]


@cache
def families() -> Sequence[Family]:
    """Return all traps."""
    return [
        Family(title, [parse(path) for path in sorted((_SCRIPTS / directory).glob("*.py"))])
        for directory, title in _TITLES.items()
    ]


def traps() -> Sequence[Trap]:
    """Return all traps in one row."""
    return [trap for family in families() for trap in family.traps]


def trap_named(name: str) -> Trap | None:
    """Return the trap of this name, or None."""
    return next((trap for trap in traps() if trap.name == name), None)


def similar(name: str) -> Sequence[str]:
    """Return names of traps that look like this one, at most five; first those that have it in their name."""
    names = [trap.name for trap in traps()]
    within = [each for each in names if name.lower() in each]
    return list(dict.fromkeys([*within, *difflib.get_close_matches(name, names)]))[:5]
