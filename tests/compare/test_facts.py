from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ot2otel.compare.facts import FAR_OUTSIDE_NS, Contents, Stack, interned, literal
from ot2otel.model import AttributeValue, Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode
from tests.support.fields import SpanFields
from tests.support.judging import SPAN, START_NS, Told, changes, verdict
from tests.support.spans import spans

LINK = Link("9" * 32, "9" * 16, {"k": "beside"}, flags=0x100)
EVENT = Event("a", START_NS + 1, {"k": "beside"})
OUTSIDE = START_NS - FAR_OUTSIDE_NS - 1


def content_of(span: Span) -> dict[tuple[str | int, ...], object]:
    return dict(Contents().of(span, targets=("here",) * len(span.links)).facts())


ONE_CHANGED = [
    pytest.param({}, {"name": "po"}, Told("changed", "name", '"op"', '"po"'), id="name"),
    pytest.param(
        {"kind": Kind.CLIENT}, {"kind": Kind.SERVER}, Told("changed", "kind", "CLIENT", "SERVER"), id="kind"
    ),
    pytest.param(
        {"kind": Kind.UNSPECIFIED},
        {"kind": Kind.SERVER},
        Told("improved", "kind", "UNSPECIFIED", "SERVER"),
        id="kind where there was none",
    ),
    pytest.param(
        {}, {"status": Status(StatusCode.OK)}, Told("changed", "status.code", "UNSET", "OK"), id="status"
    ),
    pytest.param(
        {"status": Status(StatusCode.ERROR, "why")},
        {"status": Status(StatusCode.ERROR)},
        Told("changed", "status.message", '"why"', ""),
        id="status message",
    ),
    pytest.param(
        {"attributes": {"k": 1}},
        {"attributes": {"k": 2}},
        Told("changed", "attributes.k", "1", "2"),
        id="attribute",
    ),
    pytest.param({"attributes": {"k": 1}}, {}, Told("gone", "attributes.k", "1", ""), id="lost attribute"),
    pytest.param({}, {"attributes": {"k": None}}, Told("new", "attributes.k", "", "null"), id="new one"),
    pytest.param(
        {"resource": {"k": 1}},
        {"resource": {"k": 2}},
        Told("changed", "resource.k", "1", "2"),
        id="resource attribute",
    ),
    pytest.param(
        {"resource": {"k": 1}}, {}, Told("gone", "resource.k", "1", ""), id="lost resource attribute"
    ),
    pytest.param(
        {"resource": {"service.name": 1}},
        {"resource": {"service.name": "1"}},
        Told("changed", "resource.service.name", "1", '"1"'),
        id="type of the service's name",
    ),
    pytest.param(
        {"scope": Scope("a")},
        {"scope": Scope("b")},
        Told("changed", "scope.name", '"a"', '"b"'),
        id="scope name",
    ),
    pytest.param(
        {"scope": Scope("a", "1")},
        {"scope": Scope("a")},
        Told("gone", "scope.version", '"1"', ""),
        id="scope version",
    ),
    pytest.param(
        {"scope": Scope("a")},
        {"scope": Scope("a", attributes={"k": True})},
        Told("new", "scope.attributes.k", "", "true"),
        id="scope attribute",
    ),
    pytest.param(
        {}, {"dropped_attributes": 1}, Told("changed", "dropped.attributes", "", "1"), id="dropped attributes"
    ),
    pytest.param({"dropped_events": 1}, {}, Told("changed", "dropped.events", "1", ""), id="dropped events"),
    pytest.param({}, {"dropped_links": 1}, Told("changed", "dropped.links", "", "1"), id="dropped links"),
    pytest.param({}, {"trace_state": "a=b"}, Told("changed", "trace_state", "", '"a=b"'), id="trace state"),
    pytest.param(
        {"flags": 0x101},
        {"flags": 0x100},
        Told("changed", "flags", '"local, sampled"', '"local"'),
        id="sampled",
    ),
    pytest.param(
        {"flags": 0x100}, {"flags": 0x300}, Told("changed", "flags", '"local"', '"remote"'), id="remote"
    ),
    pytest.param(
        {"flags": 0}, {"flags": 0x101}, Told("bookkeeping", "flags", "", '"local, sampled"'), id="flags"
    ),
    pytest.param({"flags": 1}, {"flags": 0}, Told("bookkeeping", "flags", '"sampled"', ""), id="no flags"),
    pytest.param(
        {"flags": 0x101},
        {"flags": 1},
        Told("bookkeeping", "flags", '"local, sampled"', '"sampled"'),
        id="sampled, and nothing of the parent",
    ),
    pytest.param(
        {"flags": 1},
        {"flags": 0x301},
        Told("bookkeeping", "flags", '"sampled"', '"remote, sampled"'),
        id="sampled, and nothing of the parent in the before",
    ),
    pytest.param(
        {"flags": 1}, {"flags": 0x100}, Told("changed", "flags", '"sampled"', '"local"'), id="not sampled"
    ),
    pytest.param(
        {"attributes": {"k": "sampled"}},
        {"attributes": {"k": "local, sampled"}},
        Told("changed", "attributes.k", '"sampled"', '"local, sampled"'),
        id="an attribute with the text of flags",
    ),
    pytest.param(
        {"flags": 0x300},
        {"flags": 1},
        Told("changed", "flags", '"remote"', '"sampled"'),
        id="sampled in the after",
    ),
    pytest.param(
        {"links": (LINK,)},
        {"links": (replace(LINK, flags=1),)},
        Told("changed", "link.flags", '"local"', '"sampled"'),
        id="sampled link",
    ),
    pytest.param(
        {"links": (replace(LINK, flags=0x101),)},
        {"links": (replace(LINK, flags=1),)},
        Told("bookkeeping", "link.flags", '"local, sampled"', '"sampled"'),
        id="sampled link, and nothing of the parent",
    ),
    pytest.param(
        {"events": (EVENT,)},
        {"events": (replace(EVENT, name="b"),)},
        Told("changed", "event.name", '"a"', '"b"'),
        id="event name",
    ),
    pytest.param(
        {"events": (EVENT,)},
        {"events": (replace(EVENT, attributes={"k": "beside", "l": 1.0}),)},
        Told("new", "event.attributes.l", "", "1.0"),
        id="event attribute",
    ),
    pytest.param(
        {"events": (EVENT,)},
        {"events": (replace(EVENT, dropped_attributes=3),)},
        Told("changed", "event.dropped", "", "3"),
        id="dropped attributes of an event",
    ),
    pytest.param(
        {"events": (EVENT,)},
        {"events": (replace(EVENT, time_ns=0),)},
        Told("changed", "event.time", "", '"outside its span"'),
        id="event without a time",
    ),
    pytest.param(
        {"events": (replace(EVENT, time_ns=OUTSIDE),)},
        {"events": (EVENT,)},
        Told("improved", "event.time", '"outside its span"', ""),
        id="event put right",
    ),
    pytest.param({"events": (EVENT,)}, {}, Told("gone", "event", '"a"', ""), id="lost event"),
    pytest.param({}, {"events": (EVENT,)}, Told("new", "event", "", '"a"'), id="new event"),
    pytest.param(
        {"links": (LINK,)}, {}, Told("gone", "link", '"a span outside the recording"', ""), id="lost link"
    ),
    pytest.param(
        {"links": (LINK,)},
        {"links": (replace(LINK, trace_state="a=b"),)},
        Told("changed", "link.trace_state", "", '"a=b"'),
        id="trace state of a link",
    ),
    pytest.param(
        {"links": (LINK,)},
        {"links": (replace(LINK, flags=0x301),)},
        Told("changed", "link.flags", '"local"', '"remote, sampled"'),
        id="flags of a link",
    ),
    pytest.param(
        {"links": (LINK,)},
        {"links": (replace(LINK, dropped_attributes=2),)},
        Told("changed", "link.dropped", "", "2"),
        id="dropped attributes of a link",
    ),
    pytest.param(
        {"links": (LINK,)},
        {"links": (replace(LINK, attributes={"k": "beside", "l": b"1"}),)},
        Told("new", "link.attributes.l", "", 'b"MQ=="'),
        id="link attribute",
    ),
    pytest.param(
        {},
        {"end_ns": START_NS - 1_000_000},
        Told("changed", "time", "", '"ends before it starts"'),
        id="a span that ends before it starts",
    ),
    pytest.param(
        {}, {"end_ns": START_NS}, Told("changed", "time", "", '"no duration"'), id="a span of no duration"
    ),
    pytest.param(
        {},
        {"parent_id": "2" * 16},
        Told("changed", "parent", "none", "a span outside the recording"),
        id="orphan",
    ),
    pytest.param(
        {"parent_id": "2" * 16},
        {},
        Told("improved", "parent", "a span outside the recording", "none"),
        id="orphan no more",
    ),
]


