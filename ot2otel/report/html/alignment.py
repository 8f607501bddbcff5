"""The spans of two traces side by side, as the comparison paired their nodes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ot2otel.compare.forms import Node, Placed
from ot2otel.compare.pairing import SpanPairs
from ot2otel.errors import Ot2OtelError


@dataclass(frozen=True, slots=True)
class Aligned:
    """A span of the before beside its counterpart, None on a side without one; a root has depth 0.

    A span that `moved` has its counterpart under another parent. `old_parent` and `new_parent` are None for a
    root.
    """

    depth: int
    old: Placed | None
    new: Placed | None
    moved: bool = False
    old_parent: Placed | None = None
    new_parent: Placed | None = None


def aligned(pairs: SpanPairs, olds: Sequence[Placed], news: Sequence[Placed]) -> list[Aligned]:
    """Return the spans of two traces as `pairs` says; those of other trees of the traces are left out."""
    return list(_Alignment(pairs, olds, news).rows())


@dataclass(slots=True)
class _Side:
    """One side's spans by their places, and which of them is whose child."""

    spans: Sequence[Placed]
    children: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for place, each in sorted(enumerate(self.spans), key=lambda entry: entry[1].span.start_ns):
            self.children[each.parent].append(place)

    def parent(self, place: int | None) -> Placed | None:
        """Return the parent of the span at a place."""
        if place is None or self.spans[place].parent < 0:
            return None
        return self.spans[self.spans[place].parent]


class _Alignment:
    def __init__(self, pairs: SpanPairs, olds: Sequence[Placed], news: Sequence[Placed]) -> None:
        self._old, self._new = _Side(olds), _Side(news)
        self._extra = Counter(pairs.extra)
        # For each span of the before its counterpart, and whether it moved.
        self._counterparts: dict[int, tuple[int, bool]] = {}
        self._roots = self._paired(pairs)

    def rows(self) -> Iterator[Aligned]:
        """Yield the rows, parents first."""
        for root in self._roots:
            yield from self._below(0, root, None)
        left = [place for place in range(len(self._new.spans)) if self._is_extra(place)]
        for place in left:
            # The spans below it were taken with it.
            if self._is_extra(place):
                self._take(place)
                yield from self._below(0, None, place)

    def _paired(self, pairs: SpanPairs) -> list[int]:
        """Find the counterparts; return the roots of the before that belong to this pair of trees."""
        waiting: dict[Node, list[tuple[Node, bool]]] = defaultdict(list)
        for moved, found in ((True, pairs.moved), (False, pairs.pairs)):
            for old, new in reversed(found):
                waiting[old].append((new, moved))
        here = Counter(node for node, found in waiting.items() for _ in found) + Counter(pairs.missing)
        free: dict[Node, list[int]] = defaultdict(list)
        for place, each in enumerate(self._new.spans):
            free[each.node].append(place)
        roots = []
        for root in self._old.children[-1]:
            if here[self._old.spans[root].node] <= 0:
                continue
            roots.append(root)
            pending = [root]
            while pending:
                place = pending.pop()
                node = self._old.spans[place].node
                here[node] -= 1
                if waiting[node]:
                    new, moved = waiting[node].pop()
                    self._counterparts[place] = self._chosen(place, free[new]), moved
                pending.extend(reversed(self._old.children[place]))
        self._taken = {place for place, _ in self._counterparts.values()}
        return roots

    def _chosen(self, old: int, candidates: list[int]) -> int:
        """Take the candidate whose parent is the counterpart of this span's parent, else the first."""
        if not candidates:
            raise Ot2OtelError("A file changed while it was read. Try again.")
        above = self._old.spans[old].parent
        wanted = self._counterparts[above][0] if above in self._counterparts else -1
        chosen = next((one for one in candidates if self._new.spans[one].parent == wanted), candidates[0])
        candidates.remove(chosen)
        return chosen

    def _is_extra(self, place: int) -> bool:
        return place not in self._taken and self._extra[self._new.spans[place].node] > 0

    def _take(self, place: int) -> None:
        self._taken.add(place)
        self._extra[self._new.spans[place].node] -= 1

    def _below(self, depth: int, old: int | None, new: int | None) -> Iterator[Aligned]:
        pending: list[tuple[int, int | None, int | None]] = [(depth, old, new)]
        while pending:
            depth, one, other = pending.pop()
            moved = False
            if one is not None:
                other, moved = self._counterparts.get(one, (None, False))
            yield Aligned(
                depth,
                None if one is None else self._old.spans[one],
                None if other is None else self._new.spans[other],
                moved,
                self._old.parent(one),
                self._new.parent(other),
            )
            below: list[tuple[int, int | None, int | None]] = []
            if one is not None:
                below += [(depth + 1, child, None) for child in self._old.children[one]]
            for child in self._new.children[other] if other is not None else ():
                if self._is_extra(child):
                    self._take(child)
                    below.append((depth + 1, None, child))
            pending.extend(reversed(below))
