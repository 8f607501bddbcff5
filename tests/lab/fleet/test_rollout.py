"""Recommendations and rollouts from hand-built cells."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from ot2otel.headers.settings import Setting, chosen
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.rollout import Move, Recommendation, lost, recommendation, rollout

EVERYTHING = frozenset(Property)
ONE_TRACE = frozenset({Property.JOINED, Property.PARENT})


def named(*labels: str) -> tuple[Setting, ...]:
    return tuple(setting for label in labels for setting in chosen([label]))


LEGACY, B3, W3C, COMPOSITE, SHIM_W3C, SHIM = named(
    "legacy/jaeger", "legacy/b3", "native/w3c", "native/composite", "shim/w3c", "shim/composite"
)


def matrix(
    settings: Iterable[Setting], broken: Iterable[set[Setting]], weak: Iterable[Setting] = ()
) -> list[Cell]:
    """Return cells that keep everything, nothing where the pair is broken, one trace only with `weak`."""
    broken, weak = list(broken), set(weak)
    return [
        Cell(
            caller,
            callee,
            frozenset()
            if {caller, callee} in broken
            else ONE_TRACE
            if weak & {caller, callee}
            else EVERYTHING,
        )
        for caller, callee in product(tuple(settings), repeat=2)
    ]


def pairs(cells: Iterable[Cell]) -> list[tuple[Setting, Setting]]:
    return [(cell.caller, cell.callee) for cell in cells]


def test_the_setting_that_joins_every_pair_is_recommended() -> None:
    settings = (LEGACY, W3C, COMPOSITE, SHIM_W3C, SHIM)
    cells = matrix(settings, [{LEGACY, W3C}, {LEGACY, SHIM_W3C}], weak=[SHIM])

    found = recommendation(cells)

    fleet = (LEGACY, COMPOSITE, SHIM)
    assert found == Recommendation(
        fleet, tuple(cell for cell in cells if {cell.caller, cell.callee} <= set(fleet)), (W3C, SHIM_W3C)
    )


def test_of_settings_that_join_every_pair_the_one_that_loses_less_is_recommended() -> None:
    cells = matrix((LEGACY, W3C, SHIM_W3C, COMPOSITE, SHIM), [], weak=[W3C])

    found = recommendation(cells)

    assert found is not None
    assert found.settings == (LEGACY, COMPOSITE, SHIM)


def test_of_settings_that_lose_equally_little_the_one_that_reaches_more_is_recommended() -> None:
    cells = matrix((LEGACY, W3C, SHIM_W3C, COMPOSITE, SHIM, B3), [{W3C, B3}, {LEGACY, B3}])

    found = recommendation(cells)

    assert found is not None
    assert found.settings == (LEGACY, COMPOSITE, SHIM)


def test_nothing_is_recommended_where_some_pair_falls_apart() -> None:
    assert recommendation(matrix((LEGACY, W3C, SHIM_W3C), [{LEGACY, W3C}])) is None


def test_nothing_is_recommended_where_a_pair_was_not_measured() -> None:
    assert recommendation(matrix((LEGACY, W3C, SHIM_W3C), [])[:-1]) is None


def test_a_rollout_goes_through_the_setting_that_joins_both_ends() -> None:
    cells = matrix((LEGACY, W3C, COMPOSITE), [{LEGACY, W3C}])

    moves = rollout(cells)

    assert [(move.start, move.end, pairs(move.cells)) for move in moves] == [
        (LEGACY, COMPOSITE, list(product((LEGACY, COMPOSITE), repeat=2))),
        (COMPOSITE, W3C, list(product((COMPOSITE, W3C), repeat=2))),
    ]


def test_a_rollout_is_one_move_where_the_ends_join() -> None:
    cells = matrix((LEGACY, W3C), [])

    assert rollout(cells) == (Move(LEGACY, W3C, tuple(cells)),)


def test_a_longer_rollout_that_loses_less_is_better() -> None:
    cells = [
        Cell(cell.caller, cell.callee, ONE_TRACE) if {cell.caller, cell.callee} == {LEGACY, W3C} else cell
        for cell in matrix((LEGACY, W3C, COMPOSITE), [])
    ]

    assert [(move.start, move.end) for move in rollout(cells)] == [(LEGACY, COMPOSITE), (COMPOSITE, W3C)]


def test_a_rollout_can_be_led_over_the_shim() -> None:
    cells = matrix((LEGACY, W3C, COMPOSITE, SHIM), [{LEGACY, W3C}], weak=[SHIM])

    assert [(move.start, move.end) for move in rollout(cells, through="shim")] == [
        (LEGACY, SHIM),
        (SHIM, W3C),
    ]


def test_there_is_no_rollout_where_one_direction_is_broken() -> None:
    cells = matrix((LEGACY, W3C), [])
    cells[1] = Cell(LEGACY, W3C, EVERYTHING - {Property.PARENT})

    assert rollout(cells) == ()
    assert rollout(cells, through="shim") == ()


def test_losses_are_grouped_by_property_with_their_cells() -> None:
    full = Cell(LEGACY, LEGACY, EVERYTHING)
    bare = Cell(LEGACY, SHIM, EVERYTHING - {Property.BAGGAGE, Property.DEBUG_KEPT})
    plain = Cell(LEGACY, W3C, EVERYTHING - {Property.DEBUG_KEPT})

    assert lost([full, bare, plain]) == {Property.BAGGAGE: (bare,), Property.DEBUG_KEPT: (bare, plain)}
