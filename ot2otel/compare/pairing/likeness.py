"""Pairs unlike trees, those with the most in common first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from ot2otel.compare.forms import Node, Trace
from ot2otel.compare.pairing.fields import fields_of
from ot2otel.compare.pairing.outcome import Pairing
from ot2otel.compare.pairing.requests import Requests, Roots, are_elsewhere, paths_of

# Unlike trees are compared one by one up to so many pairs; above it their order of size and name decides.
MOST_COMPARISONS = 20_000
# A value is rare if at most so many traces of a side have it.
_RARE = 8


def pair_the_likest(
    olds: list[Trace], news: list[Trace], pairing: Pairing, requests: Requests | None = None
) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces of a group, those with the most in common first, but no two other `requests`."""
    if _forms(olds) * _forms(news) > MOST_COMPARISONS:
        olds, news = _by_rare_values(olds, news, pairing)
    if _forms(olds) * _forms(news) > MOST_COMPARISONS:
        pairing.approximate = True
        return _zip(sorted(olds, key=_sortable), sorted(news, key=_sortable), pairing)
    by_form: tuple[dict[Roots, list[Trace]], dict[Roots, list[Trace]]] = ({}, {})
    for side, traces in zip(by_form, (olds, news), strict=True):
        for trace in reversed(traces):
            side.setdefault(trace.roots, []).append(trace)
    for old, new in _ranked(list(by_form[0]), list(by_form[1])):
        left, right = by_form[0][old], by_form[1][new]
        if not (left and right) or (requests and requests.are_others(old, new)):
            continue
        while left and right:
            pairing.trees.append((left.pop(), right.pop()))
    rest = [[trace for traces in side.values() for trace in traces] for side in by_form]
    return rest[0], rest[1]


def _ranked(olds: Sequence[Roots], news: Sequence[Roots]) -> list[tuple[Roots, Roots]]:
    """Return all pairs, those that served the same paths first, and of these the likest first."""
    if len(olds) == len(news) == 1:
        return [(olds[0], news[0])]
    paths = [[paths_of(roots) for roots in side] for side in (olds, news)]
    bags = comparable(*([bag(roots) for roots in side] for side in (olds, news)))
    ranked = sorted(
        (are_elsewhere(paths[0][i], paths[1][j]), unlike(bags[0][i], bags[1][j]), i, j)
        for i in range(len(olds))
        for j in range(len(news))
    )
    return [(olds[i], news[j]) for *_, i, j in ranked]


def _forms(traces: Iterable[Trace]) -> int:
    return len({trace.roots for trace in traces})


def _by_rare_values(
    olds: list[Trace], news: list[Trace], pairing: Pairing
) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces that share the most rare values, such as ids of requests; return those left."""
    holders: list[dict[object, list[int]]] = []
    for traces in (olds, news):
        side: dict[object, list[int]] = defaultdict(list)
        for number, trace in enumerate(traces):
            for value in bag(trace.roots):
                side[value].append(number)
        holders.append(side)
    shared: Counter[tuple[int, int]] = Counter()
    for value, left in holders[0].items():
        right = holders[1].get(value, ())
        if len(left) <= _RARE and 0 < len(right) <= _RARE:
            shared.update((i, j) for i in left for j in right)
    taken: tuple[set[int], set[int]] = (set(), set())
    for (i, j), _ in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0])):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            pairing.trees.append((olds[i], news[j]))
    return (
        [old for i, old in enumerate(olds) if i not in taken[0]],
        [new for j, new in enumerate(news) if j not in taken[1]],
    )


def _zip(olds: list[Trace], news: list[Trace], pairing: Pairing) -> tuple[list[Trace], list[Trace]]:
    shorter = min(len(olds), len(news))
    pairing.trees += zip(olds[:shorter], news[:shorter], strict=True)
    return olds[shorter:], news[shorter:]


def _sortable(trace: Trace) -> tuple[object, ...]:
    root = trace.roots[0]
    return root.content.service, root.content.name, trace.size, [repr(v) for v in root.content.values]


def bag(roots: tuple[Node, ...], most: int | None = None) -> Counter[object]:
    """Count what a tree consists of: spans by service and name, and their values, under any key.

    Of a tree with more than `most` spans the first ones count.
    """
    bag: Counter[object] = Counter()
    for root in roots:
        for node in islice(root.walk(), most):
            content = node.content
            bag["span", content.service] += 1
            bag["name", content.name] += 1
            bag.update(
                (each.name, value) for each in fields_of(content.shape) for value in each.values((content,))
            )
    return bag


def comparable(
    olds: Sequence[Counter[object]], news: Sequence[Counter[object]]
) -> tuple[list[Counter[object]], list[Counter[object]]]:
    """Return the bags without the parts that the other side has nowhere: they make no pair better.

    Such a part was renamed, lost or added. If it counted, the shortest tree would be the likest.
    """
    parts = set().union(*olds) & set().union(*news)
    first, second = (
        [Counter({part: times for part, times in each.items() if part in parts}) for each in side]
        for side in (olds, news)
    )
    return first, second


def unlike(one: Counter[object], other: Counter[object]) -> int:
    """Return how many parts of two trees differ."""
    return ((one - other) + (other - one)).total()
