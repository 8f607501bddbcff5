"""Judges a migration: two recordings in, the findings and one word out."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Protocol

from ot2otel.compare.addresses import given, unexplained
from ot2otel.compare.answers import Answers, compare_answers
from ot2otel.compare.comparison import Comparison, compare
from ot2otel.compare.findings import SPAN, Finding, LedgerRow, findings, ledger
from ot2otel.compare.forms import Forms, Side
from ot2otel.compare.health import Note, health
from ot2otel.compare.judgement import UNEXPLAINED, Grade, StepFor
from ot2otel.compare.noise import Measured, Noise, measure
from ot2otel.compare.pairing import SpanPairs
from ot2otel.compare.rows import AllTimes, Judged
from ot2otel.compare.rules.steps import step
from ot2otel.compare.trees import TreePair, tree_pairs
from ot2otel.errors import Ot2OtelError
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording


class NothingToCompareError(Ot2OtelError):
    """A recording has no span."""


class Outcome(Enum):
    """The verdict in one word."""

    IDENTICAL = "identical"  # nothing but ids, times and durations differ
    EQUIVALENT = "equivalent"  # nothing of the before is lost or changed
    DEGRADED = "degraded"  # some of it is lost, by a rule that says so
    DIFFERENT = (
        "different"  # something is gone or changed without a rule, a span is new, or an answer differs
    )


@dataclass(frozen=True, slots=True)
class SideSummary:
    """One recording in short: its traces and spans, and what is wrong with it by itself.

    `recording` tells where it comes from; its spans may be left out. `requests` are the answers by trace id,
    in the order of the traces' start, if there is one for each trace; else there are none. `schemas` are the
    URLs of the schemas that a service names for its spans or its resource, if it names some.
    """

    recording: Recording
    traces: int
    spans: int
    services: tuple[str, ...]
    health: tuple[Note, ...] = ()
    requests: Mapping[str, Answer] = field(default_factory=dict)
    schemas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """How the spans were compared: the pairs of alike traces, each with the pairs of its spans.

    `forms` tells again which node a span of a side is. `parts` are, for each side, the ids of traces that
    count as parts of another one, by its id.
    """

    forms: Forms
    before: Side
    after: Side
    trees: Sequence[tuple[SpanPairs, AllTimes]]
    parts: tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of two recordings.

    `approximate` tells that some unlike traces were too many to compare one by one. `trees` are the traces
    side by side. `evidence` is there if it was asked for.
    """

    before: SideSummary
    after: SideSummary
    findings: tuple[Finding, ...]
    ledger: tuple[LedgerRow, ...]
    answers: Answers
    trees: tuple[TreePair, ...] = ()
    approximate: bool = False
    judged: Sequence[Judged] = field(default=(), repr=False, compare=False)
    evidence: Evidence | None = field(default=None, repr=False, compare=False)

    @property
    def outcome(self) -> Outcome:
        """The verdict in one word."""
        return outcome(self.findings, self.answers)

    def count(self, *grades: Grade) -> int:
        """Return the number of facts, spans and parts of spans with these grades."""
        return sum(finding.n for finding in self.findings if finding.grade in grades)


def outcome(found: Iterable[Finding], answers: Answers) -> Outcome:
    """Read the verdict's word off its findings; those that are accepted make it equivalent at most."""
    listed = list(found)
    counted = [finding for finding in listed if not finding.accepted]
    grades = {finding.grade for finding in counted}
    new_span = any(finding.grade is Grade.NEW and finding.field == SPAN for finding in counted)
    if answers.changed or new_span or grades & set(UNEXPLAINED):
        return Outcome.DIFFERENT
    if Grade.DEGRADED in grades:
        return Outcome.DEGRADED
    return Outcome.EQUIVALENT if listed else Outcome.IDENTICAL


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before two recordings are judged.

    `same` are addresses of the before with those of the after, `noise` what differed between two runs of the
    unchanged program, `step_for` other rules than those of the migration. With `evidence` the verdict keeps
    what tells of each span how it was compared.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    noise: Measured | None = None
    step_for: StepFor | None = None
    evidence: bool = False


