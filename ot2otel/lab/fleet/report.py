"""The fleet's cells as a matrix, and in words what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ot2otel.headers.settings import Setting
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.rollout import Move, Recommendation, lost, recommendation, rollout
from ot2otel.report.prose import wrapped

Json = dict[str, Any]  # Any: JSON is what it is

_LOST = "."
_NOTHING = "-"


def document(cells: Iterable[Cell], seconds: float) -> Json:
    """Return what `ot2otel fleet --format json` prints."""
    return {"cells": [entry(cell) for cell in cells], "seconds": round(seconds, 3)}


def entry(cell: Cell) -> Json:
    """Return a cell with one boolean for each property."""
    return {
        "from": cell.caller.variant,
        "from_propagation": cell.caller.propagation,
        "to": cell.callee.variant,
        "to_propagation": cell.callee.propagation,
        **{each.key: each in cell.kept for each in Property},
    }


def text(cells: Sequence[Cell]) -> str:
    """Return the matrix with its legend, the finding and the rollout orders, in lines of plain text."""
    return "\n".join(
        [
            *_legend(),
            *_settings(cells),
            *_matrix(cells),
            *_finding(recommendation(cells)),
            *_rollout("Rollout", rollout(cells)),
            *_rollout("Rollout with the shim on the way", rollout(cells, through="shim")),
        ]
    )


def marks(cell: Cell) -> str:
    """Return one mark for each property in a fixed order: its letter where it is kept, a dot where not."""
    if not cell.kept:
        return _NOTHING
    return "".join(each.mark if each in cell.kept else _LOST for each in Property)


def _legend() -> Iterator[str]:
    yield "A row's server-1 calls a column's server-2. Kept between them:"
    yield from (f"  {each.mark}  {each.summary}" for each in Property)
    yield f"  {_LOST}  lost"
    yield f"  {_NOTHING}  all lost: server-2 starts a trace of its own"


def _settings(cells: Iterable[Cell]) -> Iterator[str]:
    yield ""
    for setting in dict.fromkeys(setting for cell in cells for setting in (cell.caller, cell.callee)):
        yield f"  {setting.label:<18} {setting.assignments}"


def _matrix(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield a block for each variant that is called, as all of them would not fit side by side."""
    for variant in dict.fromkeys(cell.callee.variant for cell in cells):
        columns = list(dict.fromkeys(cell.callee for cell in cells if cell.callee.variant == variant))
        yield ""
        yield _row("from \\ to", [column.label for column in columns])
        for caller in dict.fromkeys(cell.caller for cell in cells):
            found = {cell.callee: marks(cell) for cell in cells if cell.caller == caller}
            yield _row(caller.label, [found.get(column, "") for column in columns])


def _row(head: str, columns: Iterable[str]) -> str:
    return f"{head:<18}{''.join(f' {column:<17}' for column in columns)}".rstrip()


def _finding(found: Recommendation | None) -> Iterator[str]:
    yield ""
    if found is None:
        yield from wrapped(
            "Finding: no setting here keeps every pair of legacy, native and shim services in one trace."
        )
        return
    settings = "; ".join(f"{each.variant} {each.assignments}" for each in found.settings)
    yield from wrapped(
        f"Finding: with {settings}, each of the {len(found.cells)} pairs makes one trace with right parents."
    )
    if found.reaches:
        yield from wrapped(
            "Services with these propagators also make one trace with "
            f"{_list(found.reaches)}, in both directions."
        )
    yield from _losses("Still lost", found.cells)


def _rollout(title: str, moves: Sequence[Move]) -> Iterator[str]:
    yield ""
    if not moves:
        yield f"{title}: these cells prove no way."
        return
    yield from wrapped(
        f"{title}: each step is finished before the next, its services move one by one in any order."
    )
    for number, move in enumerate(moves, 1):
        yield f"{number}. from {move.start.label} to {move.end.label}"
        yield f"     not moved yet: {move.start.assignments}"
        yield f"     moved:         {move.end.assignments}"
        for cell in move.cells:
            yield f"     {cell.caller.label:<18}-> {cell.callee.label:<18} {marks(cell)}"
        yield from _losses("lost meanwhile", move.cells, indent="     ")


def _losses(title: str, cells: Iterable[Cell], indent: str = "") -> Iterator[str]:
    for each, losers in lost(cells).items():
        pairs = ", ".join(f"{cell.caller.label} -> {cell.callee.label}" for cell in losers)
        yield from wrapped(f"{title}, {each.mark} ({each.summary}): {pairs}.", indent)


def _list(settings: Iterable[Setting]) -> str:
    return ", ".join(setting.label for setting in settings)
