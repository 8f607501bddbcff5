"""The changes of Jaeger's storage, which are undone on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel import recording_file
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import JAEGER_STORAGE, Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Event, KeyValues, Link, Scope, Span
from ot2otel.recording import STORED_IN_JAEGER, Recording
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span
from tests.golden import DIRECTORY
from tests.support.odd_spans import ODD_SPANS

TRACE, OTHER = "1" * 32, "b" * 16
FOLLOWED = Link(TRACE, OTHER, {"opentracing.ref_type": "follows_from"})
CHILD = Link(TRACE, OTHER, {"opentracing.ref_type": "child_of"})


def event(name: str, **values: str | int | tuple[str, ...]) -> Span:
    return span(events=(Event(name, attributes=values),))


TRANSLATES = [
    case(
        "jaeger-event-name",
        "a copy of the name",
        event("a", event="a", n=1),
        event("a", n=1),
        "translated event.0[event] -> nothing by it",
    ),
    case(
        "jaeger-event-name",
        "a copy that only the after has",
        event("a", n=1),
        event("a", event="a", n=1),
        "translated nothing -> event.0[event] by it",
    ),
    case(
        "jaeger-event-name-lost",
        "another name",
        event("a", event="b", n=1),
        event("b", n=1),
        "degraded event.0.name + event.0[event] -> event.0.name by it",
    ),
    case(
        "jaeger-collections",
        "an array",
        attributes({"list": (1, "ü", 2.5, b"1", None)}),
        attributes({"list": '[1,"ü",2.5,"MQ==",null]'}),
        "translated [list] -> [list] by it",
    ),
    case(
        "jaeger-collections",
        "a map, whose keys have no order",
        span(resource={"map": KeyValues((("b", True), ("a", 1)))}),
        span(resource={"map": '{"a":1,"b":true}'}),
        "translated resource.map -> resource.map by it",
    ),
    case(
        "jaeger-collections",
        "an array of an event",
        event("a", k=("<", "&")),
        event("a", k='["<","&"]'),
        "translated event.0[k] -> event.0[k] by it",
    ),
    case(
        "jaeger-scope-tags",
        "a scope in tags",
        attributes({"otel.scope.name": "code", "otel.scope.version": "1"}),
        span(scope=Scope("code", "1")),
        "translated [otel.scope.name] -> scope.name by it",
        "translated [otel.scope.version] -> scope.version by it",
    ),
    case(
        "jaeger-scope-tags",
        "a scope without a version",
        attributes({"otel.scope.name": "code", "otel.scope.version": ""}),
        span(scope=Scope("code")),
        "translated [otel.scope.name] -> scope.name by it",
        "translated [otel.scope.version] -> nothing by it",
    ),
    case(
        "jaeger-links",
        "a link with attributes, a state and flags",
        span(links=(Link(TRACE, OTHER, {"why": "x"}, "state=1", 0x301, 2),)),
        span(links=(FOLLOWED,)),
        "bookkeeping link.0.flags -> nothing by flags-not-carried",
        "degraded link.0.dropped -> nothing by it",
        "degraded link.0.trace_state -> nothing by it",
        "degraded link.0[why] -> nothing by it",
        "degraded nothing -> link.0[opentracing.ref_type] by it",
    ),
    case(
        "jaeger-dropped-counts",
        "counts of dropped entries",
        span(dropped_attributes=1, dropped_events=2, dropped_links=3, events=(Event("a", 0, {}, 4),)),
        span(events=(Event("a"),)),
        "degraded dropped.attributes -> nothing by it",
        "degraded dropped.events -> nothing by it",
        "degraded dropped.links -> nothing by it",
        "degraded event.0.dropped -> nothing by it",
    ),
    case(
        "jaeger-scope-attributes",
        "the attributes of a scope",
        span(scope=Scope("code", "1", {"of": "scope"})),
        span(scope=Scope("code", "1")),
        "degraded scope.attributes.of -> nothing by it",
    ),
]
LEAVES_ALONE = [
    case("jaeger-links", "a reference", span(links=(CHILD,)), span(links=(CHILD,))),
    case(
        "jaeger-scope-attributes",
        "another attribute of the scope",
        span(scope=Scope("code", attributes={"of": "scope"})),
        span(scope=Scope("code", attributes={"of": "module"})),
        "changed scope.attributes.of -> scope.attributes.of",
    ),
    case(
        "jaeger-dropped-counts",
        "an event that is lost",
        span(events=(Event("a", dropped_attributes=1),)),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "jaeger-event-name",
        "another name",
        event("a", event="a", n=1),
        event("b", n=1),
        "changed event.0.name + event.0[event] -> event.0.name",
    ),
    case(
        "jaeger-event-name",
        "an attribute of the span",
        attributes({"event": "op"}),
        attributes({}),
        "gone [event] -> nothing",
    ),
    case(
        "jaeger-event-name-lost",
        "a third name",
        event("a", event="b", n=1),
        event("c", n=1),
        "changed event.0.name + event.0[event] -> event.0.name",
    ),
    case(
        "jaeger-event-name-lost",
        "a number",
        event("a", event=1, n=1),
        event("a", n=1),
        "gone event.0[event] -> nothing",
    ),
    case(
        "jaeger-collections",
        "another array",
        attributes({"list": (1, 2)}),
        attributes({"list": "[1,3]"}),
        "changed [list] -> [list]",
    ),
    case(
        "jaeger-collections",
        "text like an array",
        attributes({"k": "[1, 2]"}),
        attributes({"k": "[1,2]"}),
        "changed [k] -> [k]",
    ),
    case(
        "jaeger-collections",
        "an array that is lost",
        attributes({"k": (1,)}),
        attributes({}),
        "gone [k] -> nothing",
    ),
    case(
        "jaeger-scope-tags",
        "another scope",
        attributes({"otel.scope.name": "code"}),
        span(scope=Scope("lib")),
        "changed [otel.scope.name] -> scope.name",
    ),
    case(
        "jaeger-scope-tags",
        "another tag",
        attributes({"otel.scope.kind": "x"}),
        attributes({}),
        "gone [otel.scope.kind] -> nothing",
    ),
    case(
        "jaeger-links",
        "a reference of another type",
        span(links=(CHILD,)),
        span(links=(FOLLOWED,)),
        "changed link.0[opentracing.ref_type] -> link.0[opentracing.ref_type]",
    ),
    case(
        "jaeger-links",
        "a link that is lost",
        span(links=(Link(TRACE, OTHER, {"why": "x"}),)),
        span(),
        "gone link.0 -> nothing",
    ),
    case(
        "jaeger-dropped-counts",
        "another count",
        span(dropped_attributes=1),
        span(dropped_attributes=2),
        "changed dropped.attributes -> dropped.attributes",
    ),
    case(
        "jaeger-scope-attributes",
        "another name of the scope",
        span(scope=Scope("code", attributes={"of": "scope"})),
        span(scope=Scope("lib")),
        "changed scope.name -> scope.name",
        "degraded scope.attributes.of -> nothing by it",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected


def test_a_change_that_loses_nothing_has_no_consequence() -> None:
    lossless = [each.rule for each in JAEGER_STORAGE if each.rule.effect is not Effect.DEGRADED]

    assert {rule.consequence for rule in lossless} == {""}


def test_all_that_a_real_jaeger_changed_of_odd_spans_is_explained() -> None:
    verdict = judge(Recording(ODD_SPANS), recording_file.read(DIRECTORY / "jaeger" / "odd.json"))

    changed: dict[str, list[str]] = {}
    for finding in verdict.findings:
        for rule in finding.rules:
            changed.setdefault(rule.name, []).append(f"{finding.old_field} -> {finding.new_field}")
    assert {name: sorted(fields) for name, fields in changed.items()} == {
        "jaeger-event-name": ["event.attributes.event -> "],
        "jaeger-event-name-lost": ["event -> event.name"],
        "jaeger-collections": [
            "attributes.list -> attributes.list",
            "attributes.map -> attributes.map",
            "event.attributes.list -> event.attributes.list",
            "resource.process.command_args -> resource.process.command_args",
        ],
        "jaeger-links": [" -> link.attributes.opentracing.ref_type", "link.attributes.why -> "],
        "jaeger-dropped-counts": ["dropped.attributes -> ", "event.dropped -> "],
        "jaeger-scope-attributes": ["scope.attributes.of -> "],
    }
    assert {finding.grade for finding in verdict.findings} == {Grade.TRANSLATED, Grade.DEGRADED}


@pytest.mark.parametrize("run", ["legacy-jaeger", "shim-jaeger", "shim-otlp", "native-jaeger", "native-otlp"])
def test_a_flow_is_the_same_in_a_real_jaeger_and_in_our_collector(run: str) -> None:
    ours, stored = (
        replace(recording_file.read(DIRECTORY / where / f"hello-{run}.json"), flow="hello")
        for where in ("recordings", "jaeger")
    )

    there, back = judge(ours, stored), judge(stored, ours)

    same = Outcome.IDENTICAL if run == "legacy-jaeger" else Outcome.EQUIVALENT
    assert (there.outcome, back.outcome) == (same, same)


def test_a_value_that_changed_beside_jaeger_stays_unexplained() -> None:
    old = Recording((attributes({"list": (1, 2)}),))
    new = Recording((attributes({"list": "[1,3]"}),), stored_in=STORED_IN_JAEGER)

    found = judge(old, new).findings

    assert [(one.grade, one.old, one.new, one.rules) for one in found] == [
        (Grade.CHANGED, "[1, 2]", '"[1,3]"', ())
    ]


def test_jaeger_explains_nothing_where_both_sides_come_from_it() -> None:
    old = Recording((attributes({"list": (1, 2)}),), stored_in=STORED_IN_JAEGER)
    new = Recording((attributes({"list": "[1,2]"}),), stored_in=STORED_IN_JAEGER)

    found = judge(old, new).findings

    assert [(one.grade, one.rules) for one in found] == [(Grade.CHANGED, ())]
