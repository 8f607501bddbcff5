"""Compares the answers of two recordings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from ot2otel.recording import Answer, Recording


@dataclass(frozen=True, slots=True)
class AnswerChanged:
    """A request whose answers differ; None on one side if the request was not sent there."""

    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of two recordings: `same` of them, and those that differ.

    They are compared only if both recordings have answers; `before` and `after` tell how many.
    """

    before: int
    after: int
    same: int = 0
    changed: tuple[AnswerChanged, ...] = ()

    @property
    def compared(self) -> bool:
        """Tell whether both recordings have answers."""
        return bool(self.before and self.after)


def compare_answers(before: Recording, after: Recording) -> Answers:
    """Compare the answers request by request, in the order in which they were recorded."""
    olds, news = before.normalized_answers(), after.normalized_answers()
    if not olds or not news:
        return Answers(len(olds), len(news))
    pairs = list(zip_longest(olds, news))
    changed = tuple(AnswerChanged(old, new) for old, new in pairs if old != new)
    return Answers(len(olds), len(news), len(pairs) - len(changed), changed)
