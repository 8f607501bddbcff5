"""Edits two recordings fact by fact, and finds the edits that their verdict excuses."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from ot2otel import recording_file
from ot2otel.compare.findings import Finding
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.model import Span, traces
from ot2otel.recording import Recording
from tests.support.one_edit import Edit, edits

# Side, what was done, and the field: ("before", "removed", "attributes.http.url").
Told = tuple[str, str, str]


@dataclass(slots=True)
class Excuses:
    """Edits that no finding shows, that make the outcome better, and that leave it as it was."""

    unseen: set[Told] = field(default_factory=set)
    better: set[Told] = field(default_factory=set)
    excused: set[Told] = field(default_factory=set)


def excuses(olds: Sequence[Recording], news: Sequence[Recording], known: Container[Told]) -> Excuses:
    """Remove and change each fact of requests once; those in `known` may be unseen.

    A fact that is removed from the before may be excused: it is a new one in the after.
    """
    found = Excuses()
    order = list(Outcome)
    for side, edit, unedited, verdict in judged_edits(olds, news):
        told = (side, edit.what, edit.field)
        if told not in known and findings(verdict) == findings(unedited):
            found.unseen.add(told)
        if order.index(verdict.outcome) < order.index(unedited.outcome):
            found.better.add(told)
        is_new = side == "before" and edit.what == "removed"
        if verdict.outcome is unedited.outcome is not Outcome.DIFFERENT and not is_new:
            found.excused.add(told)
    return found


@cache
def requests_of(path: Path) -> Sequence[Recording]:
    """Return a golden recording as one for each of its traces, which are the requests."""
    whole = recording_file.read(path)
    return [
        replace(whole, spans=tuple(node.span for node in trace.walk()), answers=())
        for trace in traces(whole.spans)
    ]


def distinct(recordings: Sequence[Recording]) -> Iterator[tuple[int, int, Span]]:
    """Yield one span of each form, with the number of its recording and its number there."""
    forms = set()
    for request, recording in enumerate(recordings):
        for number, span in enumerate(recording.spans):
            events = tuple((event.name, *event.attributes) for event in span.events)
            status = (span.status.code, bool(span.status.message))
            form = (span.service, span.name, span.kind, status, *span.attributes, events, len(span.links))
            if form not in forms:
                forms.add(form)
                yield request, number, span


def edited(recording: Recording, number: int, span: Span) -> Recording:
    return replace(recording, spans=(*recording.spans[:number], span, *recording.spans[number + 1 :]))


def findings(verdict: Verdict) -> list[Finding]:
    return sorted((replace(each, examples=()) for each in verdict.findings), key=repr)


def judged_edits(
    olds: Sequence[Recording], news: Sequence[Recording]
) -> Iterator[tuple[str, Edit, Verdict, Verdict]]:
    """Yield the side of each edit, the edit, and the verdicts without and with it."""
    unedited = [judge(old, new) for old, new in zip(olds, news, strict=True)]
    for request, number, span in distinct(olds):
        for edit in edits(span):
            old = edited(olds[request], number, edit.span)
            yield "before", edit, unedited[request], judge(old, news[request])
    for request, number, span in distinct(news):
        for edit in edits(span):
            new = edited(news[request], number, edit.span)
            yield "after", edit, unedited[request], judge(olds[request], new)
