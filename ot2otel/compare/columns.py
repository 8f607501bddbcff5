"""Judges each distinct pair of contents once, or all pairs of one form that differ in columns alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from ot2otel.compare.facts import TIME, Content, Place, Shape, unsaid
from ot2otel.compare.judgement import Judgement, StepFor, Values, judge_spans
from ot2otel.compare.rows import Judged, Row
from ot2otel.compare.rules.origin import LIBRARY

# A group of pairs with more distinct contents than this is judged by columns.
_FEW_PAIRS = 40
# A fact with more distinct values than this in such a group is a column.
_FEW_VALUES = 6
# These decide which rules apply.
_NO_COLUMNS = frozenset({TIME, LIBRARY})


def judged_contents(pairs: Iterable[Row], step_for: StepFor) -> Iterator[Judged]:
    """Yield the judgements of distinct pairs of contents; none of the rows lacks a side."""
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in pairs:
        old, new = _there(row.old), _there(row.new)
        groups[old.shape, new.shape, old.resource, new.resource, old.scope, new.scope].append(row)
    for rows in groups.values():
        yield from _judged_group(rows, step_for)


def _judged_group(rows: list[Row], step_for: StepFor) -> Iterator[Judged]:
    if len(rows) <= _FEW_PAIRS:
        for row in rows:
            yield Judged(judge_spans(_there(row.old), _there(row.new), step_for).settled, (row,))
        return
    olds, news = [_there(row.old) for row in rows], [_there(row.new) for row in rows]
    columns = _columns(olds), _columns(news)
    few = _few(olds[0].shape, columns[0]), _few(news[0].shape, columns[1])
    forms: dict[object, list[tuple[Judgement, list[Row]]]] = defaultdict(list)
    same: list[Row] = []
    for old, new, row in zip(olds, news, rows, strict=True):
        if old is new:
            same.append(row)
            continue
        values = old.values, new.values
        judgements = forms[few[0](values[0]), few[1](values[1])]
        for judgement, held in judgements:
            if judgement.holds(*values):
                held.append(row)
                break
        else:
            judgements.append((judge_spans(old, new, step_for, columns), [row]))
    yield from _judged_same(same, step_for)
    for judgements in forms.values():
        for judgement, held in judgements:
            yield Judged(judgement.settled, held)


def _judged_same(rows: list[Row], step_for: StepFor) -> Iterator[Judged]:
    """Yield the judgements of spans that are the same on both sides; equal shapes may say different facts."""
    by_said: dict[tuple[Place, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_said[tuple(place for place, _ in _there(row.old).facts())].append(row)
    for said in by_said.values():
        same = _there(said[0].old)
        yield Judged(judge_spans(same, same, step_for).settled, said)


def _there(content: Content | None) -> Content:
    if content is None:
        raise ValueError("a row of a pair has both contents")
    return content


def _columns(contents: Sequence[Content]) -> frozenset[Place]:
    shape = contents[0].shape
    found = []
    for place, values in zip(
        shape.places, zip(*(content.values for content in contents), strict=True), strict=True
    ):
        if place not in _NO_COLUMNS and len(set(values)) > _FEW_VALUES:
            found.append(place)
    return frozenset(found)


def _few(shape: Shape, columns: frozenset[Place]) -> Callable[[Values], Any]:  # Any: values of facts
    """Make the key of a form: the values that are no columns, and which columns say nothing."""
    few = itemgetter(*(index for index, place in enumerate(shape.places) if place not in columns))
    silent = [(shape.index[place], unsaid(place)) for place in columns if unsaid(place)]
    if not silent:
        return few
    return lambda values: (few(values), *(values[index] in nothing for index, nothing in silent))
