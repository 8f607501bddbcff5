"""Tables of cases for rules: how they are made and applied."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from ot2otel.compare.rules import Rule
from ot2otel.model import Span
from tests.support.fields import SpanFields

Table = Sequence[Any]  # Any: what pytest.param returns has no public name


def span(fields: SpanFields) -> Span:
    return replace(Span("1" * 32, "1" * 16, "op"), **fields)


def by_name(*tables: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.name: rule for table in tables for rule in table}


def rewritten(rewrite: Callable[[Span], Span], fields: SpanFields) -> Span:
    """Apply a side of a rule to a span with these fields."""
    return rewrite(span(fields))


def cases(rules: Mapping[str, Rule], before: Iterable[Table], after: Iterable[Table]) -> Table:
    """Return (side of a rule, fields of a span, expected fields) for each case of the tables.

    A case is (rule, fields) if the rule leaves the fields alone, else (rule, fields, expected fields).
    """
    found = []
    for side, tables in (("rewrite_old", before), ("rewrite_new", after)):
        for case in chain.from_iterable(tables):
            rule, fields, *translated = case.values
            rewrite, expected = getattr(rules[rule], side), translated[0] if translated else fields
            found.append(pytest.param(rewrite, fields, expected, id=f"{side}-{rule}-{case.id}"))
    return found


def tabled(ending: str) -> set[str]:
    """Return the rules with a case in a table with this ending of its name, in the test modules here."""
    return {
        ast.literal_eval(case.args[0])
        for path in Path(__file__).parent.glob("test_*.py")
        for table in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(table, ast.Assign) and isinstance(table.value, ast.List)
        if isinstance(table.targets[0], ast.Name) and table.targets[0].id.endswith(ending)
        for case in table.value.elts
        if isinstance(case, ast.Call)
    }
