"""Edits of a recording or of its spans, to plant faults with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ot2otel.model import Span
from ot2otel.recording import Answer, Recording


def edit(name: str, change: Callable[[Span], Span]) -> Callable[[Recording], Recording]:
    """Make a fault: the first span of that name, changed."""

    def plant(recording: Recording) -> Recording:
        victim = min((span for span in recording.spans if span.name == name), key=lambda span: span.start_ns)
        spans = tuple(change(span) if span is victim else span for span in recording.spans)
        return replace(recording, spans=spans)

    return plant


def last(name: str, change: Callable[[Span], Span]) -> Callable[[Recording], Recording]:
    """Make a fault: the last span of that name, changed."""

    def plant(recording: Recording) -> Recording:
        victim = max((span for span in recording.spans if span.name == name), key=lambda span: span.start_ns)
        spans = tuple(change(span) if span is victim else span for span in recording.spans)
        return replace(recording, spans=spans)

    return plant


def with_attribute(key: str, value: str | int) -> Callable[[Span], Span]:
    return lambda span: replace(span, attributes={**span.attributes, key: value})


def without_events(span: Span) -> Span:
    return replace(span, events=())


def other_answer(recording: Recording) -> Recording:
    first, *others = recording.answers
    return replace(recording, answers=(Answer(first.request, first.status, "Hello!"), *others))
