"""An entry of an accept file: the findings that it names, and why they are accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ot2otel.acceptance.patterns import matches_any
from ot2otel.compare.findings import SPAN, Field, Finding, Part
from ot2otel.compare.judgement import Grade

# These fields name all of a thing; their parts are several fields.
_WHOLE = ("event", "link", SPAN)
# `ot2otel accept` takes these without being asked for them.
USUAL = (Grade.GONE, Grade.CHANGED, Grade.DEGRADED, Grade.NEW)
# The values of these are lists of words, in the order of their frequency.
_WORDS = ("kind", "status.code")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry accepts, and the reason for it.

    A finding has one of the grades, and all that it is about is described by one of the patterns: its fields,
    the names of its rules, its service, the names of all its spans, its old and its new values. Without
    patterns any will do. So an entry that names one span accepts no finding that is in others, too. Only an
    entry that names spans accepts that a whole span is gone or new.
    """

    reason: str
    grades: tuple[Grade, ...]
    fields: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    olds: tuple[str, ...] = ()
    news: tuple[str, ...] = ()

    def accepts(self, finding: Finding) -> bool:
        """Tell whether the entry names this finding."""
        return (
            finding.grade in self.grades
            and (not self.fields or self._names_fields(finding))
            and (not self.rules or _all(self.rules, [rule.name for rule in finding.rules]))
            and (not self.services or matches_any(self.services, finding.service))
            and (bool(self.spans) or finding.field != SPAN)
            and (not self.spans or (not finding.more_spans and _all(self.spans, finding.spans)))
            and (not self.olds or _all(self.olds, _values(finding.olds)))
            and (not self.news or _all(self.news, _values(finding.news)))
        )

    def accepts_but_for_spans(self, finding: Finding) -> bool:
        """Tell whether only the names of spans keep the entry from accepting this finding."""
        return bool(self.spans) and replace(self, spans=()).accepts(finding)

    def __str__(self) -> str:
        """Return what the entry names, in words: `gone attributes.url in front`."""
        words = [" or ".join(grade.value for grade in self.grades), *self.fields]
        for name, patterns in (
            ("by", self.rules),
            ("in", self.services),
            ("on", self.spans),
            ("from", self.olds),
            ("to", self.news),
        ):
            words += [name, " or ".join(patterns)] if patterns else []
        return " ".join(words)

    def _names_fields(self, finding: Finding) -> bool:
        parts = finding.olds or finding.news
        if (finding.field in _WHOLE or len(parts) < 2) and matches_any(self.fields, finding.field):
            return True
        return _all(self.fields, [part.field for part in parts])


def _all(patterns: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell whether there are texts, and each is described."""
    return bool(texts) and all(matches_any(patterns, text) for text in texts)


def _values(parts: Sequence[Part]) -> list[str]:
    return [value for part in parts for value in _of_field(part.field, part.values)]


def _of_field(field: Field, values: str) -> list[str]:
    return values.split(", ") if field in _WORDS else [values]
