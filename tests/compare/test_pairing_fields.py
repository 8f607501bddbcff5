from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.facts import Contents, Place
from ot2otel.compare.pairing.fields import fields_of
from ot2otel.model import Attributes, AttributeValue, Event, Link, Status, StatusCode
from tests.support.fields import SpanFields
from tests.support.judging import SPAN, START_NS

# Every span has these.
FIXED: dict[Place, object] = {
    ("name",): "op",
    ("kind",): SPAN.kind,
    ("status", "code"): StatusCode.UNSET,
    ("status", "message"): "",
}


def told_apart_by(fields: SpanFields) -> list[tuple[Place, object]]:
    """Return the fields that tell a span apart, with their values, but for those that every span has."""
    content = Contents().of(replace(SPAN, **fields), targets=("target",))
    return [
        (field.name, field.values([content])[0])
        for field in fields_of(content.shape)
        if FIXED.get(field.name, SPAN) != field.values([content])[0]
    ]


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        pytest.param({"k": 1}, {"k": 1}, id="any key"),
        pytest.param({"http.method": "GET"}, {"http.request.method": "GET"}, id="a key that a rule renames"),
        pytest.param({"http.request.method": "GET"}, {"http.request.method": "GET"}, id="its new name"),
        pytest.param({"http.url": "http://a:1/b?c=1"}, {"url.path": "/b", "url.query": "c=1"}, id="a URL"),
        pytest.param({"url.full": "http://z/b?c=1"}, {"url.path": "/b", "url.query": "c=1"}, id="a new URL"),
        pytest.param({"http.url": "http://a"}, {"url.path": "/", "url.query": ""}, id="a URL without a path"),
        pytest.param(
            {"url.path": "/b", "url.query": "c=1"}, {"url.path": "/b", "url.query": "c=1"}, id="new"
        ),
        pytest.param(
            {"http.url": "http://[/b?c"}, {"url.path": "http://[/b?c", "url.query": ""}, id="no URL"
        ),
        pytest.param({"http.url": 7}, {"url.path": 7, "url.query": ""}, id="a number for a URL"),
    ],
)
def test_a_span_is_told_apart_by_its_values_whatever_their_keys_are_called(
    attributes: Attributes, fields: dict[str, AttributeValue]
) -> None:
    found = told_apart_by({"attributes": attributes})

    assert found == [(("attributes", key), value) for key, value in sorted(fields.items())]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"end_ns": START_NS - 1}, id="times"),
        pytest.param({"flags": 0x101}, id="flags"),
        pytest.param({"trace_state": "a=b"}, id="trace state"),
        pytest.param({"dropped_attributes": 1, "dropped_events": 1, "dropped_links": 1}, id="losses"),
        pytest.param({"resource": {"host.name": "a"}}, id="resource"),
    ],
)
def test_the_process_the_tracer_and_the_clock_tell_no_span_apart(fields: SpanFields) -> None:
    assert told_apart_by(fields) == []


def test_the_name_and_the_status_tell_spans_apart() -> None:
    found = told_apart_by({"name": "other", "status": Status(StatusCode.ERROR, "why")})

    assert found == [
        (("name",), "other"),
        (("status", "code"), StatusCode.ERROR),
        (("status", "message"), "why"),
    ]


def test_the_values_of_events_and_of_links_count_under_any_key_and_number() -> None:
    found = told_apart_by(
        {
            "events": (Event("one", START_NS, {"k": 1}), Event("two", START_NS - 10**10)),
            "links": (Link("2" * 32, "2" * 16, {"k": "linked"}, flags=0x101, trace_state="a=b"),),
        }
    )

    assert found == [
        (("event",), 1),
        (("event",), "one"),
        (("event",), "two"),
        (("link",), "linked"),
        (("link",), "target"),
    ]
