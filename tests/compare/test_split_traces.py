"""A trace that one side has in two: its spans have moved, none is gone and none is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.verdict import Known, judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from tests.support.trees import Branch, branch, forest
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


def front(*children: Branch, name: str = "front") -> Branch:
    return branch(name, *children, service="front")


def back(name: str, k: int = 0, *, parent: str = "") -> Branch:
    return branch(name, service="back", attributes={"k": k}, parent_id=parent)


def orphan(name: str, k: int = 0) -> Branch:
    return back(name, k, parent="9" * 16)


def found(before: Sequence[Branch], after: Sequence[Branch]) -> list[str]:
    return sorted(unexplained(judge(Recording(forest(*before)), Recording(forest(*after)))))


NOT_HERE = "parent a span outside the recording"


def test_a_span_whose_parent_was_lost_is_paired_with_the_one_that_had_it() -> None:
    before, after = [front(branch("mid", back_child("get"), service="front")), back("put")], [orphan("get")]

    assert found(before, after) == [
        f"1 changed in back: parent another span -> {NOT_HERE}",
        '1 gone in back: span "put" -> nothing',
        '1 gone in front: span "front" -> nothing',
        '1 gone in front: span "mid" -> nothing',
    ]
    assert found(after, before) == [
        '1 new in back: nothing -> span "put"',
        '1 new in front: nothing -> span "front"',
        '1 new in front: nothing -> span "mid"',
    ]


def back_child(name: str, k: int = 0) -> Branch:
    return branch(name, service="back", attributes={"k": k})


def test_of_several_the_one_with_its_values_had_it() -> None:
    before = [front(back_child("get", 1)), front(back_child("get", 2))]

    gone = '2 gone in front: span "front" -> nothing'
    assert found(before, [orphan("get", 2)]) == [
        f"1 changed in back: parent another span -> {NOT_HERE}",
        '1 gone in back: span "get" -> nothing',
        gone,
    ]
    assert found(before, [orphan("get", 2), orphan("get", 1)]) == [
        f"2 changed in back: parent another span -> {NOT_HERE}",
        gone,
    ]


def test_a_span_whose_trace_is_there_belongs_to_it() -> None:
    before = forest(front(back_child("get", 1)), front(back_child("get", 2), name="other"))
    first, second = forest(front(), orphan("get", 1))
    after = (first, replace(second, trace_id=first.trace_id))

    assert sorted(unexplained(judge(Recording(before), Recording(after)))) == [
        f"1 changed in back: parent another span -> {NOT_HERE}",
        '1 gone in back: span "get" -> nothing',
        '1 gone in front: span "other" -> nothing',
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([front(back_child("get"))], [front(), front()], id="a second one of its own root"),
        pytest.param(
            [front(back_child("get"), back_child("a"))],
            [front(back_child("get"), back_child("b")), back("get")],
            id="a trace that lacks nothing",
        ),
    ],
)
def test_a_trace_is_a_part_only_of_one_that_lacks_such_a_span(
    before: Sequence[Branch], after: Sequence[Branch]
) -> None:
    known = Known(evidence=True)

    evidence = judge(Recording(forest(*before)), Recording(forest(*after)), known).evidence

    assert evidence is not None
    assert evidence.parts == ({}, {})
