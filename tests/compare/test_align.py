from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.align import Alignment, Place, align, in_order, places
from ot2otel.model import Span
from tests.support.forests import forests
from tests.support.trees import branch, chain, forest


def paths(alignment: Alignment) -> list[tuple[str, str]]:
    return sorted((old.path, new.path) for old, new in alignment.pairs)


def pairs_of_the_same(alignment: Alignment) -> bool:
    return all(old.span.attributes == new.span.attributes for old, new in alignment.pairs)


def summary(alignment: Alignment) -> dict[str, list[str]]:
    return {
        "moved": [f"{old.path} => {new.path}" for old, new in alignment.moved],
        "missing": [place.path for place in alignment.missing],
        "extra": [place.path for place in alignment.extra],
    }


NOTHING: dict[str, list[str]] = {"moved": [], "missing": [], "extra": []}


def test_a_path_numbers_the_siblings_that_share_a_name() -> None:
    (root,) = places(forest(branch("root", branch("get"), branch("put"), branch("get"))))

    assert [place.path for place in root.walk()] == [
        "root",
        "root > get[1]",
        "root > put",
        "root > get[2]",
    ]


def test_siblings_match_by_name_in_the_order_of_their_start() -> None:
    before = forest(branch("root", branch("get"), branch("put"), branch("get")))
    after = forest(branch("root", branch("put"), branch("get"), branch("get")))

    aligned = align(before, after)

    assert paths(aligned) == [
        ("root", "root"),
        ("root > get[1]", "root > get[1]"),
        ("root > get[2]", "root > get[2]"),
        ("root > put", "root > put"),
    ]
    assert summary(aligned) == NOTHING


def test_siblings_of_one_name_are_told_apart_by_their_service() -> None:
    before = forest(branch("root", branch("get", service="one"), branch("get", service="two")))
    after = forest(branch("root", branch("get", service="two"), branch("get", service="one")))

    aligned = align(before, after)

    assert [(old.span.service, new.span.service) for old, new in aligned.pairs if old.parent] == [
        ("one", "one"),
        ("two", "two"),
    ]


def test_concurrent_siblings_match_by_content_in_any_order() -> None:
    def fan(*keys: int) -> tuple[Span, ...]:
        calls = (
            branch("get", attributes={"key": key}, start_ns=11_000 + n, end_ns=90_000)
            for n, key in enumerate(keys)
        )
        return forest(branch("root", *calls))

    aligned = align(fan(1, 2, 3), fan(3, 1, 2))

    assert len(aligned.pairs) == 4
    assert pairs_of_the_same(aligned)
    assert summary(aligned) == NOTHING


def test_siblings_one_after_the_other_keep_their_order_whatever_their_content() -> None:
    before = forest(branch("root", branch("get", attributes={"k": 1}), branch("get", attributes={"k": 2})))
    after = forest(branch("root", branch("get", attributes={"k": 2}), branch("get", attributes={"k": 1})))

    aligned = align(before, after)

    assert paths(aligned) == [
        ("root", "root"),
        ("root > get[1]", "root > get[1]"),
        ("root > get[2]", "root > get[2]"),
    ]


def test_siblings_that_changed_their_order_beside_a_concurrent_one_still_match() -> None:
    def calls(first: str, second: str) -> tuple[Span, ...]:
        return forest(
            branch(
                "root",
                branch("get", attributes={"k": first}, start_ns=20_000, end_ns=30_000),
                branch("get", attributes={"k": "all along"}, start_ns=21_000, end_ns=59_000),
                branch("get", attributes={"k": second}, start_ns=40_000, end_ns=50_000),
            )
        )

    aligned = align(calls("one", "two"), calls("two", "three"))

    assert len(aligned.pairs) == 4
    assert summary(aligned) == NOTHING


@pytest.mark.parametrize("retry", [0, 1, 2, 3], ids=lambda retry: f"at {retry}")
def test_one_retry_more_does_not_shift_what_follows(retry: int) -> None:
    calls = [branch("get", branch("answer"), attributes={"key": key}) for key in (1, 2, 3)]
    more = [*calls[:retry], branch("get", attributes={"key": "retried"}), *calls[retry:]]
    few, many = forest(branch("root", *calls)), forest(branch("root", *more))

    grown, shrunk = align(few, many), align(many, few)

    surplus = f"root > get[{retry + 1}]"
    assert summary(grown) == NOTHING | {"extra": [surplus]}
    assert summary(shrunk) == NOTHING | {"missing": [surplus]}
    assert pairs_of_the_same(grown)
    assert pairs_of_the_same(shrunk)


def test_a_span_under_another_parent_moved_with_all_below_it() -> None:
    before = forest(branch("root", branch("one", branch("get", branch("answer"))), branch("two")))
    after = forest(branch("root", branch("one"), branch("two", branch("get", branch("answer")))))

    aligned = align(before, after)

    assert summary(aligned) == NOTHING | {"moved": ["root > one > get => root > two > get"]}
    assert len(aligned.pairs) == 5


def test_a_span_of_another_name_elsewhere_did_not_move() -> None:
    before = forest(branch("root", branch("one", branch("get")), branch("two")))
    after = forest(branch("root", branch("one"), branch("two", branch("put"))))

    aligned = align(before, after)

    assert summary(aligned) == {"moved": [], "missing": ["root > one > get"], "extra": ["root > two > put"]}


