"""Marks the findings that are accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ot2otel.acceptance.entry import Entry
from ot2otel.compare.findings import Finding
from ot2otel.compare.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An entry that accepts nothing: its number, from 1, and a finding that is in other spans, too."""

    number: int
    entry: Entry
    near: Finding | None = None

    def __str__(self) -> str:
        """Return a sentence."""
        said = f"entry {self.number} ({self.entry}) accepts nothing"
        if self.near is None:
            return said
        spans = ", ".join(self.near.spans)
        more = f" and {self.near.more_spans} more" if self.near.more_spans else ""
        return f"{said}: the finding is in all of these spans: {spans}{more}"


@dataclass(frozen=True, slots=True)
class Marked:
    """Verdicts whose findings carry the marks of some entries, and the entries that accept nothing."""

    verdicts: tuple[Verdict, ...]
    unmatched: tuple[Unmatched, ...] = ()


def mark(verdicts: Iterable[Verdict], entries: Sequence[Entry]) -> Marked:
    """Mark each finding that an entry accepts with the reason of the first such entry.

    The mark changes no grade and no count. `Verdict.outcome` leaves marked findings out.
    """
    used: set[int] = set()
    marked = tuple(_marked(verdict, entries, used) for verdict in verdicts)
    unmatched = (
        Unmatched(number + 1, entry, _near(entry, marked))
        for number, entry in enumerate(entries)
        if number not in used
    )
    return Marked(marked, tuple(unmatched))


def _marked(verdict: Verdict, entries: Sequence[Entry], used: set[int]) -> Verdict:
    found = []
    for finding in verdict.findings:
        matching = [number for number, entry in enumerate(entries) if entry.accepts(finding)]
        used.update(matching)
        found.append(replace(finding, accepted=entries[matching[0]].reason) if matching else finding)
    return replace(verdict, findings=tuple(found))


def _near(entry: Entry, verdicts: Iterable[Verdict]) -> Finding | None:
    return next(
        (
            finding
            for verdict in verdicts
            for finding in verdict.findings
            if entry.accepts_but_for_spans(finding)
        ),
        None,
    )
