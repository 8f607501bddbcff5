"""Noise that a second run of the unchanged program measures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ot2otel.compare.verdict import Known, Outcome, Whole, judge, measured_noise
from ot2otel.model import AttributeValue, Span
from ot2otel.recording import Recording
from tests.support.judging import Told, told
from tests.support.noisy_service import recorded
from tests.support.trees import Branch, branch, forest


def request(service: str, **attributes: AttributeValue) -> Branch:
    return branch("GET", service=service, attributes=attributes)


def run(**attributes: AttributeValue) -> tuple[Span, ...]:
    return forest(request("web", **attributes))


def findings(before: Sequence[Span], again: Sequence[Span], after: Sequence[Span]) -> list[Told]:
    """Judge two recordings; `again` is a second run of the program that `before` is a run of."""
    old = Recording(tuple(before))
    noise = measured_noise(Whole(old), Whole(Recording(tuple(again))))
    return sorted(told(judge(old, Recording(tuple(after)), Known(noise=noise))))


@pytest.mark.parametrize(
    ("before", "again", "after", "expected"),
    [
        pytest.param(
            run(id="a-1"),
            run(id="a-2"),
            run(id="a-3"),
            [Told("noise", "attributes.id", '"a-1"', '"a-3"')],
            id="a token that differed",
        ),
        pytest.param(
            run(id="a-1"),
            run(id="a-2"),
            run(id="b-3"),
            [Told("changed", "attributes.id", '"a-1"', '"b-3"')],
            id="another token of the value",
        ),
        pytest.param(
            run(id="a-1"),
            run(id="a-2"),
            run(id="a/3"),
            [Told("changed", "attributes.id", '"a-1"', '"a/3"')],
            id="another separator",
        ),
        pytest.param(
            run(id=1),
            run(id=2),
            run(id="3"),
            [Told("changed", "attributes.id", "1", '"3"')],
            id="another type",
        ),
        pytest.param(
            run(id=1), run(id=2), run(id=3), [Told("noise", "attributes.id", "1", "3")], id="a number"
        ),
        pytest.param(
            run(id=True),
            run(id=False),
            run(id=False),
            [Told("changed", "attributes.id", "true", "false")],
            id="a truth value",
        ),
        pytest.param(
            run(id=1, cache=1),
            run(id=1, cache=1),
            run(id=2, cache=1),
            [Told("changed", "attributes.id", "1", "2")],
            id="a value that did not differ",
        ),
        pytest.param(
            run(id=1, cache=1),
            run(id=2, cache=1),
            run(id=1, cache=2),
            [Told("changed", "attributes.cache", "1", "2")],
            id="a field that did not differ",
        ),
        pytest.param(
            run(cache="hit"),
            run(),
            run(),
            [Told("noise", "attributes.cache", '"hit"', "")],
            id="a field that the second run has not",
        ),
        pytest.param(
            run(),
            run(cache="hit"),
            run(cache="hit"),
            [Told("noise", "attributes.cache", "", '"hit"')],
            id="a field that the second run alone has",
        ),
        pytest.param(
            run(cache="hit", key="k"),
            run(key="k"),
            run(cache="hit"),
            [Told("gone", "attributes.key", '"k"', "")],
            id="another field is gone",
        ),
        pytest.param(
            forest(request("web", cache="hit"), request("db", cache="hit")),
            forest(request("web"), request("db", cache="hit")),
            forest(request("web", cache="hit"), request("db")),
            [Told("gone", "attributes.cache", '"hit"', "")],
            id="the field of another service is gone",
        ),
    ],
)
def test_a_fact_that_differs_as_in_the_second_run_is_noise(
    before: Sequence[Span], again: Sequence[Span], after: Sequence[Span], expected: list[Told]
) -> None:
    assert findings(before, again, after) == expected


def test_tokens_that_vary_without_end_are_measured_as_well() -> None:
    before, again, after = (recorded(12, seed) for seed in (1, 2, 3))
    noise = measured_noise(Whole(before), Whole(again))

    assert judge(before, after, Known(noise=noise)).outcome is Outcome.EQUIVALENT
