"""How many facts a finding concerns, of how many, and the order of findings and of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.findings import SPAN, Finding, LedgerRow
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import Rule, Step
from ot2otel.compare.rules.rule import (
    Dropped,
    Effect,
    Licence,
    Makes,
    Renamed,
    Split,
    attribute,
    of_event,
)
from ot2otel.compare.verdict import Known, judge
from ot2otel.model import Attributes, Event, Kind, Span, Status, StatusCode
from ot2otel.recording import Recording
from tests.support.judging import SPAN as ONE
from tests.support.judging import START_NS, verdict
from tests.support.trees import branch, forest

FAILED = Status(StatusCode.ERROR)


def spans(*attributes: Attributes, **resource: str) -> list[Span]:
    """Make a trace of one span for each of these attributes."""
    return [
        replace(
            ONE, trace_id=f"{number:032x}", attributes=each, resource={"service.name": "shop", **resource}
        )
        for number, each in enumerate(attributes, 1)
    ]


def valued(values: Iterable[str], key: str = "k") -> list[Span]:
    """Make a trace of one span for each of these values, told apart by `n`."""
    made: list[Attributes] = [{"n": number, key: value} for number, value in enumerate(values)]
    return spans(*made)


def by_rule(licence: Licence, before: Sequence[Span], after: Sequence[Span]) -> Finding:
    """Judge by one rule, which loses facts, and return the finding that it has."""
    step = Step((), (Rule("it", Effect.DEGRADED, "", "", (licence,)),))
    found = judge(Recording(tuple(before)), Recording(tuple(after)), Known(step_for=lambda old, new: step))
    (one,) = (one for one in found.findings if one.rules)
    return one


def counts(before: Sequence[Span], after: Sequence[Span]) -> list[tuple[str, str, str, int, int]]:
    return [(one.grade.value, one.field, one.old, one.n, one.of) for one in verdict(before, after).findings]


def test_a_fact_that_is_gone_is_one_of_those_of_the_before() -> None:
    before = spans({"k": 1, "n": 1}, {"k": 1, "n": 2}, {"k": 1, "m": 1, "n": 3}, {"n": 4})
    after = [replace(before[0], attributes={"n": 1}), *before[1:]]

    assert counts(before, after) == [("gone", "attributes.k", "1", 1, 3)]


def test_a_fact_that_is_new_is_one_of_those_of_the_after() -> None:
    after = spans({"k": 1, "n": 1}, {"k": 1, "n": 2}, {"k": 1, "m": 1, "n": 3}, {"n": 4})
    before = [replace(after[0], attributes={"n": 1}), *after[1:]]

    assert counts(before, after) == [("new", "attributes.k", "", 1, 3)]


def test_a_status_is_one_of_the_spans_that_had_it() -> None:
    codes = [StatusCode.ERROR] * 5 + [StatusCode.OK] * 3
    before = [
        replace(span, status=Status(code))
        for span, code in zip(
            spans(*({"n": n, **({"m": n} if n % 2 else {})} for n in range(8))), codes, strict=True
        )
    ]
    after = [
        replace(span, status=Status()) if number in (0, 1, 2, 5) else span
        for number, span in enumerate(before)
    ]

    assert counts(before, after) == [
        ("changed", "status.code", "ERROR", 3, 5),
        ("changed", "status.code", "OK", 1, 3),
    ]


def test_a_parent_is_one_of_all_spans_of_the_before() -> None:
    before = [
        replace(span, trace_id=f"{number:032x}")
        for number in range(1, 4)
        for span in forest(branch("root", branch("leaf", attributes={"n": number})))
    ]
    after = [replace(before[1], parent_id="f" * 16) if span is before[1] else span for span in before]

    assert counts(before, after) == [("changed", "parent", "another span", 1, 6)]


@pytest.mark.parametrize(("old", "new"), [({"zone": "a"}, {}), ({}, {"zone": "a"})], ids=["gone", "new"])
def test_a_fact_of_the_resource_is_one_of_the_resources(old: dict[str, str], new: dict[str, str]) -> None:
    same = [spans({"n": n}, copy=f"{n}") for n in (1, 2)]
    before, after = (
        [*spans({"n": 0}, {"n": 0}, {"n": 0}, copy="0", **each), *same[0], *same[1]] for each in (old, new)
    )

    found = [(one.field, one.n, one.of) for one in verdict(before, after).findings]

    assert found == [("resource.zone", 1, 3)]


def test_a_gone_span_is_one_of_the_spans_of_its_name() -> None:
    before = [
        replace(span, trace_id=f"{number:032x}")
        for number in range(1, 4)
        for span in forest(branch("root", branch("leaf", attributes={f"n{number}": number})))
    ]

    (gone,) = verdict(before, before[:-1]).findings
    (new,) = verdict(before[:-1], before).findings

    common = Finding(Grade.GONE, "service", ("leaf",), SPAN, "", '"leaf"', "", 1, 3)
    examples = ((before[-1].trace_id, before[-1].trace_id),)
    assert gone == replace(common, examples=examples)
    assert new == replace(
        common, grade=Grade.NEW, old_field="", new_field=SPAN, old="", new='"leaf"', examples=examples
    )


def test_a_grade_begins_with_spans_then_with_what_is_frequent() -> None:
    before = spans(*({"n": n, "a": 1, "b": 1} for n in range(3))) + list(
        forest(branch("root", branch("leaf")))
    )
    after = [replace(span, attributes={"n": n}) for n, span in enumerate(before[:3])] + before[3:4]
    after[0] = replace(after[0], attributes={"n": 0, "a": 1})

    assert [(one.field, one.n) for one in verdict(before, after).findings] == [
        (SPAN, 1),
        ("attributes.b", 3),
        ("attributes.a", 2),
    ]


def test_the_values_of_each_side_are_counted_by_themselves() -> None:
    olds, news = ["b"] * 3 + ["a"] * 4, ["z"] * 3 + ["x"] * 2 + ["y"] * 2
    before, after = map(valued, (olds, news))

    (by_old,) = verdict(before, after).findings
    (by_new,) = verdict(after, before).findings

    assert (by_old.old, by_old.new) == ('"a", "b"', '"z", "x", "y"')
    assert (by_new.old, by_new.new) == ('"z", "x", "y"', '"a", "b"')


def test_values_that_are_named_keep_their_order() -> None:
    values = ["x/a", "b", "x/c"]
    before = valued(values)
    after = spans(*({"n": n} for n in range(3)))

    assert verdict(before, after).findings[0].old == '"x/a", "b", "x/c"'


def test_values_without_a_common_template_are_counted() -> None:
    values = ["a", "a", "b/c", "b/c", "d?e", "d?e", "f g", "h-i"]
    before = valued(values)
    after = spans(*({"n": n} for n in range(8)))

    assert verdict(before, after).findings[0].old == '"a", "b/c", "d?e" and 2 more'


def test_a_few_values_of_an_explained_change_are_looked_at() -> None:
    def named(key: str) -> list[Span]:
        found = valued([*(f"v{n}" for n in range(31)), "a/b"], key)
        return [replace(span, status=FAILED) if n > 30 else span for n, span in enumerate(found)]

    found = by_rule(Renamed(attribute("k"), attribute("l")), named("k"), named("l"))

    assert (found.old, found.new, found.n) == ('"#"', '"#"', 32)


def test_an_empty_value_of_a_resource_is_told() -> None:
    resources: list[Attributes] = [{"service.name": "shop", "k": None}, {"service.name": "shop", "k": 1}]
    before, after = ([replace(ONE, resource=each)] for each in resources)

    (found,) = verdict(before, after).findings

    assert (found.old, found.new) == ("null", "1")


def test_a_rule_expects_the_value_that_follows_in_the_first_pair() -> None:
    licence = Split(
        (attribute("k"),),
        lambda old, new: [Makes(attribute("l"), f"{old} and {new}")],
        reads_after=(attribute("m"),),
    )
    before = spans(*({"k": f"a{n}"} for n in range(60)))
    after = spans(*({"l": f"b{n}", "m": f"c{n}"} for n in range(60)))

    found = by_rule(licence, before, after)

    assert (found.n, found.expected) == (60, '"a0 and c0"')


@pytest.mark.parametrize(
    ("licence", "field", "old"),
    [
        pytest.param(
            Dropped((attribute("a"), attribute("b")), ""),
            "attributes.a, attributes.b",
            "1, 2",
            id="attributes",
        ),
        pytest.param(
            Dropped((of_event("attributes", "c"), of_event("attributes", "d")), ""),
            "event.attributes.c, event.attributes.d",
            "3",
            id="attributes of an event",
        ),
        pytest.param(Dropped((of_event("name"), attribute("a")), ""), "event", '"e"', id="an event and more"),
        pytest.param(
            Dropped((attribute("a"), of_event("name")), ""),
            "attributes.a",
            "1",
            id="no event",
        ),
    ],
)
def test_facts_that_are_gone_together_are_told_together(licence: Licence, field: str, old: str) -> None:
    events = (Event("e", START_NS, {"c": 3, "d": 4}),)
    before = [replace(ONE, attributes={"a": 1, "b": 2}, events=events)]

    found = by_rule(licence, before, [replace(ONE, events=())])

    assert (found.old_field, found.old, found.more_spans) == (field, old, 0)


def test_what_is_told_behind_bookkeeping_counts_in_the_ledger() -> None:
    event = Event("e", START_NS, {"c": 3})
    before = [replace(ONE, attributes={"k": 1}, events=(event,), flags=0x101, kind=Kind.SERVER)]
    after = [replace(ONE, attributes={"k": 2}, kind=Kind.SERVER)]

    assert verdict(before, after).ledger == (
        LedgerRow("spans", 1, 1),
        LedgerRow("parents", 0, 0),
        LedgerRow("kinds", 1, 1),
        LedgerRow("errors", 0, 0),
        LedgerRow("names", 1, 1),
        LedgerRow("attributes", 0, 1),
        LedgerRow("events", 0, 1),
    )
