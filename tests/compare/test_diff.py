from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.compare.diff import CLOCK_TOLERANCE_NS, Changed, Difference, Extra, Missing, Moved, diff, literal
from ot2otel.model import AttributeValue, Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode
from tests.support.fields import SpanFields
from tests.support.forests import forests
from tests.support.spans import spans
from tests.support.trees import branch, chain, forest

SPAN = Span("1" * 32, "1" * 16, "op")


def changes(before: SpanFields, after: SpanFields) -> tuple[Difference, ...]:
    """Return the differences between a span with the fields `before` and the same with the fields `after`."""
    return diff([replace(SPAN, **before)], [replace(SPAN, **after)])


def attributes_differ(before: AttributeValue, after: AttributeValue) -> bool:
    return bool(changes({"attributes": {"k": before}}, {"attributes": {"k": after}}))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        pytest.param({}, {"name": "po"}, ("name", '"op"', '"po"'), id="name"),
        pytest.param({}, {"resource": {"service.name": "b"}}, ("service", '""', '"b"'), id="service"),
        pytest.param(
            {"resource": {"service.name": 1}},
            {"resource": {"service.name": "1"}},
            ("service", "1", '"1"'),
            id="type of the service's name",
        ),
        pytest.param({}, {"kind": Kind.CLIENT}, ("kind", "UNSPECIFIED", "CLIENT"), id="kind"),
        pytest.param({}, {"status": Status(StatusCode.OK)}, ("status.code", "UNSET", "OK"), id="status"),
        pytest.param(
            {"status": Status(StatusCode.ERROR, "why")},
            {"status": Status(StatusCode.ERROR)},
            ("status.message", '"why"', None),
            id="status message",
        ),
        pytest.param(
            {"attributes": {"k": 1}}, {"attributes": {"k": 2}}, ("attributes.k", "1", "2"), id="attribute"
        ),
        pytest.param({}, {"attributes": {"k": None}}, ("attributes.k", None, "null"), id="new attribute"),
        pytest.param({"resource": {"k": 1}}, {}, ("resource.k", "1", None), id="lost resource attribute"),
        pytest.param({}, {"scope": Scope("lib")}, ("scope.name", None, '"lib"'), id="scope name"),
        pytest.param({}, {"scope": Scope(version="1")}, ("scope.version", None, '"1"'), id="scope version"),
        pytest.param(
            {},
            {"scope": Scope(attributes={"k": True})},
            ("scope.attributes.k", None, "true"),
            id="scope attribute",
        ),
        pytest.param(
            {}, {"dropped_attributes": 1}, ("dropped.attributes", None, "1"), id="dropped attributes"
        ),
        pytest.param({}, {"dropped_events": 1}, ("dropped.events", None, "1"), id="dropped events"),
        pytest.param({}, {"dropped_links": 1}, ("dropped.links", None, "1"), id="dropped links"),
        pytest.param(
            {"events": (Event("a"),)},
            {"events": (Event("b"),)},
            ("events[0].name", '"a"', '"b"'),
            id="event name",
        ),
        pytest.param(
            {"events": (Event("a", attributes={"k": 1}),)},
            {"events": (Event("a", attributes={"k": 1.0}),)},
            ("events[0].attributes.k", "1", "1.0"),
            id="event attribute",
        ),
        pytest.param(
            {"events": (Event("a"),)},
            {"events": (Event("a", dropped_attributes=3),)},
            ("events[0].dropped.attributes", None, "3"),
            id="dropped attributes of an event",
        ),
        pytest.param(
            {"events": (Event("a", attributes={"k": 1, "l": "x"}),)},
            {},
            ("events[0]", '"a" (k=1, l="x")', None),
            id="lost event",
        ),
        pytest.param(
            {},
            {"links": (Link("1" * 32, "1" * 16, {"k": 1}),)},
            ("links[0]", None, "op (k=1)"),
            id="new link",
        ),
        pytest.param(
            {"links": (Link("1" * 32, "1" * 16),)},
            {"links": (Link("1" * 32, "2" * 16),)},
            ("links[0].to", "op", "a span outside the recording"),
            id="where a link points",
        ),
        pytest.param(
            {"links": (Link("1" * 32, "1" * 16),)},
            {"links": (Link("1" * 32, "1" * 16, {"k": b"1"}),)},
            ("links[0].attributes.k", None, 'b"MQ=="'),
            id="link attribute",
        ),
        pytest.param({}, {"parent_id": "2" * 16}, ("parent", None, "named, but not recorded"), id="orphan"),
    ],
)
def test_one_changed_fact_is_one_difference(
    before: SpanFields, after: SpanFields, change: tuple[str, str | None, str | None]
) -> None:
    assert changes(before, after) == (Changed("op", *change),)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"trace_id": "2" * 32}, id="trace id"),
        pytest.param({"span_id": "2" * 16}, id="span id"),
        pytest.param({"start_ns": 5, "end_ns": 9}, id="times"),
        pytest.param({"trace_state": "a=b"}, id="trace state"),
        pytest.param({"flags": 1}, id="flags"),
    ],
)
def test_ids_times_and_flags_are_no_difference(fields: SpanFields) -> None:
    assert changes({}, fields) == ()