@pytest.mark.parametrize(("before", "after", "finding"), ONE_CHANGED)
def test_one_changed_fact_is_one_finding(before: SpanFields, after: SpanFields, finding: Told) -> None:
    assert changes(before, after) == [finding]


@pytest.mark.parametrize("flags", [0, 1])
def test_flags_that_a_wire_lacks_have_a_rule(flags: int) -> None:
    (found,) = verdict([replace(SPAN, flags=0x101)], [replace(SPAN, flags=flags)]).findings

    assert [rule.name for rule in found.rules] == ["flags-not-carried"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"trace_id": "2" * 32}, id="trace id"),
        pytest.param({}, {"span_id": "2" * 16}, id="span id"),
        pytest.param({}, {"start_ns": START_NS + 5, "end_ns": START_NS + 9_000_000}, id="times"),
        pytest.param(
            {"end_ns": START_NS}, {"end_ns": START_NS + 900}, id="a duration shorter than a clock's tick"
        ),
        pytest.param(
            {"end_ns": START_NS + 900}, {"end_ns": START_NS}, id="such a duration that a coarse clock lost"
        ),
        pytest.param({"end_ns": START_NS}, {"end_ns": START_NS + 2_000}, id="a duration of a clock's tick"),
        pytest.param({"end_ns": START_NS + 900}, {}, id="a short duration, and a long one"),
        pytest.param(
            {"events": (EVENT,)}, {"events": (replace(EVENT, time_ns=START_NS + 9),)}, id="time of an event"
        ),
        pytest.param(
            {"attributes": {"a": 1, "b": 2}}, {"attributes": {"b": 2, "a": 1}}, id="order of attributes"
        ),
        pytest.param(
            {"resource": {"a": 1, "b": 2}}, {"resource": {"b": 2, "a": 1}}, id="order of the resource"
        ),
        pytest.param(
            {"attributes": {"k": KeyValues((("a", 1), ("b", 2)))}},
            {"attributes": {"k": KeyValues((("b", 2), ("a", 1)))}},
            id="order of a map",
        ),
        pytest.param(
            {"links": (LINK,)},
            {"links": (replace(LINK, trace_id="8" * 32, span_id="8" * 16),)},
            id="another target outside the recording",
        ),
    ],
)
def test_ids_times_and_orders_that_say_nothing_are_no_finding(before: SpanFields, after: SpanFields) -> None:
    assert changes(before, after) == []


