"""Children that no round pairs find the likest of their name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ot2otel.compare.forms import Forms, Node
from ot2otel.compare.pairing import pair_spans, spans
from tests.support.trees import Branch, branch, forest


def call(name: str, **attributes: int | str) -> Branch:
    return branch("call", attributes={"id": name, **attributes})


def paired(before: Sequence[Branch], after: Sequence[Branch]) -> tuple[list[tuple[str, str]], list[str]]:
    """Pair the children of two roots; return the ids of each pair, and of those left."""
    forms = Forms()
    roots = [forms.side(forest(branch("root", *children))).traces[0].roots[0] for children in (before, after)]
    found = pair_spans([(roots[0], roots[1])], ())
    pairs = [(_id(old), _id(new)) for old, new in found.pairs if old.content.name != "root"]
    return sorted(pairs), sorted(_id(node) for node in (*found.missing, *found.extra))


def _id(node: Node) -> str:
    return str(node.content.value(("attributes", "id")))


@pytest.mark.parametrize(
    ("before", "after", "pairs", "left"),
    [
        pytest.param([call("a", k=1)], [call("b", k=2)], [("a", "b")], [], id="one alone"),
        pytest.param(
            [call("a", k=1, l=1), call("b", k=2, l=2)],
            [call("c", k=2, l=2), call("d", k=1, l=1)],
            [("a", "d"), ("b", "c")],
            [],
            id="each with the likest",
        ),
        pytest.param(
            [call("a", k=1, l=1), call("b", k=2, l=2), call("c", k=3, l=3)],
            [call("d", k=3, l=3), call("e", k=2, l=7)],
            [("b", "e"), ("c", "d")],
            ["a"],
            id="one is left",
        ),
        pytest.param(
            [call("a", k=1, l=1), call("b", k=2, l=2)],
            [call("c", k=2, l=2)],
            [("b", "c")],
            ["a"],
            id="one for two",
        ),
        pytest.param(
            [call("a", k=1, l=1)],
            [call("b", k=7, l=7), call("c", k=1, l=1)],
            [("a", "c")],
            ["b"],
            id="one is new",
        ),
        pytest.param(
            [call("a", k=1, l=1), call("b", k=1, l=2)],
            [call("c", k=1, l=1), call("d", k=8, l=9)],
            [("a", "c"), ("b", "d")],
            [],
            id="the likest is taken",
        ),
    ],
)
def test_children_of_one_name_are_paired_with_the_likest(
    before: Sequence[Branch], after: Sequence[Branch], pairs: list[tuple[str, str]], left: list[str]
) -> None:
    assert paired(before, after) == (pairs, left)


@pytest.mark.parametrize(
    ("most", "pairs"),
    [
        pytest.param(4, [("a", "d"), ("b", "c")], id="as many as can be compared"),
        pytest.param(3, [("a", "c"), ("b", "d")], id="one more"),
    ],
)
def test_above_the_limit_their_order_pairs_children(
    monkeypatch: pytest.MonkeyPatch, most: int, pairs: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(spans, "MOST_COMPARISONS", most)

    found = paired([call("a", k=1, l=1), call("b", k=2, l=2)], [call("c", k=2, l=2), call("d", k=1, l=1)])

    assert found == (pairs, [])


def test_above_the_limit_equal_children_are_still_a_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MOST_COMPARISONS", 3)

    assert paired([call("x"), call("a")], [call("a"), call("y")]) == ([("a", "a"), ("x", "y")], [])
