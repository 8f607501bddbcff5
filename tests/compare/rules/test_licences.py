"""Licences found by places are those that all of them would give."""

from __future__ import annotations

import pytest

from ot2otel.compare.facts import KIND, Place
from ot2otel.compare.rules.licences import Licences
from ot2otel.compare.rules.rule import (
    Added,
    Copied,
    Dropped,
    Effect,
    Licence,
    Renamed,
    Rule,
    Split,
    Told,
    attribute,
    of_event,
)

A, B, C = (attribute(key) for key in "abc")
NAME = of_event("name")


def made(*licences: Licence) -> Licences:
    return Licences([Rule("r", Effect.TRANSLATED, "", "", licences)])


@pytest.mark.parametrize(
    "licence",
    [
        Renamed(A, B),
        Split((A, B), lambda one, other: None),
        Dropped((A, B), "nothing: it is gone"),
    ],
)
def test_a_move_is_found_by_the_first_place_that_it_takes(licence: Licence) -> None:
    licences = made(licence)

    assert [each for _, each in licences.moves_of([KIND, A])] == [licence]
    assert (licences.moves_of([B, KIND]), licences.additions_to([A, B])) == ([], [])


def test_an_addition_is_found_once_by_any_of_its_places() -> None:
    added, copied = Added((A, B)), Copied(C, (A,), lambda value: ())
    licences = made(added, copied)

    found = [
        [each for _, each in licences.additions_to(places)] for places in ([B], [A, B], [C], [A, C], [KIND])
    ]

    assert found == [[added], [added], [copied], [added, copied], []]
    assert licences.moves_of([A, B, C]) == []


@pytest.mark.parametrize(("place", "found"), [(("event", 7, "name"), 1), (("link", 7, "name"), 0)])
def test_a_place_of_any_event_is_found_by_that_of_one(place: Place, found: int) -> None:
    assert len(made(Renamed(NAME, NAME)).moves_of([place])) == found


def test_licences_keep_the_order_of_their_rules() -> None:
    moves = [Renamed(B, C), Renamed(A, C), Renamed(B, A)]

    assert [each for _, each in made(*moves).moves_of([A, B])] == moves


def test_what_tells_one_fact_in_two_values_holds_at_any_place() -> None:
    told = Told(lambda old, new: False)

    assert [each for _, each in made(Renamed(A, B), told).told] == [told]
