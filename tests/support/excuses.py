"""How a verdict takes to each edit of one fact: seen or not, better or not, excused or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ot2otel.compare.findings import Finding
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.model import Span, traces
from ot2otel.recording import Recording
from tests.support.one_edit import Edit, edits


@dataclass
class Excuses:
    """Edits by side, what and field: those that no finding shows, and those that make the outcome better.

    `excused` are those that leave it as it was.
    """

    unseen: set[tuple[str, str, str]] = field(default_factory=set)
    better: set[tuple[str, str, str]] = field(default_factory=set)
    excused: set[tuple[str, str, str]] = field(default_factory=set)


def requests_of(whole: Recording) -> Sequence[Recording]:
    """Return a recording as one for each of its traces, which are the program's requests."""
    return [
        replace(whole, spans=tuple(node.span for node in trace.walk()), answers=())
        for trace in traces(whole.spans)
    ]


def excuses(
    olds: Sequence[Recording], news: Sequence[Recording], known: Collection[tuple[str, str, str]]
) -> Excuses:
    """Judge each edit of one span of each form; `known` are the edits that no finding has to show."""
    found = Excuses()
    order = list(Outcome)
    for side, edit, unedited, verdict in _judged_edits(olds, news):
        if (side, edit.what, edit.field) not in known and _findings(verdict) == _findings(unedited):
            found.unseen.add((side, edit.what, edit.field))
        if order.index(verdict.outcome) < order.index(unedited.outcome):
            found.better.add((side, edit.what, edit.field))
        is_new = side == "before" and edit.what == "removed"
        if verdict.outcome is unedited.outcome is not Outcome.DIFFERENT and not is_new:
            found.excused.add((side, edit.what, edit.field))
    return found


def _distinct(recordings: Sequence[Recording]) -> Iterator[tuple[int, int, Span]]:
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


def _edited(recording: Recording, number: int, span: Span) -> Recording:
    return replace(recording, spans=(*recording.spans[:number], span, *recording.spans[number + 1 :]))


def _findings(verdict: Verdict) -> list[Finding]:
    return sorted((replace(each, examples=()) for each in verdict.findings), key=repr)


def _judged_edits(
    olds: Sequence[Recording], news: Sequence[Recording]
) -> Iterator[tuple[str, Edit, Verdict, Verdict]]:
    """Yield the side of each edit, the edit, and the verdicts without and with it."""
    unedited = [judge(old, new) for old, new in zip(olds, news, strict=True)]
    for request, number, span in _distinct(olds):
        for edit in edits(span):
            old = _edited(olds[request], number, edit.span)
            yield "before", edit, unedited[request], judge(old, news[request])
    for request, number, span in _distinct(news):
        for edit in edits(span):
            new = _edited(news[request], number, edit.span)
            yield "after", edit, unedited[request], judge(olds[request], new)
