"""Children that ran one after the other: whether they did so in the same order on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ot2otel.compare.forms import Forms, Node
from ot2otel.compare.pairing.order import is_reordered
from tests.support.trees import branch, forest


def children(text: str) -> Sequence[tuple[str, int]]:
    """Read `a bc d`: `b` and `c` overlap, `a` ran before them and `d` after them."""
    return [(name, rank) for rank, names in enumerate(text.split()) for name in names]


def node(forms: Forms, text: str) -> Node:
    """Make a node with these children; those of one letter are equal."""
    spans = forest(
        branch(
            "root",
            *(
                branch(name, start_ns=100_000 * (rank + 1), end_ns=100_000 * (rank + 1) + 50_000)
                for name, rank in children(text)
            ),
            start_ns=0,
            end_ns=10**9,
        )
    )
    return forms.side(spans).traces[0].roots[0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a b", "a b", False, id="the same"),
        pytest.param("a b", "b a", True, id="the other way round"),
        pytest.param("a b c", "a c b", True, id="the last two"),
        pytest.param("a b c", "c a b", True, id="the last one first"),
        pytest.param("ab c", "ba c", False, id="those that overlap"),
        pytest.param("a b c", "ab c", False, id="two at once now"),
        pytest.param("ab c", "a b c", False, id="two that overlapped"),
        pytest.param("ab c", "b a c", False, id="two that overlapped, the second one first"),
        pytest.param("ab c", "a c b", True, id="one that ran before comes last"),
        pytest.param("a a b", "a a b", False, id="equal ones"),
        pytest.param("a b a", "a b a", False, id="equal ones around another"),
        pytest.param("a a b", "a b a", True, id="equal ones in another order"),
    ],
)
def test_children_are_reordered_if_two_ran_the_other_way_round(
    before: str, after: str, expected: bool
) -> None:
    forms = Forms()
    old, new = node(forms, before), node(forms, after)
    pairs = list(
        zip(
            sorted(old.children, key=lambda child: child.content.name),
            sorted(new.children, key=lambda child: child.content.name),
            strict=True,
        )
    )

    assert is_reordered(old, new, pairs) is expected
    assert is_reordered(new, old, [(other, one) for one, other in pairs]) is expected


def test_children_that_are_not_paired_do_not_count() -> None:
    forms = Forms()
    old, new = node(forms, "a x b"), node(forms, "y a b")
    of_old, of_new = ({child.content.name: child for child in one.children} for one in (old, new))

    assert not is_reordered(old, new, [(of_old[name], of_new[name]) for name in "ab"])