VALUES: tuple[AttributeValue, ...] = (
    1,
    1.0,
    True,
    "1",
    "true",
    b"1",
    None,
    "null",
    (),
    (1,),
    (1.0,),
    (True,),
    (("1",),),
    "[1]",
    KeyValues(),
    KeyValues((("1", 1),)),
    KeyValues((("1", "1"),)),
)


def test_values_differ_if_their_types_do() -> None:
    equal = [(before, after) for before in VALUES for after in VALUES if not attributes_differ(before, after)]

    assert [tuple(map(repr, pair)) for pair in equal] == [(repr(value), repr(value)) for value in VALUES]


def test_nan_equals_itself() -> None:
    assert not attributes_differ(float("nan"), float("nan"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('a"b\n', '"a\\"b\\n"'),
        ("ü", '"ü"'),
        ((1, ("x", None)), '[1, ["x", null]]'),
        (KeyValues((("k", b"\0"), ("k", 0.5))), '{"k": b"AA==", "k": 0.5}'),
    ],
    ids=repr,
)
def test_a_literal_shows_the_type_of_its_value(value: AttributeValue, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize("extra", [0, 1, 2, 3], ids=lambda extra: f"at {extra}")
def test_one_event_more_does_not_shift_those_behind_it(extra: int) -> None:
    few = [Event("try", attributes={"number": number}) for number in range(3)]
    many = [*few[:extra], Event("wait"), *few[extra:]]

    grown = changes({"events": tuple(few)}, {"events": tuple(many)})
    shrunk = changes({"events": tuple(many)}, {"events": tuple(few)})

    assert grown == (Changed("op", f"events[{extra}]", None, '"wait" ()'),)
    assert shrunk == (Changed("op", f"events[{extra}]", '"wait" ()', None),)


def test_an_event_matches_the_likest_whatever_its_keys_are_called() -> None:
    old = Event("error", attributes={"message": "boom"})
    new = Event("exception", attributes={"exception.message": "boom"})

    found = changes({"events": (old,)}, {"events": (Event("start"), new)})

    assert found == (
        Changed("op", "events[0]", None, '"start" ()'),
        Changed("op", "events[0].attributes.exception.message", None, '"boom"'),
        Changed("op", "events[0].attributes.message", '"boom"', None),
        Changed("op", "events[0].name", '"error"', '"exception"'),
    )


@pytest.mark.parametrize("extra", [0, 1, 2], ids=lambda extra: f"at {extra}")
def test_one_link_more_does_not_shift_those_behind_it(extra: int) -> None:
    def linked(targets: str) -> tuple[Span, ...]:
        first, second, third = forest(branch("a"), branch("b"), branch("c"))
        to = {span.name: Link(span.trace_id, span.span_id) for span in (first, second, third)}
        return first, second, replace(third, links=tuple(to[name] for name in targets))

    many = "ab"[:extra] + "c" + "ab"[extra:]

    assert diff(linked("ab"), linked(many)) == (Changed("c", f"links[{extra}]", None, "c ()"),)
    assert diff(linked(many), linked("ab")) == (Changed("c", f"links[{extra}]", "c ()", None),)


def test_a_link_follows_the_span_it_points_at_when_that_moves() -> None:
    def linked(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        by_name = {span.name: span for span in spans}
        target = by_name["target"]
        by_name["source"] = replace(by_name["source"], links=(Link(target.trace_id, target.span_id),))
        return tuple(by_name.values())

    before = linked(forest(branch("root", branch("source"), branch("a", branch("target")), branch("b"))))
    after = linked(forest(branch("root", branch("source"), branch("a"), branch("b", branch("target")))))

    assert diff(before, after) == (Moved("root > a > target", "root > b > target"),)


def test_the_frames_of_a_stack_are_no_difference() -> None:
    def raised(trace: str) -> SpanFields:
        return {"events": (Event("exception", attributes={"exception.stacktrace": trace}),)}

    assert changes(raised('File "/a.py", line 1'), raised('File "/b.py", line 2')) == ()
    assert changes(raised('File "/a.py", line 1'), raised("")) == (
        Changed("op", "events[0].attributes.exception.stacktrace", "<stack trace>", '""'),
    )


def test_the_differences_of_structure_come_first() -> None:
    before = forest(branch("root", branch("middle", branch("leaf")), attributes={"k": 1}))
    after = tuple(replace(span, attributes={}) for span in before if span.name != "middle")

    assert diff(before, (*after, *forest(branch("else", service="other")))) == (
        Missing("root > middle"),
        Extra("else"),
        Moved("root > middle > leaf", "leaf"),
        Changed("root > middle > leaf", "parent", None, "named, but not recorded"),
        Changed("root", "attributes.k", "1", None),
    )


def nested(
    start: int = 0,
    end: int = 0,
    parent: Kind = Kind.INTERNAL,
    **child: Any,  # Any: fields of `Span`, each with its own type
) -> tuple[Span, ...]:
    """Make a parent and a child; `start` and `end` are nanoseconds after the parent's start and end."""
    inner = branch("inner", start_ns=100_000 + start, end_ns=200_000 + end, **child)
    return forest(branch("outer", inner, start_ns=100_000, end_ns=200_000, kind=parent))


@pytest.mark.parametrize(
    ("start", "end", "difference"),
    [
        (-CLOCK_TOLERANCE_NS, CLOCK_TOLERANCE_NS, None),
        (-CLOCK_TOLERANCE_NS - 1, 0, "starts before its parent"),
        (0, CLOCK_TOLERANCE_NS + 1, "ends after its parent"),
        (-9_999, 9_999, "starts before its parent, ends after its parent"),
    ],
    ids=["within the tolerance", "early", "late", "both"],
)
def test_a_child_lies_inside_its_parent_in_time(start: int, end: int, difference: str | None) -> None:
    found = diff(nested(), nested(start, end))

    assert found == ((Changed("outer > inner", "time", None, difference),) if difference else ())


def test_a_child_that_sticks_out_on_both_sides_is_no_difference() -> None:
    assert diff(nested(end=9_000), nested(end=7_000)) == ()


def test_a_child_put_right_is_a_difference() -> None:
    assert diff(nested(end=9_000), nested()) == (
        Changed("outer > inner", "time", "ends after its parent", None),
    )


@pytest.mark.parametrize(
    "handed_over",
    [
        pytest.param({"kind": Kind.CONSUMER}, id="to a consumer"),
        pytest.param({"parent": Kind.PRODUCER}, id="by a producer"),
        pytest.param({"links": (Link(f"{1:032x}", f"{1:016x}"),)}, id="with a link to the parent"),
    ],
)
def test_what_was_handed_over_may_end_later(
    handed_over: dict[str, Any],  # Any: each option of `nested` has its own type
) -> None:
    assert diff(nested(**handed_over), nested(end=9_000, **handed_over)) == ()


@given(forests(), st.integers(-100, 100))
def test_ids_and_absolute_times_never_count(spans: tuple[Span, ...], shift: int) -> None:
    def renamed(span_id: str) -> str:
        return f"{int(span_id, 16) + 512:016x}" if span_id else ""

    moved = tuple(
        replace(
            span,
            trace_id=f"{int(span.trace_id, 16) + 512:032x}",
            span_id=renamed(span.span_id),
            parent_id=renamed(span.parent_id),
            start_ns=span.start_ns + shift,
            end_ns=span.end_ns + shift,
        )
        for span in spans
    )

    assert diff(spans, moved) == ()


@given(st.lists(spans, max_size=3))
def test_any_spans_equal_themselves(carried: list[Span]) -> None:
    assert diff(carried, carried) == ()


@given(spans, spans)
def test_a_difference_the_other_way_round_has_its_sides_swapped(one: Span, other: Span) -> None:
    one, other = (replace(span, name="op", resource={}) for span in (one, other))

    def sides(found: tuple[Difference, ...]) -> Counter[tuple[str, str | None, str | None]]:
        changed = (change for change in found if isinstance(change, Changed))
        # An event or a link has its number in the before.
        return Counter((re.sub(r"\[\d+\]", "", c.field), c.before, c.after) for c in changed)

    swapped = sides(diff([other], [one]))

    assert sides(diff([one], [other])) == Counter(
        {(field, after, before): times for (field, before, after), times in swapped.items()}
    )


def test_ten_thousand_levels_compare() -> None:
    deep = chain(10_000)

    assert diff(deep, (*deep[:-1], replace(deep[-1], kind=Kind.CLIENT))) == (
        Changed(" > ".join(["step"] * 10_000), "kind", "UNSPECIFIED", "CLIENT"),
    )
