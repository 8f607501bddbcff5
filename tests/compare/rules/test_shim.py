from __future__ import annotations

from collections.abc import Callable

import pytest

from ot2otel.compare.rules.shim import SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.model import Event, Kind, Link, Span, Status, StatusCode
from tests.compare.rules.tables import by_name, cases, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(SHIM_OVER_OTLP, SHIM_OVER_THRIFT)
ERROR = Status(StatusCode.ERROR)

BEFORE_ALONE = [
    pytest.param("shim-unnamed-log", {"events": (Event("answered", attributes={"k": 1}),)}, id="a name"),
    pytest.param("shim-kind-as-attribute", {"kind": Kind.INTERNAL}, id="inner span"),
    pytest.param("shim-kind-as-attribute", {"kind": Kind.UNSPECIFIED}, id="no kind"),
    pytest.param("shim-error-as-attribute", {"status": Status(StatusCode.OK)}, id="no error"),
    pytest.param("shim-error-as-attribute", {"status": Status(StatusCode.ERROR, "why")}, id="a message"),
    pytest.param(
        "shim-error-as-attribute", {"status": ERROR, "events": (Event("exception"),)}, id="an exception"
    ),
    pytest.param(
        "shim-kind-lost", {"kind": Kind.INTERNAL, "attributes": {"span.kind": "client"}}, id="inner"
    ),
    pytest.param(
        "shim-status-without-kind",
        {"kind": Kind.INTERNAL, "attributes": {"http.status_code": 200}},
        id="a good answer",
    ),
    pytest.param(
        "shim-status-without-kind",
        {"status": ERROR, "attributes": {"http.status_code": 404}},
        id="a status already",
    ),
    pytest.param(
        "shim-status-without-kind",
        {"kind": Kind.SERVER, "attributes": {"http.status_code": 404}},
        id="a kind still",
    ),
    pytest.param(
        "shim-reference-type",
        {"attributes": {"opentracing.ref_type": "child_of"}, "links": (Link("2" * 32, "2" * 16, {"k": 1}),)},
        id="no type",
    ),
]
AFTER_ALONE = [
    pytest.param(
        "shim-event-attribute", {"events": (Event("a", attributes={"event": "b"}),)}, id="not its name"
    ),
    pytest.param("shim-event-attribute", {"attributes": {"event": "a"}}, id="of the span"),
]
BEFORE_TRANSLATED = [
    pytest.param(
        "shim-unnamed-log",
        {"events": (Event("", 5, {"k": 1}), Event("named"))},
        {"events": (Event("log", 5, {"k": 1}), Event("named"))},
        id="log without a name",
    ),
    pytest.param(
        "shim-kind-as-attribute",
        {"kind": Kind.CLIENT, "attributes": {"k": 1}},
        {"kind": Kind.INTERNAL, "attributes": {"k": 1, "span.kind": "client"}},
        id="client",
    ),
    pytest.param(
        "shim-error-as-attribute",
        {"status": ERROR, "attributes": {"k": 1}, "events": (Event("answered"),)},
        {"attributes": {"k": 1, "error": True}, "events": (Event("answered"),)},
        id="error by tag",
    ),
    pytest.param("shim-kind-lost", {"kind": Kind.SERVER}, {"kind": Kind.INTERNAL}, id="server"),
    pytest.param(
        "shim-status-without-kind",
        {"kind": Kind.INTERNAL, "attributes": {"http.status_code": 404}},
        {"kind": Kind.INTERNAL, "attributes": {"http.status_code": 404}, "status": ERROR},
        id="the client's mistake",
    ),
    pytest.param(
        "shim-reference-type",
        {
            "links": (
                Link("2" * 32, "2" * 16, {"opentracing.ref_type": "follows_from", "k": 1}),
                Link("2" * 32, "3" * 16, {"opentracing.ref_type": "child_of"}),
            )
        },
        {"links": (Link("2" * 32, "2" * 16, {"k": 1}), Link("2" * 32, "3" * 16))},
        id="two references",
    ),
]
AFTER_TRANSLATED = [
    pytest.param(
        "shim-event-attribute",
        {"events": (Event("a", 5, {"event": "a", "k": 1}),)},
        {"events": (Event("a", 5, {"k": 1}),)},
        id="its name",
    ),
]


@pytest.mark.parametrize(
    ("rewrite", "fields", "expected"),
    cases(RULES, (BEFORE_ALONE, BEFORE_TRANSLATED), (AFTER_ALONE, AFTER_TRANSLATED)),
)
def test_a_rule_leaves_alone_or_translates(
    rewrite: Callable[[Span], Span], fields: SpanFields, expected: SpanFields
) -> None:
    assert rewritten(rewrite, fields) == span(expected)


def test_a_shim_that_keeps_the_type_of_a_reference_is_not_expected_to_drop_it() -> None:
    typed = span({"links": (Link("2" * 32, "2" * 16, {"opentracing.ref_type": "follows_from"}),)})
    bare = span({"links": (Link("2" * 32, "2" * 16),)})

    assert [RULES["shim-reference-type"].applies_to(new) for new in (typed, bare)] == [False, True]
