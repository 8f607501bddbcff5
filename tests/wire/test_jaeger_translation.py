"""The published translation, case by case."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Event, Kind, Link, Status, StatusCode
from ot2otel.wire.jaeger_translation import Reference, described, event, parent_and_links, resource, status

TRACE = "0" * 31 + "1"
OTHER_TRACE = "0" * 31 + "2"
A, B, C = "000000000000000a", "000000000000000b", "000000000000000c"


@pytest.mark.parametrize(
    ("attributes", "kind", "expected"),
    [
        pytest.param({}, Kind.SERVER, Status(), id="no tags"),
        pytest.param({"error": True}, Kind.SERVER, Status(StatusCode.ERROR), id="error=true"),
        pytest.param({"error": False}, Kind.SERVER, Status(), id="error=false"),
        pytest.param({"error": "true"}, Kind.SERVER, Status(), id="the text true"),
        pytest.param(
            {"error": True, "otel.status_description": "why", "http.status_message": "Bad"},
            Kind.SERVER,
            Status(StatusCode.ERROR, "why"),
            id="OpenTelemetry's description wins",
        ),
        pytest.param(
            {"error": True, "http.status_message": "Bad"},
            Kind.SERVER,
            Status(StatusCode.ERROR, "Bad"),
            id="else HTTP's message",
        ),
        pytest.param(
            {"error": True, "otel.status_code": "OK"},
            Kind.SERVER,
            Status(StatusCode.ERROR),
            id="error=true beats the status code",
        ),
        pytest.param({"otel.status_code": "ok"}, Kind.SERVER, Status(StatusCode.OK), id="a code of any case"),
        pytest.param(
            {"error": False, "otel.status_code": "ERROR", "otel.status_description": "why"},
            Kind.SERVER,
            Status(StatusCode.ERROR, "why"),
            id="error=false does not hide the code",
        ),
        pytest.param(
            {"otel.status_code": "maybe", "http.status_code": 500},
            Kind.SERVER,
            Status(),
            id="an unknown code hides HTTP's",
        ),
        pytest.param({"http.status_code": 404}, Kind.CLIENT, Status(StatusCode.ERROR), id="404 of a client"),
        pytest.param({"http.status_code": 404}, Kind.SERVER, Status(), id="404 of a server"),
        pytest.param(
            {"http.status_code": 404}, Kind.UNSPECIFIED, Status(StatusCode.ERROR), id="404 of neither"
        ),
        pytest.param(
            {"http.status_code": 500, "http.status_message": "Oops"},
            Kind.SERVER,
            Status(StatusCode.ERROR, "Oops"),
            id="500 of a server",
        ),
        pytest.param({"http.status_code": "503"}, Kind.SERVER, Status(StatusCode.ERROR), id="503 as text"),
        pytest.param({"http.status_code": 398}, Kind.CLIENT, Status(), id="398"),
        pytest.param({"http.status_code": 399}, Kind.CLIENT, Status(StatusCode.ERROR), id="399"),
        pytest.param({"http.status_code": 99}, Kind.CLIENT, Status(StatusCode.ERROR), id="99"),
        pytest.param({"http.status_code": "gone"}, Kind.CLIENT, Status(), id="no number"),
        pytest.param({"http.status_code": True}, Kind.CLIENT, Status(), id="a boolean is no number"),
    ],
)
def test_the_status_follows_the_tags(attributes: Attributes, kind: Kind, expected: Status) -> None:
    assert status(attributes, kind) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param({"a": 1}, ({"a": 1}, Kind.UNSPECIFIED, Status()), id="other tags stay"),
        pytest.param({"span.kind": "client"}, ({}, Kind.CLIENT, Status()), id="a kind goes"),
        pytest.param({"span.kind": "boss"}, ({}, Kind.UNSPECIFIED, Status()), id="an unknown kind goes too"),
        pytest.param({"span.kind": 3}, ({}, Kind.UNSPECIFIED, Status()), id="a kind that is no text"),
        pytest.param(
            {"error": True, "otel.status_description": "why", "otel.status_code": "ERROR"},
            ({}, Kind.UNSPECIFIED, Status(StatusCode.ERROR, "why")),
            id="tags that became the status go",
        ),
        pytest.param(
            {"error": False, "otel.status_description": "why", "http.status_message": "Bad"},
            (
                {"error": False, "otel.status_description": "why", "http.status_message": "Bad"},
                Kind.UNSPECIFIED,
                Status(),
            ),
            id="tags that did not become it stay",
        ),
        pytest.param(
            {"http.status_code": 404, "span.kind": "client"},
            ({"http.status_code": 404}, Kind.CLIENT, Status(StatusCode.ERROR)),
            id="HTTP's code stays",
        ),
    ],
)
def test_tags_become_attributes_kind_and_status(
    tags: Attributes, expected: tuple[Attributes, Kind, Status]
) -> None:
    assert described(tags) == expected


@pytest.mark.parametrize(
    ("service", "tags", "expected"),
    [
        pytest.param("svc", {"a": 1}, {"service.name": "svc", "a": 1}, id="a name and a tag"),
        pytest.param("", {}, {}, id="nothing"),
        pytest.param("", {"hostname": "h"}, {"host.name": "h"}, id="a host"),
        pytest.param(
            "", {"hostname": "h", "host.name": "i"}, {"hostname": "h", "host.name": "i"}, id="two hosts"
        ),
        pytest.param(
            "",
            {"jaeger.version": "Python-4.8.0"},
            {"opencensus.exporterversion": "Jaeger-Python-4.8.0"},
            id="a version",
        ),
        pytest.param("a", {"service.name": "b"}, {"service.name": "b"}, id="a tag overrides the name"),
    ],
)
def test_a_process_becomes_a_resource(service: str, tags: Attributes, expected: Attributes) -> None:
    assert resource(service, tags) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"event": "e", "a": 1}, Event("e", 5, {"a": 1}), id="the field event names it"),
        pytest.param({"a": 1}, Event("", 5, {"a": 1}), id="nothing names it"),
        pytest.param({"event": 3}, Event("", 5, {}), id="a number does not name it"),
    ],
)
def test_a_log_becomes_an_event(fields: Attributes, expected: Event) -> None:
    assert event(5, fields) == expected


def _link(trace_id: str, span_id: str, ref_type: str) -> Link:
    return Link(trace_id, span_id, {"opentracing.ref_type": ref_type})


@pytest.mark.parametrize(
    ("named", "references", "expected"),
    [
        pytest.param("", [], ("", ()), id="none"),
        pytest.param(A, [], (A, ()), id="named outside the references"),
        pytest.param("", [Reference("child_of", TRACE, A)], (A, ()), id="a child"),
        pytest.param(
            "",
            [Reference("follows_from", TRACE, A)],
            (A, (_link(TRACE, A, "follows_from"),)),
            id="a follower's parent is also a link",
        ),
        pytest.param(
            "",
            [Reference("follows_from", TRACE, A), Reference("child_of", TRACE, B)],
            (B, (_link(TRACE, A, "follows_from"),)),
            id="a child goes before a follower",
        ),
        pytest.param(
            "",
            [Reference("child_of", OTHER_TRACE, A)],
            ("", (_link(OTHER_TRACE, A, "child_of"),)),
            id="of another trace",
        ),
        pytest.param(
            A,
            [
                Reference("child_of", TRACE, A),
                Reference("child_of", TRACE, B),
                Reference("child_of", TRACE, C),
            ],
            (A, (_link(TRACE, B, "child_of"), _link(TRACE, C, "child_of"))),
            id="more parents are links",
        ),
    ],
)
def test_references_become_a_parent_and_links(
    named: str, references: list[Reference], expected: tuple[str, tuple[Link, ...]]
) -> None:
    assert parent_and_links(TRACE, named, references) == expected
