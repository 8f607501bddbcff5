"""Shifts between two windows of traffic, and chance."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("scipy")

from ot2otel.population.shifts import Blocks, comparable, shifts


def _traffic(share: float, seed: int, blocks: int = 24, each: int = 1000, retries: int = 1) -> Blocks:
    """Return blocks of about `each` traces with this share of errors, which come `retries` at a time."""
    chance = random.Random(seed)
    sizes = [chance.randint(each // 2, each * 3 // 2) for _ in range(blocks)]
    means = [size * share / retries for size in sizes]
    errors = [retries * max(0, round(chance.gauss(mean, mean**0.5))) for mean in means]
    return Blocks(errors, sizes)


def test_a_shift_of_the_error_rate_is_found_with_an_interval_around_it() -> None:
    (found,) = shifts([(_traffic(0.010, 1, each=4000), _traffic(0.014, 2, each=4000))])

    assert found.is_news
    assert found.low < 0.004 < found.high
    assert found.low > 0


def test_equal_sides_are_no_news() -> None:
    side = _traffic(0.01, 1)

    (found,) = shifts([(side, side)])

    assert (found.difference, found.p, found.is_news) == (0, 1, False)


def test_errors_that_come_in_clusters_are_fewer_than_they_look() -> None:
    alone = shifts([(_traffic(0.01, 3), _traffic(0.012, 4))])[0]
    clustered = shifts([(_traffic(0.01, 3, retries=20), _traffic(0.012, 4, retries=20))])[0]

    assert clustered.high - clustered.low > 3 * (alone.high - alone.low)


def test_of_many_comparisons_of_equal_traffic_hardly_one_is_news() -> None:
    families = [
        [
            (_traffic(0.01, 1000 * n + k, retries=3), _traffic(0.01, 1000 * n + 500 + k, retries=3))
            for k in range(10)
        ]
        for n in range(40)
    ]

    wrong = sum(any(shift.is_news for shift in shifts(family)) for family in families)

    assert wrong <= 6  # 40 times 5 % are 2; more than 6 happen once in a hundred times


def test_a_strong_shift_among_many_equal_ones_is_the_only_news() -> None:
    pairs = [(_traffic(0.01, n), _traffic(0.01, 100 + n)) for n in range(30)]
    pairs.append((_traffic(0.01, 200), _traffic(0.03, 201)))

    found = shifts(pairs)

    assert [shift.is_news for shift in found] == [False] * 30 + [True]


def test_something_that_vanished_from_all_units_is_news() -> None:
    (found,) = shifts([(Blocks([100] * 10, [100] * 10), Blocks([0] * 10, [100] * 10))])

    assert (found.before, found.after, found.is_news) == (1, 0, True)


def test_a_number_that_is_the_same_in_every_unit_has_no_chance_in_it() -> None:
    three, four = (Blocks([100 * number] * 10, [100] * 10) for number in (3, 4))

    same, more = shifts([(three, three), (three, four)])

    assert (same.is_news, same.p) == (False, 1)
    assert (more.is_news, more.low, more.high) == (True, 1, 1)


@pytest.mark.parametrize(
    ("side", "enough"),
    [
        (Blocks([1] * 10, [10] * 10), True),
        (Blocks([1] * 10, [9] * 10), False),
        (Blocks([1] * 4, [1000] * 4), False),
        (Blocks([1] * 10, [1000] * 4 + [0] * 6), False),
        (Blocks([], []), False),
    ],
    ids=["just enough", "few units", "few blocks", "empty blocks", "nothing"],
)
def test_below_a_sample_nothing_is_said(side: Blocks, enough: bool) -> None:
    assert comparable(side, _traffic(0.01, 1)) is enough
    assert comparable(_traffic(0.01, 1), side) is enough
