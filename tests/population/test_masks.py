"""Tokens that vary from trace to trace."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.model import AttributeValue, Span
from ot2otel.population.masks import masked


def _traces(number: int, **values: object) -> list[tuple[Span, ...]]:
    """Return traces of one span whose attributes are these, `{}` in a text being the trace's number."""

    def value(raw: object, trace: int) -> AttributeValue:
        if raw is int:
            return trace
        return raw.replace("{}", str(trace)) if isinstance(raw, str) else raw  # type: ignore[return-value]

    return [
        (
            Span(
                f"{trace:032x}",
                "1" * 16,
                "op",
                attributes={key: value(raw, 1000 + trace) for key, raw in values.items()},
            ),
        )
        for trace in range(1, number + 1)
    ]


def _values(traces: tuple[tuple[Span, ...], ...]) -> set[tuple[AttributeValue, ...]]:
    return {tuple(span.attributes.values()) for trace in traces for span in trace}


def test_a_varying_token_is_masked_wherever_it_is() -> None:
    traces = _traces(8, url="http://shop:8081/users/{}?user={}", id=int, path="/users/{}")

    assert _values(masked(traces)) == {("http://shop:8081/users/0?user=0", 0, "/users/0")}


def test_tokens_that_most_traces_share_and_truth_values_stay() -> None:
    traces = _traces(8, method="GET", port=8081, secure=True, nothing=None, share=0.5)

    assert _values(masked(traces)) == {("GET", 8081, True, None, 0.5)}


def test_where_most_traces_share_a_token_the_others_stay_as_well() -> None:
    traces = _traces(8, method="GET")
    odd = (replace(traces[0][0], attributes={"method": "PUT"}),)

    assert _values(masked([*traces[1:], odd])) == {("GET",), ("PUT",)}


def test_of_three_traces_nothing_is_masked() -> None:
    assert _values(masked(_traces(3, id=int))) == {(1001,), (1002,), (1003,)}


def test_lists_are_masked_within() -> None:
    assert _values(masked(_traces(4, ids=("a", 1)))) == {(("a", 1),)}


def test_a_token_is_masked_at_the_places_where_tokens_vary_only() -> None:
    traces = _traces(8, address="10.0.{}.10", version="1000 {}")

    assert _values(masked(traces)) == {("10.0.0.10", "1000 0")}
