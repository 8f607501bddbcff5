"""Columns of two spans, read again in other spans of their shapes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.facts import Content, Contents, interned, same
from ot2otel.compare.judgement.reads import Column, EqualColumns
from ot2otel.model import Attributes, AttributeValue, Span

VALUES: st.SearchStrategy[AttributeValue] = st.sampled_from(
    ["", "a", "b", 0, 1, 500, True, False, 0.0, -0.0, 1.0, float("nan"), b"a", ("a",), ("b",), None]
)


def content(contents: Contents, *values: AttributeValue) -> Content:
    attributes: Attributes = {str(key): value for key, value in enumerate(values)}
    return contents.of(Span("1" * 32, "1" * 16, "it", attributes=attributes))


@given(st.tuples(VALUES, VALUES, VALUES), st.tuples(VALUES, VALUES, VALUES))
def test_columns_are_equal_if_each_value_is_the_same(
    olds: tuple[AttributeValue, ...], news: tuple[AttributeValue, ...]
) -> None:
    contents = Contents()
    old, new = content(contents, *olds), content(contents, *news)
    guard = EqualColumns()
    indexes = [
        (old.shape.index["attributes", str(key)], new.shape.index["attributes", str(key)])
        for key in range(3)
        # They are asked about in shapes in which a pair of spans had the same values, so of one type.
        if type(old.values[-3 + key]) is type(new.values[-3 + key])
    ]
    for pair in indexes:
        guard.add(*pair)

    expected = all(
        same(Column(one, 0)(old.values, new.values), Column(other, 1)(old.values, new.values))
        for one, other in indexes
    )

    if indexes:
        assert guard(old.values, new.values) is expected


@given(st.lists(st.tuples(VALUES, st.sampled_from(["x", "y"])), min_size=1, max_size=300))
def test_a_span_keeps_its_values_whatever_was_read_before(
    values: list[tuple[AttributeValue, AttributeValue]],
) -> None:
    contents = Contents()

    for each in values:
        found = content(contents, *each).values[-2:]

        assert all(same(one, interned(value)) for one, value in zip(found, each, strict=True))


def test_equal_texts_are_one_object_though_each_was_read_anew() -> None:
    contents = Contents()

    first, other = (content(contents, "".join(("G", "ET")), number) for number in (500, 501))

    assert first.value(("attributes", "0")) is other.value(("attributes", "0"))


def test_texts_that_vary_without_end_are_not_kept_twice() -> None:
    contents = Contents()

    found = {content(contents, f"GET /{number}").value(("attributes", "0")) for number in range(1_000)}

    assert len(found) == 1_000