class Source(Protocol):
    """A recording that is read once: `head` tells all but its spans.

    `answers` and `problems` are complete when the spans have been read. A problem is a sentence about input
    that could not be read.
    """

    @property
    def head(self) -> Recording:
        """The recording without what is still to be read."""

    @property
    def answers(self) -> Sequence[Answer]:
        """The answers read so far."""

    @property
    def problems(self) -> Sequence[str]:
        """The problems met so far."""

    def spans(self) -> Iterable[Span]:
        """Yield the spans, once."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A recording that has been read."""

    head: Recording
    problems: Sequence[str] = ()

    @property
    def answers(self) -> Sequence[Answer]:
        """The answers of the recording."""
        return self.head.answers

    def spans(self) -> Iterable[Span]:
        """Return the spans of the recording."""
        return self.head.spans


def judge(before: Recording, after: Recording, known: Known = Known()) -> Verdict:
    """Judge two recordings.

    Raises NothingToCompareError if one recording has no span, unless neither has one and both have answers.
    """
    return judge_read(Whole(before), Whole(after), known)


def judge_read(before: Source, after: Source, known: Known = Known()) -> Verdict:
    """Judge two recordings whose spans are read one by one, those of `before` first; none is kept.

    Raises NothingToCompareError as `judge` does, and the errors of reading.
    """
    with _without_garbage_collection():
        return _judged(before, after, known)


def _judged(before: Source, after: Source, known: Known) -> Verdict:
    forms = Forms()
    old, new = (forms.side(map(side.head.normalizer(), side.spans())) for side in (before, after))
    olds, news = _complete(before), _complete(after)
    answers = compare_answers(olds, news)
    _check_there_is_something(old, new, answers)
    stored = olds.stored_in != news.stored_in
    expected = known.step_for or partial(step, stored=stored)
    comparison = compare(old, new, expected, all_traces=known.evidence)
    # Noise first: a client's port is an address, too, but another one for each request.
    judged = Noise(measured=known.noise).regraded(comparison.judged)
    said = given(known.same)
    noise = Noise({**unexplained(judged, old, new), **said}, said, known.noise)
    judged = noise.regraded(judged)
    return Verdict(
        _summary(olds, old, before.problems),
        _summary(news, new, after.problems),
        (*findings(comparison, judged), *noise.findings()),
        ledger(comparison, judged),
        answers,
        tree_pairs(comparison.trees),
        comparison.pairing.approximate,
        judged,
        _evidence(forms, old, new, comparison) if known.evidence else None,
    )


def _evidence(forms: Forms, old: Side, new: Side, comparison: Comparison) -> Evidence:
    parts: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for found, trees in zip(parts, (comparison.pairing.missing, comparison.pairing.extra), strict=True):
        for tree in trees:
            if tree.own_id:
                found.setdefault(tree.trace_id, []).append(tree.own_id)
    listed = [(pairs, times) for pairs, times in comparison.trees if isinstance(times, AllTimes)]
    return Evidence(forms, old, new, listed, parts)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause Python's search for cycles: it would visit all forms again and again, and they have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def measured_noise(before: Source, again: Source) -> Measured:
    """Return what differs between two runs of the unchanged program; raise NothingToCompareError."""
    return measure(judge_read(before, again, Known(noise=Measured())).judged)


def _check_there_is_something(old: Side, new: Side, answers: Answers) -> None:
    if bool(old.spans) != bool(new.spans):
        empty = "after" if old.spans else "before"
        raise NothingToCompareError(f"The {empty} has no span: there is nothing to compare.")
    if not old.spans and not answers.compared:
        raise NothingToCompareError("Neither recording has a span: there is nothing to compare.")


def _complete(source: Source) -> Recording:
    """Return a recording that has been read, with its answers."""
    if source.answers == source.head.answers:
        return source.head
    return replace(source.head, answers=tuple(source.answers))


def _summary(recording: Recording, side: Side, problems: Iterable[str]) -> SideSummary:
    services = tuple(sorted({content.service for content in side.counts}))
    requests = {}
    if len(recording.answers) == len(side.traces):
        ids = (trace.trace_id for trace in side.traces)
        requests = dict(zip(ids, recording.normalized_answers(), strict=True))
    return SideSummary(
        recording,
        len(side.traces),
        side.spans,
        services,
        health(side, problems, recording.versions),
        requests,
        {service: tuple(sorted(urls)) for service, urls in sorted(side.schemas.items())},
    )
