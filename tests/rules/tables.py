"""What a table of a rule's cases is made of, and how one is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ot2otel.model import Span
from ot2otel.rules import Rule

Fields = dict[str, Any]  # Any: those of `Span`, each with its own type


def span(fields: Fields) -> Span:
    return replace(Span("1" * 32, "1" * 16, "op"), **fields)


def by_name(*tables: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.name: rule for table in tables for rule in table}


def reads(reading: Callable[[Span], Span], fields: Fields) -> Span:
    """Return how a span with these fields is read."""
    return reading(span(fields))
