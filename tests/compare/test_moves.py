"""Which spans of two traces are pairs, which of them moved, and which have no counterpart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest

from ot2otel.compare.forms import Node
from ot2otel.compare.pairing import SpanPairs
from ot2otel.model import Span
from tests.support.accounts import compared
from tests.support.trees import Branch, branch, forest


class Found(NamedTuple):
    """Spans by their ids: `ab` is the pair of a and b. Each part is sorted."""

    pairs: str = ""
    moved: str = ""
    missing: str = ""
    extra: str = ""
    ordered: str = ""
    reordered: str = ""


def of(id: str, *children: Branch, name: str = "get", service: str = "shop", **more: str) -> Branch:
    """Make a span that is told apart by its id, which never agrees, and by the other values."""
    return branch(name, *children, service=service, attributes={"id": id, **more})


def found(before: Iterable[Span], after: Iterable[Span]) -> Found:
    trees: list[SpanPairs] = [pairs for pairs, _ in compared(before, after).trees]
    return Found(
        *(
            " ".join(sorted(_id(old) + _id(new) for each in trees for old, new in getattr(each, part)))
            if part in ("pairs", "moved", "ordered", "reordered")
            else " ".join(sorted(_id(node) for each in trees for node in getattr(each, part)))
            for part in Found._fields
        )
    )


def _id(node: Node) -> str:
    return str(node.content.value(("attributes", "id")))


def root(id: str, *children: Branch, **more: str) -> Branch:
    return of(id, *children, name="root", **more)


def mid(id: str, *children: Branch, **more: str) -> Branch:
    return of(id, *children, name="mid", **more)


def put(id: str, *children: Branch, service: str = "shop", **more: str) -> Branch:
    return of(id, *children, name="put", service=service, **more)


def one(id: str, *children: Branch, **more: str) -> Branch:
    return of(id, *children, name="one", **more)


def two(id: str, *children: Branch, **more: str) -> Branch:
    return of(id, *children, name="two", **more)


def leaf(id: str, **more: str) -> Branch:
    return of(id, name="leaf", **more)


# Spans whose `k` differs on both sides, so that it tells no spans apart.
OTHERS = [[leaf(id, k=id) for id in ids] for ids in ("wxyz", "WXYZ")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            root("a", of("b")),
            of("x", root("c", of("d")), name="outer"),
            Found("bd", "ac", extra="x"),
            id="below another root",
        ),
        pytest.param(
            of("x", root("a", of("b")), name="outer"),
            root("c", of("d")),
            Found("bd", "ac", "x"),
            id="without its root",
        ),
        pytest.param(
            root("a", put("b"), of("c")),
            root("d", put("e"), of("f")),
            Found("ad be cf", ordered="ad"),
            id="in order",
        ),
        pytest.param(
            root("a", put("b"), of("c")),
            root("d", of("f"), put("e")),
            Found("ad be cf", reordered="ad"),
            id="in another order",
        ),
        pytest.param(
            root("a", put("b", leaf("c")), of("d")),
            root("e", put("f"), of("g", leaf("h"))),
            Found("ae bf dg", "ch", ordered="ae"),
            id="below another sibling",
        ),
        pytest.param(
            root("a", mid("b", leaf("c"))), root("d", mid("e"), leaf("f")), Found("ad be", "cf"), id="up"
        ),
        pytest.param(
            root("a", mid("b"), leaf("c")), root("d", mid("e", leaf("f"))), Found("ad be", "cf"), id="down"
        ),
        pytest.param(
            root("a", mid("b", leaf("c"))),
            root("d", of("e", mid("f"), name="leaf")),
            Found("ad", "bf ce"),
            id="parent and child for one another",
        ),
        pytest.param(
            root("a", of("b", leaf("c"))), root("d", put("e", leaf("f"))), Found("ad be cf"), id="renamed"
        ),
        pytest.param(
            root("a", of("b", leaf("c"), service="one")),
            root("d", of("e", leaf("f"), service="two")),
            Found("ad be cf"),
            id="of another service",
        ),
        pytest.param(
            root("a", of("b", service="one")),
            root("c", put("d", service="two")),
            Found("ac bd"),
            id="of another service and name",
        ),
        pytest.param(
            root("a", of("b", service="one"), of("c", service="two")),
            root("d", put("e", service="one"), put("f", service="two")),
            Found("ad be cf", ordered="ad"),
            id="renamed, each in its service",
        ),
        pytest.param(
            root("a", mid("b", leaf("c"), put("d"))),
            root("e", leaf("f"), put("g")),
            Found("ae", "cf dg", "b"),
            id="without the span between",
        ),
        pytest.param(
            root("a", mid("b", put("c", leaf("d")))),
            root("e", put("f", leaf("g"))),
            Found("ae dg", "cf", "b"),
            id="without the span between, and with one below",
        ),
        pytest.param(
            root("a", mid("b"), leaf("c")), root("d"), Found("ad", missing="b c"), id="without children"
        ),
        pytest.param(
            root("a", of("b", leaf("c"))),
            root("d", of("e", of("f", leaf("g")))),
            Found("ad be", "cg", extra="f"),
            id="with one of its name between",
        ),
        pytest.param(
            root("a", of("b", leaf("c", k="1"), leaf("d", k="2")), put("p")),
            root("e", of("f"), put("q", leaf("g", k="2"), leaf("h", k="1"))),
            Found("ae bf pq", "ch dg", ordered="ae"),
            id="two moved, told apart by a value",
        ),
        pytest.param(
            root("a", of("b", mid("c", k="1")), put("p")),
            root("f", of("g"), put("h", mid("i", k="2"), mid("j", k="1"))),
            Found("af bg ph", "cj", extra="i", ordered="af"),
            id="one moved, and one like it",
        ),
        pytest.param(
            root("a", of("b", mid("c", leaf("d"), leaf("e", k="2"))), put("p")),
            root("f", of("g"), put("h", mid("i", leaf("j")))),
            Found("af bg dj ph", "ci", "e", ordered="af"),
            id="moved, and a child is lost",
        ),
        pytest.param(
            root("a", of("b", mid("c", leaf("d"), put("e"))), put("p")),
            root("f", of("g"), put("h", mid("i", leaf("j"), put("k")))),
            Found("af bg dj ek ph", "ci", ordered="af ci"),
            id="moved, with children in order",
        ),
        pytest.param(
            root("a", of("b", mid("c", leaf("d"), put("e"))), put("p")),
            root("f", of("g"), put("h", mid("i", put("k"), leaf("j")))),
            Found("af bg dj ek ph", "ci", ordered="af", reordered="ci"),
            id="moved, with children in another order",
        ),
        pytest.param(
            root("a", of("b", mid("c", one("d", of("r")), put("e", of("s")))), put("p")),
            root("f", of("g"), put("q", mid("h", one("i", of("t")), put("j", of("u"))), of("v"))),
            Found("af bg di ej pq rt su", "ch", extra="v", ordered="af ch"),
            id="moved, with two children that have children",
        ),
        *(
            pytest.param(
                root("a", of("b", *both), put("p")),
                root("f", of("g"), put("q", mid("h"))),
                Found("af bg pq", "eh", missing="c d", ordered="af"),
                id=f"of two that are alike the one with such a tree, {which}",
            )
            for which, both in (
                ("the second", (mid("c", leaf("d")), mid("e"))),
                ("the first", (mid("e"), mid("c", leaf("d")))),
            )
        ),
        pytest.param(
            root("a", of("b", k="1"), put("p", mid("d", k="1")), k="1"),
            root("f", of("g", k="1"), put("q", mid("h", mid("i", k="1"), k="2")), k="1"),
            Found("af bg pq", "di", extra="h", ordered="af"),
            id="one that is deeper now",
        ),
        pytest.param(
            root("a", put("p", mid("d", k="1")), of("b", mid("c", k="1"))),
            root("f", put("q", mid("h", mid("i", k="1"), k="2")), of("g")),
            Found("af bg dh pq", "ci", ordered="af"),
            id="one that is deeper now, which another one of its values has taken",
        ),
        pytest.param(
            root("a", of("b", mid("c", one("d")), one("e")), put("p")),
            root("f", of("g"), put("q", mid("h", two("i")), one("j"))),
            Found("af bg di pq", "ch ej", ordered="af"),
            id="moved, with a child of another name: the other one of its name is taken",
        ),
        pytest.param(
            root("a", of("b", mid("c", one("d")), one("e"), k="1"), put("p", k="1"), k="1"),
            root("f", of("g", k="1"), put("q", mid("h", two("i")), one("j"), one("l", k="9"), k="1"), k="1"),
            Found("af bg pq", "ch dl ej", extra="i", ordered="af"),
            id="moved, with a child of another name: another one of its name is left",
        ),
        pytest.param(
            root("a", mid("d", leaf("r"), k="1"), *OTHERS[0]),
            root("f", mid("i", k="1"), mid("j", k="2"), *OTHERS[1]),
            Found("af di wW xX yY zZ", missing="r", extra="j", ordered="af"),
            id="one that lost a child, and one more",
        ),
        *(
            pytest.param(
                root("a", mid("d", leaf("r"), k="1"), mid("e", leaf("s"), k="2"), *OTHERS[0]),
                root("f", *now, *OTHERS[1]),
                Found("af di ej wW xX yY zZ", missing="r s", **order),
                id=f"two that lost a child, {what}",
            )
            for what, now, order in (
                ("in their order", (mid("i", k="1"), mid("j", k="2")), {"ordered": "af"}),
                ("in another order", (mid("j", k="2"), mid("i", k="1")), {"reordered": "af"}),
            )
        ),
    ],
)
def test_a_span_that_moved_is_paired_where_it_is(before: Branch, after: Branch, expected: Found) -> None:
    assert found(forest(before), forest(after)) == expected


def test_a_span_that_moved_is_paired_with_the_likest_of_its_name() -> None:
    def others(ids: str, first: int) -> list[Branch]:
        """Make spans whose `k` differs on both sides, so that it tells no spans apart."""
        return [leaf(id, k=f"{first + n}") for n, id in enumerate(ids)]

    before = root("a", of("b", mid("c", k="1", l="1")), put("p"), *others("wxyz", 20))
    after = root("e", of("f"), put("q", mid("g", k="7", l="7"), mid("h", k="1", l="8")), *others("WXYZ", 30))

    assert found(forest(before), forest(after)) == Found(
        "ae bf pq wW xX yY zZ", "ch", extra="g", ordered="ae"
    )


def test_what_is_below_a_span_that_moved_and_changed_has_not_moved() -> None:
    before = root("a", of("b", mid("c", leaf("d", k="3"), k="1"), k="4"), put("p", k="5"), k="6")
    after = root("e", of("f", k="4"), put("q", mid("g", leaf("h", k="3"), k="2"), k="5"), k="6")

    assert found(forest(before), forest(after)) == Found("ae bf dh pq", "cg", ordered="ae")


def test_two_traces_pair_by_what_is_below_their_roots() -> None:
    before = forest(root("a", of("b")), root("c", of("d", k="1")))
    after = forest(root("e", of("f", k="1")), root("g", of("h")))

    assert found(before, after) == Found("ag bh ce df")


def test_of_traces_that_are_alike_those_with_equal_hints_are_a_pair() -> None:
    # `k` tells no spans apart, as many spans of one side lack it; but it is a hint.
    many = [root(id, g="y", k="1") for id in "mnopqr"]
    few = [*(root(id, g="y", k="1") for id in "MNO"), *(root(id, g="y") for id in "PQR")]
    two, one = [root("a", g="x"), root("b", g="x", k="1")], [root("c", g="x", k="1")]

    fewer = found(forest(*two, *many), forest(*one, *few))
    more = found(forest(*one, *few), forest(*two, *many))

    # Traces of another key before them change nothing, be it one on each side or equal ones.
    for times in (1, 2):
        olds, news = [root("s", g="z")] * times, [root("t", g="z")] * times
        more_keys = found(forest(*olds, *two, *many), forest(*news, *one, *few))
        assert ({"bc", "st"} <= set(more_keys.pairs.split()), more_keys.missing) == (True, "a")
    assert ("bc" in fewer.pairs.split(), fewer.missing) == (True, "a")
    assert ("cb" in more.pairs.split(), more.extra) == (True, "a")
