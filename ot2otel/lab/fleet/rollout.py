"""Recommendations from measured cells: settings and moves that keep a fleet's traces in one piece."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product

from ot2otel.headers.settings import Setting, default
from ot2otel.lab.fleet.crossing import Cell, Property

_Table = Mapping[tuple[Setting, Setting], Cell]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Settings, one for each variant, under which every pair of a fleet makes one trace.

    `cells` are the pairs of these settings, including each setting with itself. `reaches` are other settings:
    the fleet's OpenTelemetry variants make one trace with them too, in both directions.
    """

    settings: tuple[Setting, ...]
    cells: tuple[Cell, ...]
    reaches: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Every service goes from the setting `start` to the setting `end`, one by one in any order.

    During the move, services of both settings call each other. `cells` are these pairs; each makes one trace.
    """

    start: Setting
    end: Setting
    cells: tuple[Cell, ...]


def lost(cells: Iterable[Cell]) -> dict[Property, tuple[Cell, ...]]:
    """Return the properties that any cell loses, each with the cells that lose it."""
    cells = tuple(cells)
    by_property = {each: tuple(cell for cell in cells if each not in cell.kept) for each in Property}
    return {each: losers for each, losers in by_property.items() if losers}


def recommendation(cells: Sequence[Cell]) -> Recommendation | None:
    """Return the settings that keep every pair of variants joined and lose least; None if none do.

    All OpenTelemetry variants have the same propagators. If several choices lose equally little, the one that
    reaches the most other settings is best, then the first in the table.
    """
    table = _table(cells)
    fleets = [fleet for fleet in _fleets(table) if _make_one_trace(table, fleet)]
    if not fleets:
        return None
    found = [Recommendation(fleet, _cells(table, fleet), _reaches(table, fleet)) for fleet in fleets]
    return min(found, key=lambda each: (_losses(each.cells), -len(each.reaches)))


def rollout(cells: Sequence[Cell], through: str | None = None) -> tuple[Move, ...]:
    """Return the moves from the default of `legacy` to that of `native`; none if no moves keep pairs joined.

    Each move keeps every pair joined. Of all such sequences it is the one whose cells lose least in sum, then
    the shortest. With `through` one setting on the way is of that variant.
    """
    table = _table(cells)
    start, end = default("legacy"), default("native")
    if through is None:
        return _way(table, start, end)
    ways = [
        (*there, *on)
        for between in _settings(table)
        if between.variant == through
        if (there := _way(table, start, between)) and (on := _way(table, between, end))
    ]
    return min(ways, key=_cost, default=())


def _table(cells: Iterable[Cell]) -> _Table:
    return {(cell.caller, cell.callee): cell for cell in cells}


def _settings(table: _Table) -> tuple[Setting, ...]:
    return tuple(dict.fromkeys(setting for pair in table for setting in pair))


def _fleets(table: _Table) -> list[tuple[Setting, ...]]:
    """Return every choice of a setting for legacy, and of one propagation for both native and shim."""
    legacies, natives, shims = (
        [setting for setting in _settings(table) if setting.variant == variant]
        for variant in ("legacy", "native", "shim")
    )
    return [
        (legacy, native, shim)
        for legacy, native, shim in product(legacies, natives, shims)
        if native.propagation == shim.propagation
    ]


def _pairs(settings: Iterable[Setting]) -> Iterator[tuple[Setting, Setting]]:
    settings = tuple(settings)
    return product(settings, settings)


def _cells(table: _Table, settings: Iterable[Setting]) -> tuple[Cell, ...]:
    return tuple(table[pair] for pair in _pairs(settings))


def _make_one_trace(table: _Table, settings: Iterable[Setting]) -> bool:
    return all(pair in table and table[pair].makes_one_trace for pair in _pairs(settings))


def _reaches(table: _Table, fleet: Sequence[Setting]) -> tuple[Setting, ...]:
    others = (setting for setting in _settings(table) if setting not in fleet)
    return tuple(
        other
        for other in others
        if all(_make_one_trace(table, (ours, other)) for ours in fleet if ours.variant != "legacy")
    )


def _losses(cells: Iterable[Cell]) -> int:
    return sum(len(cell.lost) for cell in cells)


def _cost(moves: Sequence[Move]) -> tuple[int, int]:
    return sum(_losses(move.cells) for move in moves), len(moves)


def _way(table: _Table, start: Setting, end: Setting) -> tuple[Move, ...]:
    """Return the cheapest way between two settings: Dijkstra's algorithm over pairs that make one trace."""
    order = count()  # decides between equally cheap ways: moves have no order
    ways: list[tuple[tuple[int, int], int, Setting, tuple[Move, ...]]] = [((0, 0), next(order), start, ())]
    done: set[Setting] = set()
    while ways:
        _, _, here, moves = heapq.heappop(ways)
        if here == end:
            return moves
        if here in done:
            continue
        done.add(here)
        for there in _settings(table):
            if there not in done and _make_one_trace(table, (here, there)):
                longer = (*moves, Move(here, there, _cells(table, (here, there))))
                heapq.heappush(ways, (_cost(longer), next(order), there, longer))
    return ()
