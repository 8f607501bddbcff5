"""What is settled of the positions of spans: their parents, their traces, and the order of their children."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from ot2otel.compare.facts import ORDER, PARENT, TRACE, Place
from ot2otel.compare.rows import MOST_EXAMPLES
from ot2otel.model import Span
from tests.support.accounts import compared
from tests.support.trees import branch, forest

ABSENT: Place = ("parent", "absent")
ROOT: Place = ("root",)
_NAMES = {PARENT: "child", ABSENT: "orphan", ROOT: "root", TRACE: "trace", ORDER: "order"}


def positions(before: Iterable[Span], after: Iterable[Span]) -> dict[str, int]:
    """Count what is settled of positions: `changed child -> root + trace`."""
    found: Counter[str] = Counter()
    for judged in compared(before, after).judged:
        for one in judged.settled:
            if not {*one.old, *one.new} & _NAMES.keys():
                continue
            sides = (
                " + ".join(_NAMES[place] for place in places if place in _NAMES)
                for places in (one.old, one.new)
            )
            found[f"{one.grade.value} {' -> '.join(sides)}"] += sum(row.times.count for row in judged.rows)
    return dict(found)


TREE = forest(branch("root", branch("a"), branch("b", branch("c"))))
ORPHANED = tuple(replace(span, parent_id="9" * 16) if span.name == "root" else span for span in TREE)
APART = tuple(replace(span, parent_id="") if span.name == "b" else span for span in TREE)
OUTSIDE = tuple(replace(span, parent_id="9" * 16) if span.name == "b" else span for span in TREE)
TURNED = forest(branch("root", branch("b", branch("c")), branch("a")))
KEPT = {"kept root -> root": 1, "kept trace -> trace": 1, "kept child -> child": 3, "kept order -> order": 1}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(TREE, TREE, KEPT, id="the same"),
        pytest.param(
            TREE,
            TURNED,
            {key: n for key, n in KEPT.items() if "order" not in key} | {"changed order -> order": 1},
            id="in another order",
        ),
        pytest.param(
            TREE,
            ORPHANED,
            {
                "changed root -> orphan": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 3,
                "kept order -> order": 1,
            },
            id="an orphan",
        ),
        pytest.param(
            ORPHANED,
            TREE,
            {
                "improved orphan -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 3,
                "kept order -> order": 1,
            },
            id="no orphan any more",
        ),
        pytest.param(
            TREE,
            APART,
            {
                "kept root -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 2,
                "changed child -> root + trace": 1,
            },
            id="a root of its own",
        ),
        pytest.param(
            APART,
            TREE,
            {
                "kept root -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 2,
                "changed root + trace -> child": 1,
            },
            id="no root of its own any more",
        ),
        pytest.param(
            OUTSIDE,
            TREE,
            {
                "kept root -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 2,
                "improved orphan + trace -> child": 1,
            },
            id="its parent is there now",
        ),
        pytest.param(
            TREE,
            TREE[:-1],
            {
                "kept root -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 2,
                "kept order -> order": 1,
                "gone child -> ": 1,
            },
            id="a span less",
        ),
        pytest.param(
            TREE[:-1],
            TREE,
            {
                "kept root -> root": 1,
                "kept trace -> trace": 1,
                "kept child -> child": 2,
                "kept order -> order": 1,
                "new  -> child": 1,
            },
            id="a span more",
        ),
    ],
)
def test_each_position_is_settled_once(
    before: tuple[Span, ...], after: tuple[Span, ...], expected: dict[str, int]
) -> None:
    assert positions(before, after) == expected


def test_a_trace_that_came_apart_has_one_trace_more() -> None:
    apart = [replace(span, trace_id="f" * 32) if span.name in "bc" else span for span in APART]

    assert positions(TREE, apart) == {
        "kept root -> root": 1,
        "kept trace -> trace": 1,
        "kept child -> child": 2,
        "changed child -> root + trace": 1,
    }


def test_traces_of_one_side_have_their_examples() -> None:
    traces = [replace(TREE[0], trace_id=f"{number:032x}") for number in range(1, MOST_EXAMPLES + 2)]

    missing, extra = compared(traces, traces[:1]).missing, compared(traces[:1], traces).extra

    examples = [f"{number:032x}" for number in range(2, MOST_EXAMPLES + 2)]
    assert [(row.times.count, row.times.examples) for row in missing] == [
        (MOST_EXAMPLES, [(each, "") for each in examples])
    ]
    assert [(row.times.count, row.times.examples) for row in extra] == [
        (MOST_EXAMPLES, [("", each) for each in examples])
    ]
