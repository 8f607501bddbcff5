"""Pairs the traces of two sides, by content and never by the order of arrival.

It goes in rounds, each on what the round before left: equal trees; trees that are equal in the fields on
which both sides agree; the same without the tokens that only one side has; trees with such a root; the likest
of those left.
A round decides only which spans are compared. It explains no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from ot2otel.compare.facts import Content
from ot2otel.compare.forms import Node, Side, Trace
from ot2otel.compare.pairing.agreement import Agreement
from ot2otel.compare.pairing.likeness import pair_the_likest
from ot2otel.compare.pairing.outcome import Pairing
from ot2otel.compare.pairing.requests import Requests
from ot2otel.compare.pairing.rounds import Key, Round
from ot2otel.compare.pairing.split_traces import pair_with_holders, without_parts

_MOST_ROUNDS = 4


def pair_sides(before: Side, after: Side) -> Pairing:
    """Pair the traces of two sides; those left are `missing` and `extra`."""
    pairing = Pairing()
    # A service that both sides have was not renamed.
    common = {content.service for content in before.counts} & {content.service for content in after.counts}
    olds, news = _pair_equal(before.traces, after.traces, pairing.traces)
    olds, news = _pair_in_rounds(olds, news, pairing, pairing.traces, common)
    if any(len(trace.roots) > 1 for trace in (*olds, *news)) or len(olds) != len(news):
        olds, news = list(_trees(olds)), list(_trees(news))
        olds, news = _pair_equal(olds, news, pairing.trees)
        olds, news = _pair_in_rounds(olds, news, pairing, pairing.trees, common)
    olds, news = _pair_likest(olds, news, pairing, common)
    pairing.missing += olds
    pairing.extra += news
    return pairing


def _trees(traces: Iterable[Trace]) -> Iterator[Trace]:
    for trace in traces:
        for root in trace.roots:
            yield trace._replace(roots=(root,)) if len(trace.roots) > 1 else trace


def _pair_equal(
    olds: Sequence[Trace], news: Sequence[Trace], pairs: list[tuple[Trace, Trace]]
) -> tuple[list[Trace], list[Trace]]:
    return _pair_by(olds, news, lambda trace: trace.roots, pairs)


def _pair_by(
    olds: Sequence[Trace],
    news: Sequence[Trace],
    key_of: Callable[[Trace], Key],
    pairs: list[tuple[Trace, Trace]],
    hints: Callable[[Trace], Key] | None = None,
    requests: Requests | None = None,
) -> tuple[list[Trace], list[Trace]]:
    """Pair the traces with equal keys, but no two other `requests`; return those left on each side.

    If several unlike traces have one key, those with equal hints go together first.
    """
    waiting: dict[Key, list[Trace]] = defaultdict(list)
    for new in news:
        waiting[key_of(new)].append(new)
    for found in waiting.values():
        found.reverse()
    keys = list(map(key_of, olds))
    chosen = _by_hints(olds, waiting, keys, hints) if hints else {}
    left = []
    for index, (old, key) in enumerate(zip(olds, keys, strict=True)):
        matching = waiting.get(key)
        if index in chosen:
            pairs.append((old, chosen[index]))
        elif matching and not (requests and requests.are_others(old.roots, matching[-1].roots)):
            pairs.append((old, matching.pop()))
        else:
            left.append(old)
    return left, [new for found in waiting.values() for new in reversed(found)]


def _by_hints(
    olds: Sequence[Trace],
    waiting: dict[Key, list[Trace]],
    keys: Sequence[Key],
    hints: Callable[[Trace], Key],
) -> dict[int, Trace]:
    """Take the traces with equal hints out of `waiting`; return them by the index of their old one.

    `keys` are those of `olds`.
    """
    asking: dict[Key, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        asking[key].append(index)
    chosen: dict[int, Trace] = {}
    for key, indexes in asking.items():
        news = waiting.get(key, [])
        if len(news) < 2 and len(indexes) < 2:
            continue
        if len({new.roots for new in news}) < 2 and len({olds[index].roots for index in indexes}) < 2:
            continue
        hinted: dict[Key, list[int]] = defaultdict(list)
        for place, new in enumerate(news):
            hinted[hints(new)].append(place)
        taken: set[int] = set()
        for index in indexes:
            places = hinted.get(hints(olds[index]))
            if places:
                taken.add(places[-1])
                chosen[index] = news[places.pop()]
        waiting[key] = [new for place, new in enumerate(news) if place not in taken]
    return chosen


def _pair_in_rounds(
    olds: list[Trace],
    news: list[Trace],
    pairing: Pairing,
    pairs: list[tuple[Trace, Trace]],
    common: Set[str],
) -> tuple[list[Trace], list[Trace]]:
    for number in range(_MOST_ROUNDS):
        if not olds or not news:
            break
        # Of the few that are left nothing may agree; the pairs made so far show what does.
        requests = Requests(pairing) if number else None
        agreement = Agreement(olds, news, common)
        hints = Round(agreement.hints).trace if agreement.has_hints else None
        paired = len(pairs)
        for key_of, known in ((agreement.values, agreement.all_values), (agreement.masked, ())):
            chosen = Round(key_of)
            for contents, keys in known:
                chosen.learn(contents, keys)
            pairing.rounds.append(chosen)
            olds, news = _pair_by(olds, news, chosen.trace, pairs, hints, requests)
            if len(pairs) > paired:
                break
        else:
            break
    return olds, news


def _pair_likest(
    olds: list[Trace], news: list[Trace], pairing: Pairing, common: Set[str]
) -> tuple[list[Trace], list[Trace]]:
    """Pair unlike trees: with such a root, then of such services and names, then of the root's service.

    The last are trees whose root itself was lost, or is of a service that has another name.
    """
    if not olds or not news:
        return olds, news
    agreement = Agreement(olds, news, common)
    requests = Requests(pairing)
    related = _Related((*olds, *news), common)
    by_root, by_names = Round(agreement.values, deep=False), Round(_service_and_name)
    for key_of in (by_root.trace, by_names.trace, _root_name, _root_service, related.key):
        if key_of is _root_service:
            olds, news = pair_with_holders(olds, news, pairing)
            olds, news = without_parts(0, olds, pairing), without_parts(1, news, pairing)
        groups: dict[Key, tuple[list[Trace], list[Trace]]] = defaultdict(lambda: ([], []))
        for side, traces in enumerate((olds, news)):
            for trace in traces:
                groups[key_of(trace)][side].append(trace)
        olds, news = [], []
        for left, right in groups.values():
            rest = pair_the_likest(left, right, pairing, requests) if left and right else (left, right)
            olds += rest[0]
            news += rest[1]
    return olds, news


def _service_and_name(content: Content) -> Key:
    return content.service, content.name


def _root_name(trace: Trace) -> Key:
    return tuple(sorted((root.content.service, root.content.name) for root in trace.roots))


def _root_service(trace: Trace) -> Key:
    return tuple(sorted(root.content.service for root in trace.roots))


class _Related:
    """Tells trees that share a service, directly or by way of other trees.

    The services that one side alone has count as one: any of them may be another's new name.
    """

    def __init__(self, trees: Iterable[Trace], common: Set[str]) -> None:
        self._common = common
        self._linked: dict[str, str] = {}
        for tree in trees:
            first, *others = {self._service(node) for root in tree.roots for node in root.walk()}
            for other in others:
                self._linked[self._last(other)] = self._last(first)

    def key(self, trace: Trace) -> Key:
        """Return the key of a tree: equal ones are related."""
        return self._last(self._service(trace.roots[0]))

    def _service(self, node: Node) -> str:
        return node.content.service if node.content.service in self._common else ""

    def _last(self, service: str) -> str:
        while self._linked.get(service, service) != service:
            service = self._linked[service]
        return service
