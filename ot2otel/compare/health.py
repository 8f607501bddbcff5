"""What is wrong with one recording by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ot2otel.compare.diagnoses import Note, diagnoses
from ot2otel.compare.facts import BACKWARDS
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
        yield Note("orphans", orphans, _told(orphans, _ORPHANS))
    if side.duplicates:
        yield Note("duplicate ids", side.duplicates, _told(side.duplicates, _DUPLICATES))
    if side.cycles:
        yield Note("cycles", side.cycles, _told(side.cycles, _CYCLES))
    backwards = sum(times for content, times in side.counts.items() if BACKWARDS in content.time)
    if backwards:
        yield Note("negative durations", backwards, _told(backwards, _BACKWARDS))
    outside = sum(times for content, times in side.counts.items() if content.has_event_outside)
    if outside:
        yield Note("events outside", outside, _told(outside, _OUTSIDE))


# What one span does, and what several do.
_ORPHANS = "names a parent that is not in the recording", "name a parent that is not in the recording"
_DUPLICATES = "has the ids of another span", "have the ids of another span"
_CYCLES = "descends from itself", "descend from themselves"
_BACKWARDS = "ends before it starts", "end before they start"
_OUTSIDE = "has events far outside its own time", "have events far outside their own time"


def _told(count: int, does: tuple[str, str]) -> str:
    return f"{count} span {does[0]}" if count == 1 else f"{count} spans {does[1]}"
