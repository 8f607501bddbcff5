"""Unlike trees are paired with those that they have the most in common with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from ot2otel.compare.forms import Forms, Node, Trace
from ot2otel.compare.pairing import Pairing, likeness
from ot2otel.compare.pairing.likeness import bag, comparable, pair_the_likest, unlike
from ot2otel.compare.pairing.requests import Requests
from ot2otel.model import AttributeValue
from tests.support.trees import Branch, branch, forest


def traces(*sides: Sequence[Branch]) -> list[list[Trace]]:
    forms = Forms()
    return [forms.side(forest(*side)).traces for side in sides]


def names(roots: Sequence[Node]) -> str:
    return " ".join(node.content.name for root in roots for node in root.walk())


def paired(
    before: Sequence[Branch], after: Sequence[Branch]
) -> tuple[list[tuple[str, str]], list[str], bool]:
    """Return the names of the spans of each pair and of each trace left, and whether it is approximate."""
    olds, news = traces(before, after)
    pairing = Pairing()
    left = pair_the_likest(olds, news, pairing)
    return (
        [(names(old.roots), names(new.roots)) for old, new in pairing.trees],
        [names(trace.roots) for side in left for trace in side],
        pairing.approximate,
    )


A = branch("a", branch("b"), branch("c"))
X = branch("x", branch("y"))


def node(tree: Branch) -> Node:
    ((trace,),) = traces([tree])
    return trace.roots[0]


def test_a_tree_consists_of_its_spans_and_their_values() -> None:
    of_root = bag((node(branch("a", attributes={"k": 1})),))

    assert of_root["span", "service"] == of_root["name", "a"] == of_root[("attributes", "k"), 1] == 1
    assert of_root[("name",), "a"] == 1
    assert bag((node(A),))["span", "service"] == 3
    assert bag((node(branch("a", branch("a"))),))["name", "a"] == 2


def test_of_a_large_tree_the_first_spans_count() -> None:
    assert [bag((node(A),), most)["span", "service"] for most in (1, 2, 3, 4)] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [("", "", 0), ("aab", "aab", 0), ("aab", "ab", 1), ("ab", "aab", 1), ("ab", "cd", 4)],
)
def test_trees_are_as_unlike_as_they_have_parts_of_their_own(one: str, other: str, parts: int) -> None:
    assert unlike(Counter(one), Counter(other)) == parts


@pytest.mark.parametrize(
    ("before", "after", "pairs", "left"),
    [
        pytest.param([A, X], [X, A], [("a b c", "a b c"), ("x y", "x y")], [], id="equal trees"),
        pytest.param(
            [A, branch("a")],
            [branch("a", branch("b")), branch("a")],
            [("a", "a"), ("a b c", "a b")],
            [],
            id="the likest first",
        ),
        pytest.param([A, A, X], [A], [("a b c", "a b c")], ["a b c", "x y"], id="more before"),
        pytest.param([X], [A, X, X], [("x y", "x y")], ["a b c", "x y"], id="more after"),
        pytest.param([A, A], [A, A], [("a b c", "a b c")] * 2, [], id="several equal ones"),
    ],
)
def test_the_likest_trees_are_paired(
    before: Sequence[Branch], after: Sequence[Branch], pairs: list[tuple[str, str]], left: list[str]
) -> None:
    found = paired(before, after)

    assert (sorted(found[0]), sorted(found[1]), found[2]) == (sorted(pairs), left, False)


def fan(size: int, request: int) -> Branch:
    """Return a tree of so many spans more; its request id is in one span alone."""
    return branch(f"fan of {size}", *(branch("get") for _ in range(size)), attributes={"id": request})


def test_too_many_trees_are_paired_by_the_values_that_few_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 3)

    pairs, left, approximate = paired(
        [fan(size, request=size) for size in (1, 2, 3)],
        [fan(size, request=7 - size) for size in (4, 5, 6)],
    )

    assert [(old.split(" get")[0], new.split(" get")[0]) for old, new in pairs] == [
        ("fan of 1", "fan of 6"),
        ("fan of 2", "fan of 5"),
        ("fan of 3", "fan of 4"),
    ]
    assert (left, approximate) == ([], False)


def test_a_value_that_many_trees_have_tells_none_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 3)
    monkeypatch.setattr(likeness, "_RARE", 1)

    pairs, left, approximate = paired(
        [branch(name, branch("get"), attributes={"id": 1}) for name in ("a", "b", "c")],
        [branch(name, branch("get"), branch("get"), attributes={"id": 1}) for name in ("x", "b", "z", "zz")],
    )

    # `b` is rare; of the others size and name decide.
    assert pairs == [("b get", "b get get"), ("a get", "x get get"), ("c get", "z get get")]
    assert (left, approximate) == (["zz get get"], True)


def first_names(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(old.split(" get")[0], new.split(" get")[0]) for old, new in pairs]


def test_a_tree_is_paired_once_whoever_shares_its_rare_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 3)
    monkeypatch.setattr(likeness, "_RARE", 2)

    pairs, left, approximate = paired(
        [fan(1, request=5), fan(2, request=5), fan(3, request=6)],
        [fan(4, request=5), fan(5, request=6), fan(6, request=7)],
    )

    assert first_names(pairs) == [
        ("fan of 1", "fan of 4"),
        ("fan of 3", "fan of 5"),
        ("fan of 2", "fan of 6"),
    ]
    assert (left, approximate) == ([], False)


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        pytest.param(
            [("a", 1), ("b", 2), ("c", 3)],
            [("x", 5), ("y", 1), ("z", 1)],
            [("a", "x"), ("b", "y"), ("c", "z")],
            id="many in the after have a value of one",
        ),
        pytest.param(
            [("a", 5), ("b", 1), ("c", 1)],
            [("x", 1), ("y", 2), ("z", 3)],
            [("a", "x"), ("b", "y"), ("c", "z")],
            id="many in the before have a value of one",
        ),
    ],
)
def test_a_value_must_be_rare_on_both_sides(
    monkeypatch: pytest.MonkeyPatch,
    before: Sequence[tuple[str, int]],
    after: Sequence[tuple[str, int]],
    pairs: list[tuple[str, str]],
) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 3)
    monkeypatch.setattr(likeness, "_RARE", 1)

    found, _, approximate = paired(
        [branch(name, attributes={"id": number}) for name, number in before],
        [branch(name, branch("get"), attributes={"id": number}) for name, number in after],
    )

    assert (first_names(found), approximate) == (pairs, True)


def test_of_trees_that_share_as_many_rare_values_the_first_is_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 1)
    monkeypatch.setattr(likeness, "_RARE", 1)

    pairs, left, _ = paired(
        [branch("a", attributes={"p": 1, "q": 2})],
        [branch("x", attributes={"q": 2, "z": 3}), branch("y", attributes={"p": 1, "z": 4})],
    )

    assert (pairs, left) == ([("a", "x")], ["y"])


def test_too_many_trees_of_one_name_and_size_are_paired_in_the_order_of_their_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(likeness, "MOST_COMPARISONS", 3)
    monkeypatch.setattr(likeness, "_RARE", 0)
    olds, news = traces(
        [branch("a", attributes={"k": k}) for k in (2, 1)], [branch("a", attributes={"k": k}) for k in (4, 3)]
    )
    pairing = Pairing()

    pair_the_likest(olds, news, pairing)

    assert [
        tuple(trace.roots[0].content.value(("attributes", "k")) for trace in pair) for pair in pairing.trees
    ] == [(1, 3), (2, 4)]


def test_a_tree_is_paired_with_the_one_that_served_the_same_path() -> None:
    failed = branch("view", attributes={"http.url": "/items/", "error": True, "k": 1})
    there = branch("GET", attributes={"http.url": "/items/", **{f"added.{n}": n for n in range(9)}})
    short = branch("GET", attributes={"http.url": "/nowhere"})

    olds, news = traces([failed], [short, there])
    pairing = Pairing()
    pair_the_likest(olds, news, pairing)
    assert [new.roots[0].content.value(("attributes", "http.url")) for _, new in pairing.trees] == ["/items/"]


def test_a_path_in_common_counts_more_than_any_other_value() -> None:
    def view(path: str, value: int) -> Branch:
        return branch("view", attributes={"http.url": path, "k": value, "m": value})

    olds, news = traces([view("/items/", 1)], [view("/nowhere", 1), view("/items/", 2)])
    pairing = Pairing()
    pair_the_likest(olds, news, pairing)

    assert [new.roots[0].content.value(("attributes", "k")) for _, new in pairing.trees] == [2]


def test_the_shortest_tree_is_not_the_likest_for_what_it_lacks() -> None:
    """As in Django: without its path a failed request was paired with one for an unknown path."""
    failed = branch("add", attributes={"http.url": "/items/", "path": "/items/", "error": True, "k": "boom"})
    there = branch("GET items/", attributes={"error": True, "k": "boom", **{f"n.{n}": n for n in range(9)}})
    short = branch("GET", attributes={"error": False})

    assert paired([failed], [short, there]) == ([("add", "GET items/")], ["GET"], False)


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [("ab", "bc", ("b", "b")), ("aab", "a", ("aa", "a")), ("a", "b", ("", "")), ("", "a", ("", ""))],
)
def test_parts_that_one_side_alone_has_are_not_compared(one: str, other: str, parts: tuple[str, str]) -> None:
    olds, news = comparable([Counter(one)], [Counter(other)])

    assert (olds, news) == ([Counter(parts[0])], [Counter(parts[1])])


def test_a_part_is_compared_if_any_tree_of_the_other_side_has_it() -> None:
    olds, news = comparable([Counter("ab"), Counter("cd")], [Counter("bd"), Counter("ae")])

    assert (olds, news) == ([Counter("ab"), Counter("d")], [Counter("bd"), Counter("a")])


def served(name: str, path: str, **more: AttributeValue) -> Branch:
    return branch(name, attributes={"http.url": f"http://h{path}", **more})


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        pytest.param(served("add", "/items/"), served("GET", "/nowhere"), 0, id="another request"),
        pytest.param(served("add", "/items/"), served("GET", "/items/7"), 1, id="a part of the path"),
        pytest.param(served("add", "/items/7"), served("GET", "/users/7"), 0, id="a number in both"),
        pytest.param(served("add", "/items/"), served("add", "/nowhere"), 1, id="one name"),
        pytest.param(served("item", "/things"), served("GET item", "/nowhere"), 1, id="one name elsewhere"),
        pytest.param(served("add", "/7"), served("GET", "/nowhere"), 1, id="a path without a word"),
        pytest.param(branch("add"), served("GET", "/nowhere"), 1, id="no path before"),
        pytest.param(served("add", "/items/"), branch("GET"), 1, id="no path after"),
    ],
)
def test_a_request_that_is_missing_is_not_paired_with_another_one(
    before: Branch, after: Branch, pairs: int
) -> None:
    # That the others are paired tells that names changed and paths did not.
    olds, news = traces([before, served("item", "/items/7")], [after, served("GET item", "/items/7")])
    pairing, made = Pairing(), Pairing(traces=[(olds[1], news[1])])

    left = pair_the_likest(olds[:1], news[:1], pairing, Requests(made))

    assert (len(pairing.trees), [len(side) for side in left]) == (pairs, [1 - pairs] * 2)


def test_where_the_paths_changed_too_a_request_is_paired_with_any() -> None:
    olds, news = traces(
        [served("add", "/items/"), served("item", "/one")],
        [served("GET", "/nowhere"), served("GET item", "/two")],
    )

    for known in ([], [(olds[1], news[1])]):
        pairing = Pairing()
        pair_the_likest(olds[:1], news[:1], pairing, Requests(Pairing(traces=known)))
        assert len(pairing.trees) == 1


@pytest.mark.parametrize(
    ("pairs", "is_paired"),
    [
        pytest.param([("/one", "/one"), ("/two", "/two"), ("/three", "/else")], False, id="most stayed"),
        pytest.param([("/one", "/one"), ("/three", "/else")], True, id="as many stayed as changed"),
        pytest.param(
            [("", "/one"), ("", "/two"), ("/three", "/else")], True, id="none stayed, and some were not told"
        ),
    ],
)
def test_the_paths_stay_if_they_do_in_most_pairs(pairs: Sequence[tuple[str, str]], is_paired: bool) -> None:
    def named(name: str, path: str) -> Branch:
        return served(name, path) if path else branch(name)

    olds, news = traces(
        [served("add", "/items/"), *(named(f"old {n}", old) for n, (old, _) in enumerate(pairs))],
        [served("GET", "/nowhere"), *(named(f"new {n}", new) for n, (_, new) in enumerate(pairs))],
    )
    made, pairing = Pairing(traces=list(zip(olds[1:], news[1:], strict=True))), Pairing()

    pair_the_likest(olds[:1], news[:1], pairing, Requests(made))

    assert bool(pairing.trees) is is_paired
