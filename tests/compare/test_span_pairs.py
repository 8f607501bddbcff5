from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given

from ot2otel.compare.comparison import Comparison
from ot2otel.model import Span
from tests.support.accounts import compared
from tests.support.judging import counts
from tests.support.traffic import Spans, migrations
from tests.support.trees import branch, chain, forest


def paired(before: Iterable[Span], after: Iterable[Span]) -> Comparison:
    return compared(before, after)


def summary(comparison: Comparison) -> dict[str, list[str]]:
    """Return the names of the spans that moved, are missing or extra, and of those with another order."""
    found: dict[str, list[str]] = {"moved": [], "missing": [], "extra": [], "reordered": []}
    for pairs, times in comparison.trees:
        found["moved"] += [old.content.name for old, _ in pairs.moved] * times.count
        found["missing"] += [node.content.name for node in pairs.missing] * times.count
        found["extra"] += [node.content.name for node in pairs.extra] * times.count
        found["reordered"] += [old.content.name for old, _ in pairs.reordered] * times.count
    return {name: sorted(names) for name, names in found.items() if names}


CASES = [
    pytest.param(
        forest(branch("root", branch("get"), branch("put"), branch("get"))),
        forest(branch("root", branch("get"), branch("put"), branch("get"))),
        {},
        id="the same",
    ),
    pytest.param(
        forest(branch("root", branch("get", service="one"), branch("get", service="two"))),
        forest(branch("root", branch("get", service="two"), branch("get", service="one"))),
        {"reordered": ["root"]},
        id="siblings of one name and two services",
    ),
    pytest.param(
        forest(branch("root", branch("one", branch("get", branch("answer"))), branch("two"))),
        forest(branch("root", branch("one"), branch("two", branch("get", branch("answer"))))),
        {"moved": ["get"]},
        id="moved with all below it",
    ),
    pytest.param(
        forest(branch("root", branch("one", branch("get")), branch("two"))),
        forest(branch("root", branch("one"), branch("two", branch("put")))),
        {"missing": ["get"], "extra": ["put"]},
        id="one of another name elsewhere",
    ),
    pytest.param(
        forest(branch("root", branch("middle", branch("leaf")))),
        tuple(
            span for span in forest(branch("root", branch("middle", branch("leaf")))) if span.name != "middle"
        ),
        {"missing": ["middle"], "moved": ["leaf"]},
        id="the child of a lost span",
    ),
    pytest.param(
        forest(branch("root", branch("middle", branch("leaf")))),
        forest(branch("root", branch("leaf"))),
        {"missing": ["middle"], "moved": ["leaf"]},
        id="the child of a lost span, adopted",
    ),
    pytest.param(
        forest(branch("root", branch("old name", branch("leaf")))),
        forest(branch("root", branch("new name", branch("leaf")))),
        {},
        id="renamed",
    ),
    pytest.param(
        forest(branch("root", branch("get", branch("leaf"), service="one"))),
        forest(branch("root", branch("get", branch("leaf"), service="two"))),
        {},
        id="of another service",
    ),
    pytest.param(
        forest(branch("client", branch("server", branch("query")))),
        forest(branch("client"), branch("server", branch("query"))),
        {"moved": ["server"]},
        id="the second part of a split trace",
    ),
    pytest.param(
        (),
        forest(branch("root", branch("leaf"))),
        {"extra": ["leaf", "root"]},
        id="all is new beside nothing",
    ),
]


@pytest.mark.parametrize(("before", "after", "found"), CASES)
def test_the_spans_of_two_traces_pair(before: Spans, after: Spans, found: dict[str, list[str]]) -> None:
    assert summary(paired(before, after)) == found


@pytest.mark.parametrize("retry", [0, 1, 2, 3], ids=lambda retry: f"at {retry}")
def test_one_retry_more_does_not_shift_what_follows(retry: int) -> None:
    calls = [branch("get", branch("answer"), attributes={"key": key}) for key in (1, 2, 3)]
    more = [*calls[:retry], branch("get", attributes={"key": "retried"}), *calls[retry:]]
    few, many = forest(branch("root", *calls)), forest(branch("root", *more))

    assert counts(few, many) == {("new", "span"): 1}
    assert counts(many, few) == {("gone", "span"): 1}


