"""The spans of a test as trees, in an order that is the same in each run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ot2otel.compare.facts import literal
from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span

# A thread and a task; None if it is not known where a span was started.
Lane: TypeAlias = tuple[int, int] | None


# Python's stack has room for some 1,000 calls, and JSON's reader and writer take some for each level.
DEEPEST = 150


class TooDeepError(Ot2OtelError):
    """A trace has more spans below each other than a tree can have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A span, where it was started, and its number in the order of the starts."""

    span: Span
    number: int
    lane: Lane = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A span and its children; a `concurrent` one ran beside its siblings, so it has no place among them."""

    span: Span
    children: tuple[Branch, ...] = ()
    concurrent: bool = False

    def walk(self) -> Iterator[Branch]:
        """Yield this branch and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def branches(entries: Sequence[Entry], lane: Lane = None) -> tuple[Branch, ...]:
    """Return the roots of all trees; a span whose parent is absent is a root.

    Siblings that were started where their parent was come first, in the order of their start; `lane` is where
    the test itself runs. The others have an order that depends on chance, so they follow in the order of
    their content. Where no lanes are known, siblings whose times overlap are those others.
    """
    ids = {(entry.span.trace_id, entry.span.span_id): entry for entry in reversed(entries)}
    below: dict[int, list[Entry]] = defaultdict(list)
    roots: list[Entry] = []
    for entry in entries:
        parent = ids.get((entry.span.trace_id, entry.span.parent_id)) if entry.span.parent_id else None
        if parent is None or _is_below(parent, entry, ids):
            roots.append(entry)
        else:
            below[parent.number].append(entry)
    _check_depth(roots, below)
    return _siblings(roots, _lane_of_roots(roots, lane), below)


def _check_depth(roots: Sequence[Entry], below: Mapping[int, Sequence[Entry]]) -> None:
    level, depth = list(roots), 0
    while level:
        depth += 1
        level = [child for entry in level for child in below.get(entry.number, ())]
    if depth > DEEPEST:
        raise TooDeepError(f"The trace has {depth} spans below each other; a tree has at most {DEEPEST}.")


def _is_below(entry: Entry, above: Entry, ids: Mapping[tuple[str, str], Entry]) -> bool:
    """Tell whether a span descends from another: the parents then form a circle."""
    met: set[int] = set()
    found: Entry | None = entry
    while found is not None and found.number not in met:
        if found is above:
            return True
        met.add(found.number)
        found = ids.get((found.span.trace_id, found.span.parent_id))
    return False


def _lane_of_roots(roots: Sequence[Entry], lane: Lane) -> Lane:
    """Return the lane of the test: in its thread the task of the first root, as it may be a coroutine."""
    if lane is None:
        return None
    here = [entry for entry in roots if entry.lane is not None and entry.lane[0] == lane[0]]
    return min(here, key=_number).lane if here else lane


def _siblings(
    entries: Sequence[Entry], lane: Lane, below: Mapping[int, Sequence[Entry]]
) -> tuple[Branch, ...]:
    found = [
        (entry, _siblings(below.get(entry.number, ()), entry.lane, below))
        for entry in sorted(entries, key=_number)
    ]
    apart = _concurrent([entry for entry, _ in found], lane)
    first = [Branch(entry.span, children) for entry, children in found if entry.number not in apart]
    others = [Branch(entry.span, children, True) for entry, children in found if entry.number in apart]
    return (*first, *sorted(others, key=_content))


def _concurrent(entries: Sequence[Entry], lane: Lane) -> set[int]:
    """Return the numbers of the siblings that have no place in the order."""
    if len(entries) < 2:  # one alone has no order
        return set()
    if lane is not None and all(entry.lane is not None for entry in entries):
        return {entry.number for entry in entries if entry.lane != lane}
    found: set[int] = set()
    ends = 0
    for entry, before in zip(entries, (None, *entries), strict=False):
        if before is not None and entry.span.start_ns < ends:
            found |= {entry.number, before.number}
        ends = max(ends, entry.span.end_ns)
    return found


def _number(entry: Entry) -> int:
    return entry.number


def _content(branch: Branch) -> tuple[object, ...]:
    span = branch.span
    return (
        span.name,
        span.service,
        span.kind.value,
        span.status.code.value,
        tuple(map(_content, branch.children)),
        sorted((key, literal(value)) for key, value in span.attributes.items()),
        tuple(event.name for event in span.events),
    )


def walk(roots: Iterable[Branch]) -> Iterator[Branch]:
    """Yield all branches, parents before their children."""
    for root in roots:
        yield from root.walk()
