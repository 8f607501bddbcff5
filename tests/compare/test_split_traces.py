"""A trace that one side has in two: its spans have moved, none is gone and none is new."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from tests.support.verdicts import unexplained

MILLISECOND = 10**6


def span(trace: int, service: str, depth: int, path: str, parent: int = 0) -> Span:
    """Return a span of 90 ms less 10 ms a level; its id is `depth`."""
    return Span(
        f"{trace:032x}",
        f"{depth:016x}",
        service,
        parent_id=f"{parent:016x}" if parent else "",
        start_ns=trace * 100 * MILLISECOND + depth * MILLISECOND,
        end_ns=(trace * 100 + 90 - 10 * depth) * MILLISECOND,
        attributes={"path": path},
        resource={"service.name": service},
    )


def whole(trace: int, path: str) -> list[Span]:
    return [
        span(trace, "front", 1, path),
        span(trace, "back", 2, path, parent=1),
        span(trace, "store", 3, path, parent=2),
    ]


def in_two(trace: int, other: int, path: str) -> list[Span]:
    """Return the same spans, but the back's in a trace of their own."""
    return [
        span(trace, "front", 1, path),
        span(other, "back", 2, path),
        span(other, "store", 3, path, parent=2),
    ]


WHOLE = [*whole(1, "/a"), *whole(2, "/b")]
SPLIT = [*in_two(11, 14, "/a"), *in_two(12, 13, "/b")]
LOST_PARENT = "2 changed in back: parent another span -> parent none"
FOUND_PARENT = "2 changed in back: parent none -> parent another span"


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        pytest.param(WHOLE, SPLIT, [LOST_PARENT], id="split"),
        pytest.param(SPLIT, WHOLE, [FOUND_PARENT], id="joined"),
        pytest.param(
            WHOLE,
            [*SPLIT, *whole(15, "/c")],
            [
                LOST_PARENT,
                *(f'1 new in {each}: nothing -> span "{each}"' for each in ("back", "front", "store")),
            ],
            id="split, and another request",
        ),
        pytest.param(
            WHOLE,
            [*WHOLE, span(3, "back", 1, "/a")],
            ['1 new in back: nothing -> span "back"'],
            id="a trace of its own that no other lacks",
        ),
    ],
)
def test_a_part_of_a_trace_has_moved(before: Sequence[Span], after: Sequence[Span], left: list[str]) -> None:
    found = unexplained(judge(Recording(tuple(before)), Recording(tuple(after))))

    assert sorted(found) == sorted(left)


def test_each_part_belongs_to_the_trace_with_its_values() -> None:
    verdict = judge(Recording(tuple(WHOLE)), Recording(tuple(SPLIT)))

    # No path has changed, though the parts come in another order than their traces.
    assert {row.name: (row.n, row.of) for row in verdict.ledger}["attributes"] == (6, 6)
    assert {row.name: (row.n, row.of) for row in verdict.ledger}["parents"] == (2, 4)
