"""Edits that plant a fault in a recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from ot2otel.model import Span, Status
from ot2otel.recording import Answer, Recording

Change: TypeAlias = Callable[[Span], Span]
Fault: TypeAlias = Callable[[Recording], Recording]


def edit_first(name: str, change: Change) -> Fault:
    """Make a fault: the first span of that name, changed."""
    return lambda recording: _changed(recording, change, [_named(recording, name)[0]])


def edit_last(name: str, change: Change) -> Fault:
    """Make a fault: the last span of that name, changed."""
    return lambda recording: _changed(recording, change, [_named(recording, name)[-1]])


def edit_all(change: Change) -> Fault:
    """Make a fault: every span, changed."""
    return lambda recording: _changed(recording, change, recording.spans)


def remove_last(name: str) -> Fault:
    """Make a fault: the last span of that name is absent."""

    def plant(recording: Recording) -> Recording:
        victim = _named(recording, name)[-1]
        return replace(recording, spans=tuple(span for span in recording.spans if span is not victim))

    return plant


def other_answer(recording: Recording) -> Recording:
    """Return the recording with another body in its first answer."""
    first, *others = recording.answers
    return replace(recording, answers=(Answer(first.request, first.status, "Hello!"), *others))


def with_attribute(key: str, value: str | int) -> Change:
    return lambda span: replace(span, attributes={**span.attributes, key: value})


def without_attribute(key: str) -> Change:
    return lambda span: replace(
        span, attributes={name: value for name, value in span.attributes.items() if name != key}
    )


def without_events(span: Span) -> Span:
    return replace(span, events=())


def without_status(span: Span) -> Span:
    return replace(span, status=Status())


def _named(recording: Recording, name: str) -> list[Span]:
    """Return the spans of that name, the earliest first."""
    return sorted((span for span in recording.spans if span.name == name), key=lambda span: span.start_ns)


def _changed(recording: Recording, change: Change, victims: Sequence[Span]) -> Recording:
    spans = tuple(
        change(span) if any(span is victim for victim in victims) else span for span in recording.spans
    )
    return replace(recording, spans=spans)