def test_concurrent_siblings_pair_by_content_in_any_order() -> None:
    def fan(*keys: int) -> Spans:
        calls = (
            branch("get", attributes={"key": key}, start_ns=11_000 + n, end_ns=90_000)
            for n, key in enumerate(keys)
        )
        return forest(branch("root", *calls, start_ns=10_000, end_ns=100_000))

    assert counts(fan(1, 2, 3), fan(3, 1, 2)) == {}


@pytest.mark.parametrize("distinct", [False, True], ids=["alike", "distinct"])
@pytest.mark.parametrize(
    ("lost", "found"), [(1, {("gone", "span"): 1}), (5_000, {("gone", "span"): 5_000})], ids=["one", "half"]
)
def test_lost_ones_of_ten_thousand_siblings_are_gone_and_nothing_else_changed(
    distinct: bool, lost: int, found: dict[tuple[str, str], int]
) -> None:
    calls = [branch("get", attributes={"k": n if distinct else 0}) for n in range(10_000)]

    assert counts(forest(branch("root", *calls)), forest(branch("root", *calls[lost:]))) == found


def test_a_span_lost_in_the_middle_of_five_thousand_levels_shifts_none() -> None:
    deep = [replace(span, attributes={"n": n}) for n, span in enumerate(chain(5_000))]
    orphaned = [*deep[:2_500], *deep[2_501:]]
    adopted = [*deep[:2_500], replace(deep[2_501], parent_id=deep[2_499].span_id), *deep[2_502:]]

    for after in (orphaned, adopted):
        assert counts(deep, after) == {("gone", "span"): 1, ("changed", "parent"): 1}


def test_ten_thousand_levels_compare() -> None:
    deep = chain(10_000)
    root = replace(deep[0], name="other")

    assert counts(deep, deep) == {}
    assert counts(deep, (root, *deep[1:])) == {("changed", "name"): 1}


def test_each_lost_span_of_one_large_trace_is_one_and_orphans_those_below_it() -> None:
    # A tree of 50,000 spans, in which span n is the parent of 4n to 4n+3.
    def tree(lost: range) -> list[Span]:
        return [
            Span(
                *("1" * 32, f"{n:016x}", "get", f"{n // 4:016x}" if n > 3 else f"{1:016x}" if n > 1 else ""),
                start_ns=n * 10_000,
                end_ns=n * 10_000 + 5_000 if n > 1 else 10**10,
                attributes={"k": n},
                resource={"service.name": f"depth {len(f'{n:b}') // 2}"},
            )
            for n in range(1, 50_001)
            if n not in lost
        ]

    lost = range(1_000, 50_001, 1_000)
    orphans = sum(4 * n + m <= 50_000 and 4 * n + m not in lost for n in lost for m in range(4))

    found = counts(tree(range(0)), tree(lost))

    assert {key: n for key, n in found.items() if key != ("improved", "time")} == {
        ("gone", "span"): len(lost),
        ("changed", "parent"): orphans,
    }


@given(migrations())
def test_every_span_is_paired_or_missing_or_extra(sides: tuple[Spans, Spans]) -> None:
    comparison = paired(*sides)

    pairs = sum((len(found.pairs) + len(found.moved)) * times.count for found, times in comparison.trees)
    missing = sum(row.times.count for row in comparison.missing)
    extra = sum(row.times.count for row in comparison.extra)
    assert (pairs + missing, pairs + extra) == (len(sides[0]), len(sides[1]))


@given(migrations(0))
def test_any_forest_beside_itself_pairs_like_with_like(sides: tuple[Spans, Spans]) -> None:
    for found, _ in paired(sides[0], sides[0]).trees:
        assert all(old is new for old, new in found.pairs)
        assert (found.moved, found.missing, found.extra, found.reordered) == ((), (), (), ())
