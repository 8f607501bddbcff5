"""The grade of a fact, and that which rules give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from ot2otel.compare.rules.rule import Effect, Rule


class Grade(Enum):
    """What became of a fact, the mildest first."""

    KEPT = "kept"
    BOOKKEEPING = "bookkeeping"
    TRANSLATED = "translated"
    ADDED = "added"
    IMPROVED = "improved"
    NOISE = "noise"
    NEW = "new"
    DEGRADED = "degraded"
    CHANGED = "changed"
    GONE = "gone"

    __hash__ = object.__hash__  # as that of Kind


GRADES = {effect: Grade(effect.value) for effect in Effect}
UNEXPLAINED = (Grade.CHANGED, Grade.GONE)


def worst(rules: Sequence[Rule]) -> Grade:
    """Return the grade of a fact that stands, after these transports."""
    if not rules:
        return Grade.KEPT
    worst = max((rule.effect for rule in rules), key=list(Effect).index)
    return GRADES[worst]


def distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return each rule once, in the order in which they were found."""
    return tuple(dict.fromkeys(rules))
