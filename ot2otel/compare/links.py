"""Judges links between spans of the recordings: each should point at the counterpart of its target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ot2otel.compare.facts import Content, Place
from ot2otel.compare.forest import SpanId
from ot2otel.compare.forms import LinkTo, Side, Trace
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.pairing import Pairing, Round

# The last part of the place that tells which span a link points at; `to` tells the name of that span.
TARGET = "target"
# Spans with equal marks are counterparts, as far as their traces were paired by content.
_Mark: TypeAlias = Hashable


class JudgedLink(NamedTuple):
    """What became of a link's target, None on a side without such a link, and the ids of the traces."""

    settled: Settled
    old: Content | None
    new: Content | None
    traces: tuple[str, str]


class _Pointer(NamedTuple):
    """A link with the marks of its span and of its target."""

    trace_id: str
    link: LinkTo
    sources: Sequence[_Mark]
    targets: Sequence[_Mark]

    @property
    def place(self) -> Place:
        return ("link", self.link.number, TARGET)

    @property
    def to(self) -> object:
        return self.link.content.value(("link", self.link.number, "to"))

    def directions(self) -> Iterator[_Mark]:
        return ((source, target) for source in self.sources for target in self.targets)

    def texts(self) -> Iterator[_Mark]:
        return ((source, self.to) for source in self.sources)


def judged_links(before: Side, after: Side, pairing: Pairing) -> Iterator[JudgedLink]:
    """Yield what became of every link whose target is in its recording.

    A link that is gone or new, or that tells another target, has findings of its own: here its target is gone
    on one side and new on the other.
    """
    if not before.linked and not after.linked:
        return
    marks = _marks(pairing)
    olds, news = (list(_pointers(side, mark)) for side, mark in zip((before, after), marks, strict=True))
    for grade, keys in ((Grade.KEPT, _Pointer.directions), (Grade.CHANGED, _Pointer.texts)):
        pairs, olds, news = _paired(olds, news, keys)
        for old, new in pairs:
            settled = Settled(grade, (old.place,), (new.place,))
            yield JudgedLink(settled, old.link.content, new.link.content, (old.trace_id, new.trace_id))
    for old in olds:
        yield JudgedLink(Settled(Grade.GONE, (old.place,)), old.link.content, None, (old.trace_id, ""))
    for new in news:
        yield JudgedLink(Settled(Grade.NEW, (), (new.place,)), None, new.link.content, ("", new.trace_id))


def _pointers(side: Side, marks: Callable[[str, Content], Sequence[_Mark]]) -> Iterator[_Pointer]:
    for trace in side.traces:
        for link in trace.links:
            to: SpanId = link.target
            yield _Pointer(
                trace.trace_id, link, marks(trace.trace_id, link.content), marks(to[0], side.linked[to])
            )


def _paired(
    olds: Iterable[_Pointer], news: Sequence[_Pointer], keys: Callable[[_Pointer], Iterator[_Mark]]
) -> tuple[list[tuple[_Pointer, _Pointer]], list[_Pointer], list[_Pointer]]:
    """Pair the links that have a key in common; return those that are left on each side as well."""
    waiting: dict[_Mark, list[int]] = defaultdict(list)
    for number in reversed(range(len(news))):
        for key in keys(news[number]):
            waiting[key].append(number)
    pairs: list[tuple[_Pointer, _Pointer]] = []
    left: list[_Pointer] = []
    taken: set[int] = set()
    for old in olds:
        index = next((index for key in keys(old) for index in _taken_off(waiting.get(key, []), taken)), None)
        if index is None:
            left.append(old)
        else:
            taken.add(index)
            pairs.append((old, news[index]))
    return pairs, left, [new for number, new in enumerate(news) if number not in taken]


def _taken_off(indexes: list[int], taken: set[int]) -> Iterator[int]:
    while indexes:
        index = indexes.pop()
        if index not in taken:
            yield index
            return


class _Class(NamedTuple):
    """What two paired traces have in common; `of` marks a span in them by its content."""

    key: Hashable
    of: Callable[[Content], Hashable]


def _marks(pairing: Pairing) -> Sequence[Callable[[str, Content], Sequence[_Mark]]]:
    """Return for each side the function that marks a span by the class of its trace and by its content."""
    classes: tuple[dict[str, list[_Class]], ...] = (defaultdict(list), defaultdict(list))
    for number, (old, new) in enumerate((*pairing.traces, *pairing.trees)):
        found = _class(number, old, new, pairing.rounds)
        for side, trace_id in zip(classes, (old.trace_id, new.trace_id), strict=True):
            side[trace_id].append(found)
    return [_marker(side) for side in classes]


def _marker(classes: Mapping[str, Sequence[_Class]]) -> Callable[[str, Content], Sequence[_Mark]]:
    return lambda trace_id, content: [(each.key, each.of(content)) for each in classes.get(trace_id, ())]


def _class(number: int, old: Trace, new: Trace, rounds: Sequence[Round]) -> _Class:
    """Return the class of two traces: equal ones, of equal keys in a round, or no others than these two."""
    if old.roots == new.roots:
        return _Class(old.roots, lambda content: content)
    for index, each in enumerate(rounds):
        key = each.trace(old)
        if key == each.trace(new):
            return _Class((index, key), each.content)
    return _Class(number, lambda content: None)
