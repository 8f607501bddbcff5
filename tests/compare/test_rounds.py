"""Equal keys of nodes have equal numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ot2otel.compare.facts import Content
from ot2otel.compare.forms import Forms, Trace
from ot2otel.compare.pairing import Round
from tests.support.trees import Branch, branch, forest


def traces(*roots: Branch) -> Sequence[Trace]:
    return Forms().side(forest(*roots)).traces


def name(content: Content) -> str:
    return content.name


A = branch("a", branch("b"), branch("c"))


@pytest.mark.parametrize(
    ("one", "other", "is_equal", "is_root_equal"),
    [
        pytest.param(A, A, True, True, id="the same"),
        pytest.param(A, branch("a", branch("c"), branch("b")), True, True, id="children in another order"),
        pytest.param(A, branch("a", branch("b"), branch("c"), attributes={"k": 1}), True, True, id="no key"),
        pytest.param(A, branch("x", branch("b"), branch("c")), False, False, id="another root"),
        pytest.param(A, branch("a", branch("b"), branch("x")), False, True, id="another child"),
        pytest.param(A, branch("a", branch("b")), False, True, id="a child less"),
        pytest.param(A, branch("a", branch("b", branch("c"))), False, True, id="a child elsewhere"),
        pytest.param(branch("a"), branch("a", branch("a")), False, True, id="a leaf"),
        pytest.param(
            branch("a", branch("b", branch("c"))),
            branch("a", branch("b", branch("d"))),
            False,
            True,
            id="another grandchild",
        ),
        pytest.param(
            branch("a", branch("b", branch("c"))),
            branch("a", branch("b")),
            False,
            True,
            id="a grandchild less",
        ),
    ],
)
def test_trees_with_equal_keys_have_equal_numbers(
    one: Branch, other: Branch, is_equal: bool, is_root_equal: bool
) -> None:
    first, second = traces(one, other)
    deep, shallow = Round(name), Round(name, deep=False)

    assert (deep.trace(first) == deep.trace(second)) is is_equal
    assert (shallow.trace(first) == shallow.trace(second)) is is_root_equal
    assert (deep.content(first.roots[0].content) == deep.content(second.roots[0].content)) is is_root_equal


def test_a_number_is_the_same_whenever_it_is_asked_for() -> None:
    (trace,) = traces(A)
    each = Round(name)

    child = each.number(trace.roots[0].children[0])
    root = each.number(trace.roots[0])

    assert each.number(trace.roots[0].children[0]) == child != root == each.number(trace.roots[0])


def test_the_key_of_a_trace_has_all_its_roots_in_any_order() -> None:
    a, b, c = (trace.roots[0] for trace in traces(branch("a"), branch("b"), branch("c")))
    each = Round(name)

    one, turned, other = (each.trace(Trace("", roots)) for roots in ((a, b), (b, a), (b, c)))

    assert one == turned != other