VALUES: tuple[AttributeValue, ...] = (
    *(1, 1.0, True, "1", "true", b"1", None, "null"),
    *((), (1,), (1.0,), (True,), (("1",),), "[1]"),
    *(KeyValues(), KeyValues((("1", 1),)), KeyValues((("1", "1"),))),
)


def test_values_differ_if_their_types_do() -> None:
    def differ(before: AttributeValue, after: AttributeValue) -> bool:
        return bool(changes({"attributes": {"k": before}}, {"attributes": {"k": after}}))

    equal = [(before, after) for before in VALUES for after in VALUES if not differ(before, after)]

    assert [tuple(map(repr, pair)) for pair in equal] == [(repr(value), repr(value)) for value in VALUES]


def test_the_items_of_an_array_have_an_order() -> None:
    assert changes({"attributes": {"k": (1, 2)}}, {"attributes": {"k": (2, 1)}}) == [
        Told("changed", "attributes.k", "[1, 2]", "[2, 1]")
    ]


def test_nan_equals_itself() -> None:
    assert changes({"attributes": {"k": float("nan")}}, {"attributes": {"k": float("nan")}}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('a"b\n', '"a\\"b\\n"'),
        ("ü", '"ü"'),
        ((1, ("x", None)), '[1, ["x", null]]'),
        (KeyValues((("k", 0.5), ("a", b"\0"))), '{"a": b"AA==", "k": 0.5}'),
        (KeyValues((("ü", 1),)), '{"ü": 1}'),
        (interned((1, 2.0)), "[1, 2.0]"),
        (Stack("E: boom"), '<stack trace of "E: boom">'),
        (Stack(""), "<stack trace>"),
        (Kind.CLIENT, "CLIENT"),
        (StatusCode.OK, "OK"),
    ],
    ids=repr,
)
def test_a_literal_shows_the_type_of_its_value(value: AttributeValue, text: str) -> None:
    assert literal(value) == text


