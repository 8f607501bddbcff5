"""Verdicts on spans as a stranger's files have them, in short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.model import Kind, Span
from ot2otel.recording import Recording
from tests.support.fields import SpanFields

START_NS = 1_700_000_000_000_000_000
# One span of one millisecond, of which tests change some fields.
SPAN = Span(
    "1" * 32, "1" * 16, "op", kind=Kind.INTERNAL, start_ns=START_NS, end_ns=START_NS + 1_000_000
)  # fmt: skip


class Told(NamedTuple):
    """A finding in short; `field` is the before's, if it has one."""

    grade: str
    field: str
    old: str
    new: str
    n: int = 1


def verdict(before: Iterable[Span], after: Iterable[Span]) -> Verdict:
    """Judge the spans of two strangers."""
    return judge(Recording(tuple(before)), Recording(tuple(after)))


def told(found: Verdict, *grades: Grade) -> list[Told]:
    """Return the findings of a verdict, all of them if no grades are named."""
    return [
        Told(one.grade.value, one.field, one.old, one.new, one.n)
        for one in found.findings
        if one.grade in (grades or Grade)
    ]


def findings_of(before: Iterable[Span], after: Iterable[Span]) -> list[Told]:
    """Judge the spans of two strangers, and return the findings."""
    return told(verdict(before, after))


def changes(before: SpanFields, after: SpanFields) -> list[Told]:
    """Return the findings between SPAN with the fields `before`, and the same with the fields `after`."""
    return findings_of([replace(SPAN, **before)], [replace(SPAN, **after)])


def counts(before: Iterable[Span], after: Iterable[Span]) -> dict[tuple[str, str], int]:
    """Judge the spans of two strangers, and count what is not as it was by grade and field."""
    found: dict[tuple[str, str], int] = {}
    for one in findings_of(before, after):
        found[one.grade, one.field] = found.get((one.grade, one.field), 0) + one.n
    return found


def outcomes(sides: Sequence[tuple[Iterable[Span], Iterable[Span]]]) -> list[str]:
    """Return the word of each verdict."""
    return [verdict(before, after).outcome.value for before, after in sides]
