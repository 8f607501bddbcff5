"""Marks the findings that are accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.patterns import exact
from ot2otel.compare.findings import Field, Finding
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
    index = _Index(entries)
    marked = tuple(
        replace(verdict, findings=tuple(map(index.marked, verdict.findings))) for verdict in verdicts
    )
    unmatched = (
        Unmatched(number + 1, entry, _near(entry, marked))
        for number, entry in enumerate(entries)
        if number not in index.used
    )
    return Marked(marked, tuple(unmatched))


class _Index:
    """Entries by the fields that they name, so that not every finding is held against every entry."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._by_field: dict[Field, list[int]] = defaultdict(list)
        self._others: list[int] = []
        self.used: set[int] = set()
        for number, entry in enumerate(entries):
            fields = [exact(pattern) for pattern in entry.fields]
            if not fields or None in fields:
                self._others.append(number)
            for field in fields if None not in fields else ():
                self._by_field[field or ""].append(number)

    def marked(self, finding: Finding) -> Finding:
        """Return the finding, with its mark if an entry accepts it."""
        fields = {finding.field, *(part.field for part in finding.olds or finding.news)}
        numbers = {number for field in fields for number in self._by_field.get(field, ())}
        matching = [number for number in (*numbers, *self._others) if self._entries[number].accepts(finding)]
        self.used.update(matching)
        return replace(finding, accepted=self._entries[min(matching)].reason) if matching else finding


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