def test_the_child_of_a_lost_span_moved_to_the_top() -> None:
    before = forest(branch("root", branch("middle", branch("leaf"))))
    after = tuple(span for span in before if span.name != "middle")

    aligned = align(before, after)

    assert summary(aligned) == NOTHING | {
        "missing": ["root > middle"],
        "moved": ["root > middle > leaf => leaf"],
    }


def test_a_renamed_span_matches_with_all_below_it() -> None:
    before = forest(branch("root", branch("old name", branch("leaf"))))
    after = forest(branch("root", branch("new name", branch("leaf"))))

    aligned = align(before, after)

    assert paths(aligned) == [
        ("root", "root"),
        ("root > old name", "root > new name"),
        ("root > old name > leaf", "root > new name > leaf"),
    ]
    assert summary(aligned) == NOTHING


def test_a_span_of_another_service_matches_by_its_name() -> None:
    before = forest(branch("root", branch("get", branch("leaf"), service="one")))
    after = forest(branch("root", branch("get", branch("leaf"), service="two")))

    aligned = align(before, after)

    assert len(aligned.pairs) == 3
    assert summary(aligned) == NOTHING


def test_the_second_part_of_a_split_trace_moved_to_the_top() -> None:
    before = forest(branch("client", branch("server", branch("query"))))
    after = forest(branch("client"), branch("server", branch("query")))

    aligned = align(before, after)

    assert summary(aligned) == NOTHING | {"moved": ["client > server => server"]}


def test_nothing_aligns_with_nothing() -> None:
    assert align((), ()) == Alignment((), (), (), ())


def test_all_is_extra_beside_nothing() -> None:
    assert summary(align((), forest(branch("root", branch("leaf"))))) == NOTHING | {
        "extra": ["root", "root > leaf"]
    }


def test_ten_thousand_levels_align() -> None:
    deep = chain(10_000)

    aligned = align(deep, deep)

    assert len(aligned.pairs) == 10_000
    assert summary(aligned) == NOTHING


def test_ten_thousand_levels_under_a_lost_root_move_as_one() -> None:
    deep = chain(10_000)

    aligned = align(deep, (replace(deep[0], name="other", resource={"service.name": "other"}), *deep[1:]))

    assert (len(aligned.pairs), len(aligned.moved)) == (9_999, 1)


def test_spans_in_a_circle_align() -> None:
    one, two = (Span("1" * 32, a * 16, "turn", b * 16) for a, b in ("12", "21"))

    aligned = align((one, two), (one, two))

    assert [(old.span, new.span) for old, new in aligned.pairs] == [(one, one), (two, two)]
    assert summary(aligned) == NOTHING


@given(forests())
def test_any_forest_aligned_with_itself_pairs_like_with_like(spans: tuple[Span, ...]) -> None:
    aligned = align(spans, spans)

    assert len(aligned.pairs) == len(spans)
    assert [old.path for old, _ in aligned.pairs] == [new.path for _, new in aligned.pairs]
    assert all(old.span is new.span for old, new in aligned.pairs)
    assert summary(aligned) == NOTHING


@given(forests(), forests())
def test_every_place_is_paired_or_missing_or_extra_and_once(
    before: tuple[Span, ...], after: tuple[Span, ...]
) -> None:
    aligned = align(before, after)

    olds = [old.span.span_id for old, _ in aligned.pairs] + [place.span.span_id for place in aligned.missing]
    news = [new.span.span_id for _, new in aligned.pairs] + [place.span.span_id for place in aligned.extra]
    assert sorted(olds) == [span.span_id for span in before]
    assert sorted(news) == [span.span_id for span in after]


@given(forests(), forests())
def test_a_moved_span_sits_under_parents_that_are_no_counterparts(
    before: tuple[Span, ...], after: tuple[Span, ...]
) -> None:
    aligned = align(before, after)

    def same_place(old: Place, new: Place) -> bool:
        if old.parent is None or new.parent is None:
            return old.parent is new.parent
        return (old.parent, new.parent) in aligned.pairs

    assert list(aligned.moved) == [pair for pair in aligned.pairs if not same_place(*pair)]


@given(forests(), forests())
def test_no_missing_span_has_the_service_and_name_of_an_extra_one(
    before: tuple[Span, ...], after: tuple[Span, ...]
) -> None:
    aligned = align(before, after)

    assert {place.key for place in aligned.missing}.isdisjoint(place.key for place in aligned.extra)


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_two_sequences_pair_in_order_with_the_least_difference(olds: list[int], news: list[int]) -> None:
    def cost(pairs: list[tuple[int, int]]) -> int:
        return sum(abs(olds[i] - news[j]) for i, j in pairs)

    def pairings(i: int, j: int, left: int) -> list[list[tuple[int, int]]]:
        if left == 0:
            return [[]]
        return [
            [(a, b), *rest]
            for a in range(i, len(olds))
            for b in range(j, len(news))
            for rest in pairings(a + 1, b + 1, left - 1)
        ]

    shorter = min(len(olds), len(news))

    pairs = in_order(len(olds), len(news), lambda i, j: abs(olds[i] - news[j]))

    assert pairs == sorted(pairs)
    assert len(pairs) == len(dict(pairs)) == len({new for _, new in pairs}) == shorter
    assert cost(pairs) == min(cost(pairing) for pairing in pairings(0, 0, shorter))
