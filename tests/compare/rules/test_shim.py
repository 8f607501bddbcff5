from __future__ import annotations

import pytest

from ot2otel.model import Attributes, AttributeValue, Event, Kind, Link, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span

ERROR, OK, UNSET = Status(StatusCode.ERROR), Status(StatusCode.OK), Status()


def event(name: str, values: Attributes | None = None) -> Span:
    return span(events=(Event(name, attributes=values or {}),))


def linked(values: Attributes) -> Span:
    return span(links=(Link("2" * 32, "2" * 16, values),))


def server(code: AttributeValue, status: Status = UNSET, reason: AttributeValue = None) -> Span:
    return _answered(Kind.SERVER, code, status, reason)


def without_kind(code: AttributeValue, status: Status = UNSET, reason: AttributeValue = None) -> Span:
    return _answered(Kind.INTERNAL, code, status, reason)


def _answered(kind: Kind, code: AttributeValue, status: Status, reason: AttributeValue) -> Span:
    values = {"http.status_code": code} | ({"http.status_message": reason} if reason else {})
    return span(kind=kind, status=status, attributes=values)


TRANSLATES = [
    case(
        "shim-unnamed-log",
        "a log without a name",
        event("", {"k": 1}),
        event("log", {"k": 1}),
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "shim-event-attribute",
        "a copy of the name",
        event("a"),
        event("a", {"event": "a"}),
        "added nothing -> event.0[event] by it",
    ),
    case(
        "shim-kind-as-attribute",
        "a kind",
        span(kind=Kind.CLIENT),
        span(kind=Kind.INTERNAL, attributes={"span.kind": "client"}),
        "degraded kind -> kind + [span.kind] by it",
    ),
    case(
        "shim-error-as-attribute",
        "an error by its tag",
        span(status=ERROR),
        attributes({"error": True}),
        "degraded status.code -> status.code + [error] by it",
    ),
    case(
        "shim-reference-type",
        "a type",
        linked({"opentracing.ref_type": "follows_from", "k": 1}),
        linked({"k": 1}),
        "degraded link.0[opentracing.ref_type] -> nothing by it",
    ),
    case(
        "shim-kind-lost",
        "a kind",
        span(kind=Kind.SERVER),
        span(kind=Kind.INTERNAL),
        "degraded kind -> kind by it",
    ),
    case(
        "shim-status-without-kind",
        "a client's mistake",
        server(404),
        without_kind(404, ERROR),
        "changed kind -> kind",
        "degraded status.code -> status.code by it",
    ),
    case(
        "shim-status-without-kind",
        "a client's mistake with its reason",
        server(404, reason="Not Found"),
        without_kind(404, Status(StatusCode.ERROR, "Not Found"), "Not Found"),
        "changed kind -> kind",
        "degraded status.code -> status.code + status.message by it",
    ),
    case(
        "shim-kind-restored",
        "a kind",
        span(kind=Kind.INTERNAL),
        span(kind=Kind.SERVER),
        "improved kind -> kind by it",
    ),
    case(
        "shim-status-restored",
        "a client's mistake",
        without_kind(404, ERROR),
        server(404),
        "changed kind -> kind",
        "improved status.code -> status.code by it",
    ),
    case(
        "shim-status-restored",
        "a client's mistake with its reason",
        without_kind(404, Status(StatusCode.ERROR, "Not Found"), "Not Found"),
        server(404, reason="Not Found"),
        "changed kind -> kind",
        "improved status.code + status.message -> status.code by it",
    ),
]
LEAVES_ALONE = [
    case(
        "shim-unnamed-log",
        "another name",
        event("answered", {"k": 1}),
        event("log", {"k": 1}),
        "changed event.0.name -> event.0.name",
    ),
    case(
        "shim-unnamed-log",
        "a log that is lost",
        event("", {"k": 1}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "shim-event-attribute",
        "not its name",
        event("a"),
        event("a", {"event": "b"}),
        'changed nothing -> event.0[event] by it, which wants "a"',
    ),
    case(
        "shim-event-attribute",
        "an attribute of the span",
        span(),
        attributes({"event": "a"}),
        "new nothing -> [event]",
    ),
    case(
        "shim-event-attribute",
        "a field that changed",
        event("a", {"event": "b"}),
        event("a", {"event": "a"}),
        "changed event.0[event] -> event.0[event]",
    ),
    case(
        "shim-kind-as-attribute",
        "a kind that is lost",
        span(kind=Kind.CLIENT),
        span(kind=Kind.INTERNAL),
        "changed kind -> kind",
    ),
    case(
        "shim-kind-as-attribute",
        "another kind",
        span(kind=Kind.CLIENT),
        span(kind=Kind.INTERNAL, attributes={"span.kind": "server"}),
        "changed kind -> kind",
        "new nothing -> [span.kind]",
    ),
    case(
        "shim-kind-as-attribute",
        "an inner span",
        span(kind=Kind.INTERNAL),
        span(kind=Kind.INTERNAL, attributes={"span.kind": "internal"}),
        "new nothing -> [span.kind]",
    ),
    case(
        "shim-error-as-attribute",
        "an error that is lost",
        span(status=ERROR),
        span(),
        "changed status.code -> status.code",
    ),
    case(
        "shim-error-as-attribute",
        "an error with a message",
        span(status=Status(StatusCode.ERROR, "why")),
        attributes({"error": True}),
        "changed status.code -> status.code",
        "changed status.message -> nothing",
        "new nothing -> [error]",
    ),
    case(
        "shim-error-as-attribute",
        "no error any more",
        span(status=ERROR),
        attributes({"error": False}),
        "changed status.code -> status.code",
        "new nothing -> [error]",
    ),
    case(
        "shim-error-as-attribute",
        "an answer that is right",
        span(status=Status(StatusCode.OK)),
        attributes({"error": True}),
        "changed status.code -> status.code",
        "new nothing -> [error]",
    ),
    case(
        "shim-reference-type",
        "another attribute",
        linked({"k": 1}),
        linked({}),
        "gone link.0[k] -> nothing",
    ),
    case(
        "shim-reference-type",
        "another type",
        linked({"opentracing.ref_type": "follows_from"}),
        linked({"opentracing.ref_type": "child_of"}),
        "changed link.0[opentracing.ref_type] -> link.0[opentracing.ref_type]",
    ),
    case(
        "shim-reference-type",
        "a link that is lost",
        linked({"opentracing.ref_type": "follows_from"}),
        span(),
        "gone link.0 -> nothing",
    ),
    case(
        "shim-reference-type",
        "an attribute of the span",
        attributes({"opentracing.ref_type": "child_of"}),
        attributes({}),
        "gone [opentracing.ref_type] -> nothing",
    ),
    case(
        "shim-kind-lost",
        "another kind",
        span(kind=Kind.SERVER),
        span(kind=Kind.CLIENT),
        "changed kind -> kind",
    ),
    case(
        "shim-kind-lost",
        "a kind that is found",
        span(kind=Kind.INTERNAL),
        span(kind=Kind.CLIENT),
        "changed kind -> kind",
    ),
    case(
        "shim-kind-lost",
        "an attribute",
        span(kind=Kind.INTERNAL, attributes={"span.kind": "client"}),
        span(kind=Kind.INTERNAL),
        "gone [span.kind] -> nothing",
    ),
    case(
        "shim-status-without-kind",
        "a good answer",
        server(200),
        without_kind(200, ERROR),
        "changed kind -> kind",
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-without-kind",
        "a status that was set",
        server(404, OK),
        without_kind(404, ERROR),
        "changed kind -> kind",
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-restored",
        "a status that was no error",
        without_kind(404, OK),
        server(404),
        "changed kind -> kind",
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-without-kind",
        "a kind still",
        server(404),
        server(404, ERROR),
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-without-kind",
        "a message that is not the reason",
        server(404, reason="Not Found"),
        without_kind(404, Status(StatusCode.ERROR, "Gone"), "Not Found"),
        "changed kind -> kind",
        "changed nothing -> status.message",
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-without-kind",
        "a message of its own that changed",
        server(404, Status(StatusCode.UNSET, "mine"), "Not Found"),
        without_kind(404, Status(StatusCode.ERROR, "Not Found"), "Not Found"),
        "changed kind -> kind",
        "changed status.message -> status.message",
        "degraded status.code -> status.code by it",
    ),
    case(
        "shim-status-without-kind",
        "an error that is none any more",
        server(404, ERROR),
        without_kind(404),
        "changed kind -> kind",
        "changed status.code -> status.code",
    ),
    case(
        "shim-kind-restored",
        "another kind",
        span(kind=Kind.CLIENT),
        span(kind=Kind.SERVER),
        "changed kind -> kind",
    ),
    case("shim-kind-restored", "no kind at all", span(kind=Kind.INTERNAL), span(), "changed kind -> kind"),
    case(
        "shim-status-restored",
        "a server's mistake",
        without_kind(500, ERROR),
        server(500),
        "changed kind -> kind",
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-restored",
        "no kind still",
        without_kind(404, ERROR),
        without_kind(404),
        "changed status.code -> status.code",
    ),
    case(
        "shim-status-restored",
        "a message of its own",
        without_kind(404, Status(StatusCode.ERROR, "mine"), "Not Found"),
        server(404, reason="Not Found"),
        "changed kind -> kind",
        "changed status.code -> status.code",
        "changed status.message -> nothing",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
