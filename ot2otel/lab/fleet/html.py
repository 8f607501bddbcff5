"""The fleet's cells as a page: what to set, what is still lost, how to roll out, and the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.report import marks
from ot2otel.lab.fleet.rollout import Move, lost, recommendation, rollout
from ot2otel.report.html import render


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell of the matrix: `state` is kept, degraded or gone; `words` are the letters of what is lost."""

    state: str
    words: str
    sentence: str


def page(cells: Sequence[Cell]) -> str:
    """Return the page."""
    found = recommendation(cells)
    callees = list(dict.fromkeys(cell.callee for cell in cells))
    known = {(cell.caller, cell.callee): _shown(cell) for cell in cells}
    return render(
        "ot2otel.lab.fleet/page.html.jinja",
        {
            "title": "A mixed fleet · ot2otel",
            "heading": f"fleet · {len(cells)} pairs measured",
            "recommendation": found,
            "losses": _losses(found.cells) if found else [],
            "rollouts": [
                (name, [(move, _losses(move.cells), _marked(move)) for move in moves])
                for name, moves in (
                    ("Rollout", rollout(cells)),
                    ("Rollout with the shim on the way", rollout(cells, through="shim")),
                )
            ],
            "callees": callees,
            "rows": [
                (caller, [known.get((caller, callee)) for callee in callees])
                for caller in dict.fromkeys(cell.caller for cell in cells)
            ],
            "properties": list(Property),
        },
    )


def _shown(cell: Cell) -> _Shown:
    pair = f"{cell.caller.label} calls {cell.callee.label}"
    if not cell.kept:
        return _Shown("gone", "two traces", f"{pair}: {Property.JOINED.loss}")
    missing = [each for each in Property if each not in cell.kept]
    if not missing:
        return _Shown("kept", "all", f"{pair}: all is kept")
    return _Shown(
        "degraded",
        "".join(each.mark for each in missing),
        f"{pair}: {'; '.join(one.loss for one in missing)}",
    )


def _losses(cells: Iterable[Cell]) -> list[tuple[Property, str]]:
    return [
        (each, ", ".join(f"{cell.caller.label} → {cell.callee.label}" for cell in losers))
        for each, losers in lost(cells).items()
    ]


def _marked(move: Move) -> list[tuple[str, str]]:
    return [(f"{cell.caller.label} → {cell.callee.label}", marks(cell)) for cell in move.cells]
