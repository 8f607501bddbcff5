"""What is wrong with one recording by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ot2otel.compare.diagnoses import Note, diagnoses
from ot2otel.compare.facts import BACKWARDS, FAR_OUTSIDE, TIME
from ot2otel.compare.forms import ORPHAN, Side

__all__ = ["Note", "health"]


def health(
    side: Side, unread: Iterable[str] = (), versions: Mapping[str, str] | None = None
) -> tuple[Note, ...]:
    """Return what is wrong with a side; `unread` are sentences about input that could not be read.

    `versions` are those of the distributions in the program that was recorded, if they are known.
    """
    return (
        *_notes(side),
        *diagnoses(side, versions or {}),
        *(Note("unread input", 1, sentence) for sentence in unread),
    )


def _notes(side: Side) -> Iterator[Note]:
    if not side.spans:
        yield Note("empty", 1, "there is no span in it")
        return
    orphans = side.parents[ORPHAN]
    if orphans:
        yield Note("orphans", orphans, f"{_spans(orphans)} name a parent that is not in the recording")
    if side.duplicates:
        yield Note(
            "duplicate ids", side.duplicates, f"{_spans(side.duplicates)} have the ids of another span"
        )
    if side.cycles:
        yield Note("cycles", side.cycles, f"{_spans(side.cycles)} descend from themselves")
    backwards = sum(times for content, times in side.counts.items() if BACKWARDS in str(content.value(TIME)))
    if backwards:
        yield Note("negative durations", backwards, f"{_spans(backwards)} end before they start")
    outside = sum(times for content, times in side.counts.items() if FAR_OUTSIDE in content.values)
    if outside:
        yield Note("events outside", outside, f"{_spans(outside)} have events far outside their own time")


def _spans(count: int) -> str:
    return f"{count} span" if count == 1 else f"{count} spans"
