"""Tables of cases for rules: what a case is, and how two spans are judged by a rule alone or by a step."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from ot2otel.compare.facts import Content, Contents, Facts, Place, literal
from ot2otel.compare.judgement import Grade, Settled, StepFor, judge_spans
from ot2otel.compare.rules import JAEGER_STORAGE, STEPS, Rule, Step
from ot2otel.compare.rules.rule import Transport
from ot2otel.compare.rules.shim import KIND_RESTORED
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER
from ot2otel.model import Attributes, Span
from tests.support.fields import SpanFields

if TYPE_CHECKING:
    from typing_extensions import Unpack

Case: TypeAlias = Any  # Any: what pytest.param returns has no public name
Judged: TypeAlias = list[str]

TRANSPORTS: Mapping[str, Transport] = {each.rule.name: each for each in (*THRIFT_EXPORTER, *JAEGER_STORAGE)}
OF_STEPS: Mapping[str, Rule] = {
    rule.name: rule for rule in (*chain.from_iterable(chain.from_iterable(STEPS.values())), *KIND_RESTORED)
}
RULES: Mapping[str, Rule] = {
    **OF_STEPS,
    **{name: transport.rule for name, transport in TRANSPORTS.items()},
}


def span(**fields: Unpack[SpanFields]) -> Span:
    return replace(Span("1" * 32, "1" * 16, "op"), **fields)


def attributes(values: Attributes) -> Span:
    return span(attributes=values)


def resource(values: Attributes) -> Span:
    return span(resource=values)


def case(rule: str, name: str, before: Span, after: Span, *expected: str) -> Case:
    """Return a case of a table: two spans, and what `judged_by` the rule returns."""
    return pytest.param(rule, before, after, sorted(expected), id=f"{rule}-{name}")


def judged_by(rule: str, before: Span, after: Span) -> Judged:
    """Return what `judged` does in the step in which this rule is the only one; its name is `it`."""
    only = Step((TRANSPORTS[rule],), ()) if rule in TRANSPORTS else Step((), (OF_STEPS[rule],))
    return [line.replace(f" by {rule}", " by it") for line in judged(before, after, lambda old, new: only)]


def judged(before: Span, after: Span, step_for: StepFor) -> Judged:
    """Return the grade of every fact of two spans, as sorted lines; facts that are kept have no line.

    A line is `GRADE OLD -> NEW by RULE`; `[KEY]` is an attribute, `event.0[KEY]` one of an event, `event.0`
    all of it. Whether the spans' values are judged as such or as columns makes no difference, and each fact
    has one grade: this function fails otherwise.
    """
    contents = Contents()
    old, new = (
        contents.of(one, targets=tuple(f"{link.trace_id} {link.span_id}" for link in one.links))
        for one in (before, after)
    )
    judgement = judge_spans(old, new, step_for)
    lines = sorted(_lines(judgement.settled, old, new))
    if old is not new:
        by_columns = judge_spans(
            old, new, step_for, (frozenset(old.shape.places), frozenset(new.shape.places))
        )
        assert sorted(_lines(by_columns.settled, old, new)) == lines
        assert by_columns.holds(old.values, new.values)
    settled = judgement.settled
    assert Counter(place for one in settled for place in one.old) == _places(old)
    assert Counter(place for one in settled for place in one.new) == _places(new)
    return lines


def _places(content: Content) -> Counter[Place]:
    return Counter(place for place, _ in content.facts())


def _lines(settled: Iterable[Settled], old: Content, new: Content) -> Iterable[str]:
    for one in settled:
        if one.grade is Grade.KEPT:
            continue
        rules = " and ".join(rule.name for rule in one.rules)
        wanted = literal(one.expected(old.values, new.values)) if one.expected else ""
        yield (
            f"{one.grade.value} {_texts(one.old, old)} -> {_texts(one.new, new)}"
            + (f" by {rules}" if rules else "")
            + (f", which wants {wanted}" if wanted else "")
        )


def _texts(places: Sequence[Place], content: Content) -> str:
    entry = places[0][:2] if places else ()
    if entry[:1] in (("event",), ("link",)) and set(places) == {
        place for place, _ in content.facts() if place[:2] == entry
    }:
        return ".".join(map(str, entry))
    return " + ".join(map(_text, places)) or "nothing"


def _text(place: Place) -> str:
    match place:
        case ("attributes", key):
            return f"[{key}]"
        case (("event" | "link") as entry, number, "attributes", key):
            return f"{entry}.{number}[{key}]"
        case _:
            return ".".join(map(str, place))


def facts_of(one: Span) -> Facts:
    """Return the facts of a span."""
    return dict(Contents().of(one, targets=tuple(link.span_id for link in one.links)).facts())


def tabled(ending: str) -> set[str]:
    """Return the rules with a case in a table with this ending of its name, in the test modules here."""
    return {
        ast.literal_eval(each.args[0])
        for path in Path(__file__).parent.glob("test_*.py")
        for table in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(table, ast.Assign) and isinstance(table.value, ast.List)
        if isinstance(table.targets[0], ast.Name) and table.targets[0].id.endswith(ending)
        for each in table.value.elts
        if isinstance(each, ast.Call)
    }


def without_scope(lines: Judged) -> Judged:
    """Leave out the scope, which a span by hand does not have here; another rule is for that."""
    return [line for line in lines if "scope.name" not in line]
