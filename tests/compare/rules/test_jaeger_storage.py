"""The rules for Jaeger's storage: the facts that each one translates or leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ot2otel import recording_file
from ot2otel.compare.rules import JAEGER_STORAGE
from ot2otel.compare.verdict import judge
from ot2otel.model import Event, KeyValues, Link, Scope, Span
from ot2otel.recording import STORED_IN_JAEGER, Recording
from tests.golden import DIRECTORY
from tests.support.fields import SpanFields
from tests.support.odd_spans import ODD_SPANS

if TYPE_CHECKING:
    from typing_extensions import Unpack

RULES = {rule.name: rule for rule in JAEGER_STORAGE}
TRACE, PARENT, OTHER = "0" * 31 + "1", "0" * 15 + "a", "0" * 15 + "b"
FOLLOWED, CHILD = {"opentracing.ref_type": "follows_from"}, {"opentracing.ref_type": "child_of"}


def span(**fields: Unpack[SpanFields]) -> Span:
    return replace(Span(TRACE, "0" * 15 + "c", "asked", parent_id=PARENT), **fields)


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        pytest.param(
            "jaeger-event-name",
            span(events=(Event("a", 0, {"event": "a", "n": 1}),)),
            span(events=(Event("a", 0, {"n": 1}),)),
            id="an event with a copy of its name",
        ),
        pytest.param(
            "jaeger-event-name-lost",
            span(events=(Event("a", 0, {"event": "b"}),)),
            span(events=(Event("b"),)),
            id="an event with another name in its attribute",
        ),
        pytest.param(
            "jaeger-collections",
            span(attributes={"list": (1, "ü", 2.5, b"1", None)}, resource={"map": KeyValues((("b", True),))}),
            span(attributes={"list": '[1,"ü",2.5,"MQ==",null]'}, resource={"map": '{"b":true}'}),
            id="arrays and maps",
        ),
        pytest.param(
            "jaeger-collections",
            span(events=(Event("a", 0, {"list": ("<", "&")}),)),
            span(events=(Event("a", 0, {"list": '["<","&"]'}),)),
            id="an array of an event",
        ),
        pytest.param(
            "jaeger-scope-tags",
            span(attributes={"otel.scope.name": "code", "otel.scope.version": "1", "n": 1}),
            span(attributes={"n": 1}, scope=Scope("code", "1")),
            id="a scope in tags",
        ),
        pytest.param(
            "jaeger-links",
            span(links=(Link(TRACE, OTHER, {"why": "x"}, "state=1", 1, 2),)),
            span(links=(Link(TRACE, OTHER, FOLLOWED),)),
            id="a link with attributes",
        ),
        pytest.param(
            "jaeger-links",
            span(links=(Link(TRACE, PARENT, CHILD), Link(TRACE, OTHER, CHILD))),
            span(links=(Link(TRACE, OTHER, CHILD),)),
            id="a link to the parent that is no other reference",
        ),
        pytest.param(
            "jaeger-dropped-counts",
            span(dropped_attributes=1, dropped_events=2, dropped_links=3, events=(Event("a", 0, {}, 4),)),
            span(events=(Event("a"),)),
            id="counts of dropped entries",
        ),
        pytest.param(
            "jaeger-scope-attributes",
            span(scope=Scope("code", "1", {"of": "scope"})),
            span(scope=Scope("code", "1")),
            id="the attributes of a scope",
        ),
    ],
)
def test_a_rule_rewrites_a_span_as_jaeger_shows_it(rule: str, before: Span, after: Span) -> None:
    assert RULES[rule].rewrite_old(before) == after


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "untouched",
    [
        pytest.param(span(), id="nothing"),
        pytest.param(span(attributes={"list": "[1, 2]", "event": "a"}), id="text that looks like an array"),
        pytest.param(span(events=(Event("a", 5, {"n": 1}), Event("", 6, {"message": "b"}))), id="events"),
        pytest.param(span(scope=Scope("code", "1"), attributes={"otel.scope.kind": "x"}), id="a scope"),
        pytest.param(span(links=(Link(TRACE, OTHER, CHILD), Link(TRACE, PARENT, FOLLOWED))), id="references"),
    ],
)
def test_a_rule_leaves_alone_what_jaeger_does_not_change(rule: str, untouched: Span) -> None:
    assert (RULES[rule].rewrite_old(untouched), RULES[rule].rewrite_new(untouched)) == (untouched, untouched)


def test_all_that_a_real_jaeger_changed_of_odd_spans_is_explained() -> None:
    verdict = judge(Recording(ODD_SPANS), recording_file.read(DIRECTORY / "jaeger" / "odd.json"))

    changed = {
        one.rule.name: sorted({change.field for change in one.differences}) for one in verdict.explained
    }
    assert (verdict.unexplained, changed) == (
        (),
        {
            "jaeger-event-name": ["events[0].attributes.event"],
            "jaeger-event-name-lost": ["events[1].attributes.event", "events[1].name"],
            "jaeger-collections": [
                "attributes.list",
                "attributes.map",
                "events[0].attributes.list",
                "resource.process.command_args",
            ],
            "jaeger-links": ["links[0].attributes.opentracing.ref_type", "links[0].attributes.why"],
            "jaeger-dropped-counts": ["dropped.attributes", "events[1].dropped.attributes"],
            "jaeger-scope-attributes": ["scope.attributes.of"],
        },
    )


def test_a_value_that_changed_beside_jaeger_stays_unexplained() -> None:
    old = Recording((span(attributes={"list": (1, 2)}),))
    new = Recording((span(attributes={"list": "[1,3]"}),), stored_in=STORED_IN_JAEGER)

    verdict = judge(old, new)

    assert [left.difference.after for left in verdict.unexplained if hasattr(left.difference, "after")] == [
        '"[1,3]"'
    ]


def test_jaeger_explains_nothing_where_both_sides_come_from_it() -> None:
    old = Recording((span(attributes={"list": (1, 2)}),), stored_in=STORED_IN_JAEGER)
    new = Recording((span(attributes={"list": "[1,2]"}),), stored_in=STORED_IN_JAEGER)

    verdict = judge(old, new)

    assert (verdict.explained, len(verdict.unexplained)) == ((), 1)
