"""The fleet's cells as text and as a document: the recommendation, the rollout orders, the matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ot2otel.headers.settings import Setting
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.rollout import Move, Recommendation, lost, recommendation, rollout
from ot2otel.report.prose import wrapped

Json = dict[str, Any]  # Any: JSON is what it is

_LOST = "."
_NOTHING = "-"
_NO_BREAK = "\N{NO-BREAK SPACE}"


def document(cells: Sequence[Cell], seconds: float) -> Json:
    """Return the document of `ot2otel fleet --format json`; `recommendation` is null if there is none."""
    found = recommendation(cells)
    return {
        "recommendation": _advice(found) if found else None,
        "cells": [entry(cell) for cell in cells],
        "seconds": round(seconds, 3),
    }


def entry(cell: Cell) -> Json:
    """Return a cell with one boolean for each property."""
    return {
        "from": cell.caller.variant,
        "from_propagation": cell.caller.propagation,
        "to": cell.callee.variant,
        "to_propagation": cell.callee.propagation,
        **{each.key: each in cell.kept for each in Property},
    }


def _advice(found: Recommendation) -> Json:
    return {
        "settings": {
            each.variant: {"propagation": each.propagation, "variables": dict(each.variables)}
            for each in found.settings
        },
        "lost": {
            each.key: [{"from": cell.caller.variant, "to": cell.callee.variant} for cell in losers]
            for each, losers in lost(found.cells).items()
        },
    }


def text(cells: Sequence[Cell]) -> str:
    """Return the recommendation, the rollout orders and the matrix with its legend, in plain text."""
    return "\n".join(
        [
            *recommended(cells),
            *_rollout("Rollout", rollout(cells)),
            *_rollout("Rollout with the shim on the way", rollout(cells, through="shim")),
            *_settings(cells),
            *_matrix(cells),
            *_legend(),
        ]
    )


def recommended(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield the lines of the recommendation: the variables to set, then the losses that remain."""
    found = recommendation(cells)
    if found is None:
        yield from wrapped(
            "Recommendation: none. The measured pairs show no settings that keep all legacy, native and shim "
            "services in one trace."
        )
        return
    yield "Recommendation:"
    yield from (f"  in {each.variant} services, set {each.assignments}" for each in found.settings)
    yield f"Then each of the {len(found.cells)} pairs makes one trace with the right parents."
    if found.reaches:
        opentelemetry = " and ".join(each.variant for each in found.settings if each.variant != "legacy")
        yield from wrapped(
            f"With these settings, {opentelemetry} services also make one trace with services of "
            f"{', '.join(each.label for each in found.reaches)}, in both directions."
        )
    yield ""
    losses = list(_losses(found.cells, lambda setting: setting.variant))
    yield from (
        ("Still lost with these settings:", *losses) if losses else ("Nothing is lost with these settings.",)
    )


def marks(cell: Cell) -> str:
    """Return a mark for each property in a fixed order: its letter if it is kept, else a dot."""
    if not cell.kept:
        return _NOTHING
    return "".join(each.mark if each in cell.kept else _LOST for each in Property)


def _rollout(title: str, moves: Sequence[Move]) -> Iterator[str]:
    yield ""
    if not moves:
        yield f"{title}: none. The measured pairs show no safe sequence of moves."
        return
    yield from wrapped(
        f"{title}: finish each move before the next; its services change one by one, in any order. The "
        "letters are explained at the end."
    )
    for number, move in enumerate(moves, 1):
        yield f"{number}. from {move.start.label} to {move.end.label}"
        yield f"     not moved yet: {move.start.assignments}"
        yield f"     moved:         {move.end.assignments}"
        for cell in move.cells:
            yield f"     {cell.caller.label:<18}-> {cell.callee.label:<18} {marks(cell)}"
        losses = list(_losses(move.cells, lambda setting: setting.label, indent="     "))
        yield from ("     lost meanwhile:", *losses) if losses else ()


def _losses(cells: Iterable[Cell], name: Callable[[Setting], str], indent: str = "") -> Iterator[str]:
    """Yield a line for each property that is lost, with the pairs that lose it."""
    for each, losers in lost(cells).items():
        # No line breaks within a pair.
        pairs = (f"{name(cell.caller)} -> {name(cell.callee)}".replace(" ", _NO_BREAK) for cell in losers)
        lines = wrapped(f"{each.mark}  {each.loss}: {', '.join(pairs)}", f"{indent}  ")
        yield from (line.replace(_NO_BREAK, " ") for line in lines)


def _settings(cells: Iterable[Cell]) -> Iterator[str]:
    yield ""
    yield "Settings:"
    for setting in dict.fromkeys(setting for cell in cells for setting in (cell.caller, cell.callee)):
        yield f"  {setting.label:<18} {setting.assignments}"


def _matrix(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield a block for each called variant, because all of them would not fit side by side."""
    for variant in dict.fromkeys(cell.callee.variant for cell in cells):
        columns = list(dict.fromkeys(cell.callee for cell in cells if cell.callee.variant == variant))
        yield ""
        yield _row("from \\ to", [column.label for column in columns])
        for caller in dict.fromkeys(cell.caller for cell in cells):
            found = {cell.callee: marks(cell) for cell in cells if cell.caller == caller}
            yield _row(caller.label, [found.get(column, "") for column in columns])


def _row(head: str, columns: Iterable[str]) -> str:
    return f"{head:<18}{''.join(f' {column:<17}' for column in columns)}".rstrip()


def _legend() -> Iterator[str]:
    yield ""
    yield "A row's server-1 calls a column's server-2. A letter stands for a kept property:"
    yield from (f"  {each.mark}  {each.summary}" for each in Property)
    yield f"  {_LOST}  lost"
    yield f"  {_NOTHING}  all lost: server-2 starts a new trace"