FRAMES = 'Traceback (most recent call last):\n  File "{}.py", line {}, in f\n    g()\n{}'


def raised(stack: str) -> SpanFields:
    return {"events": (Event("exception", START_NS, {"exception.stacktrace": stack}),)}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(FRAMES.format("a", 1, "E: x\n"), FRAMES.format("b", 2, "E: x\n"), [], id="frames"),
        pytest.param(
            FRAMES.format("a", 1, "E: x\n"),
            FRAMES.format("a", 1, "F: y\n"),
            [
                Told(
                    "changed",
                    "event.attributes.exception.stacktrace",
                    '<stack trace of "E: x">',
                    '<stack trace of "F: y">',
                )
            ],
            id="another error",
        ),
        pytest.param(FRAMES.format("a", 1, ""), FRAMES.format("a", 1, "E: x\n"), [], id="no line for it"),
        pytest.param(
            FRAMES.format("a", 1, "E: x\n"),
            "",
            [Told("changed", "event.attributes.exception.stacktrace", '<stack trace of "E: x">', '""')],
            id="no stack",
        ),
    ],
)
def test_a_stack_counts_by_the_error_that_it_names(before: str, after: str, found: list[Told]) -> None:
    assert changes(raised(before), raised(after)) == found


def test_a_span_says_nothing_with_its_defaults() -> None:
    assert content_of(Span("1" * 32, "1" * 16, "op")) == {
        ("name",): "op",
        ("kind",): Kind.UNSPECIFIED,
        ("status", "code"): StatusCode.UNSET,
    }


def test_each_field_of_a_span_is_a_fact() -> None:
    span = replace(
        SPAN,
        status=Status(StatusCode.ERROR, "why"),
        attributes={"a": 1},
        events=(Event("e", 0, {"b": 2}, 3),),
        links=(Link("2" * 32, "2" * 16, {"c": 4}, "x=y", 0x100, 5),),
        resource={"service.name": "s"},
        scope=Scope("lib", "1", {"d": 6}),
        trace_state="v=w",
        flags=0x301,
        dropped_attributes=7,
        dropped_events=8,
        dropped_links=9,
    )

    assert content_of(span) == {
        ("name",): "op",
        ("kind",): Kind.INTERNAL,
        ("status", "code"): StatusCode.ERROR,
        ("status", "message"): "why",
        ("trace_state",): "v=w",
        ("flags",): "remote, sampled",
        ("dropped", "attributes"): 7,
        ("dropped", "events"): 8,
        ("dropped", "links"): 9,
        ("attributes", "a"): 1,
        ("event", 0, "name"): "e",
        ("event", 0, "time"): "outside its span",
        ("event", 0, "dropped"): 3,
        ("event", 0, "attributes", "b"): 2,
        ("link", 0, "to"): "here",
        ("link", 0, "trace_state"): "x=y",
        ("link", 0, "flags"): "local",
        ("link", 0, "dropped"): 5,
        ("link", 0, "attributes", "c"): 4,
        ("scope", "name"): "lib",
        ("scope", "version"): "1",
        ("scope", "attributes", "d"): 6,
        ("resource", "service.name"): "s",
    }


@given(spans)
def test_equal_spans_have_one_content_whatever_the_order_of_their_attributes(span: Span) -> None:
    contents = Contents()
    targets = ("",) * len(span.links)

    again = replace(
        span,
        attributes=dict(list(span.attributes.items())[::-1]),
        resource=dict(list(span.resource.items())[::-1]),
    )

    assert contents.of(span, targets=targets) is contents.of(again, targets=targets)


def test_a_place_that_says_nothing_has_its_default_value() -> None:
    content = Contents().of(SPAN)

    places = (("status", "message"), ("scope", "name"), ("attributes", "k"))
    assert [content.value(place) for place in places] == ["", None, None]


def test_a_service_that_is_no_text_is_named_by_its_value() -> None:
    assert Contents().of(replace(SPAN, resource={"service.name": 7})).service == "7"
