from __future__ import annotations

from collections.abc import Mapping

import pytest

from ot2otel.compare.rules import rules_for
from ot2otel.compare.rules.native import OFF_THE_SHIM, TODAYS_CONVENTIONS
from ot2otel.compare.rules.shim import SHIM_OVER_OTLP, SHIM_OVER_THRIFT
from ot2otel.model import Event, Scope
from tests.compare.rules.tables import by_name, rewritten, span

RULES = by_name(TODAYS_CONVENTIONS, OFF_THE_SHIM, SHIM_OVER_OTLP, SHIM_OVER_THRIFT)
LOGGED = {"error.kind": "my.Error", "error.object": "no", "message": "no", "stack": "Traceback"}
EXCEPTION = {"exception.type": "my.Error", "exception.message": "no", "exception.stacktrace": "Traceback"}


def without(key: str) -> Mapping[str, str]:
    return {name: value for name, value in LOGGED.items() if name != key}


ALONE = [
    pytest.param("logged-error", Event("failed", 5, LOGGED), id="an event of another name"),
    pytest.param("logged-error", Event("error", 5, without("error.kind")), id="no kind"),
    pytest.param("logged-error", Event("error", 5, without("message")), id="no message"),
    pytest.param("logged-error", Event("error", 5, without("stack")), id="no stack"),
    pytest.param("logged-error", Event("error", 5, {**LOGGED, "error.kind": 7}), id="a kind that is no text"),
    pytest.param("shim-error-object", Event("failed", 5, LOGGED), id="an object of another event"),
    pytest.param("shim-error-object", Event("error", 5, without("error.object")), id="no object"),
    pytest.param("thrift-exporter-message", Event("error", 5, without("message")), id="no field message"),
    pytest.param("exception-escaped", Event("error", 5, {"exception.escaped": "False"}), id="no exception"),
]
TRANSLATED = [
    pytest.param("logged-error", Event("error", 5, LOGGED), Event("exception", 5, EXCEPTION), id="an error"),
    pytest.param(
        "logged-error",
        Event("error", 5, {**LOGGED, "error.object": "other", "k": 1}),
        Event("exception", 5, {**EXCEPTION, "error.object": "other", "k": 1}),
        id="an object with another text",
    ),
    pytest.param(
        "shim-error-object",
        Event("error", 5, LOGGED),
        Event("error", 5, without("error.object")),
        id="an object",
    ),
    pytest.param(
        "thrift-exporter-message",
        Event("error", 5, LOGGED),
        Event("error", 5, without("message")),
        id="a field message",
    ),
    pytest.param(
        "exception-escaped",
        Event("exception", 5, {**EXCEPTION, "exception.escaped": "False"}),
        Event("exception", 5, EXCEPTION),
        id="an exception that did not leave the span",
    ),
]


@pytest.mark.parametrize(("rule", "event"), ALONE)
def test_a_rule_leaves_alone(rule: str, event: Event) -> None:
    assert rewritten(RULES[rule].rewrite_old, {"events": (event,)}) == span({"events": (event,)})


@pytest.mark.parametrize(("rule", "event", "expected"), TRANSLATED)
def test_a_rule_translates(rule: str, event: Event, expected: Event) -> None:
    assert rewritten(RULES[rule].rewrite_old, {"events": (event,)}) == span({"events": (expected,)})


@pytest.mark.parametrize(
    ("kept", "expected"), [({}, True), ({"error.object": "no"}, False)], ids=["is gone", "is kept"]
)
def test_the_loss_of_an_object_is_only_expected_if_it(kept: dict[str, str], expected: bool) -> None:
    old = span({"events": (Event("error", attributes=LOGGED),)})
    shim = Scope("opentelemetry.shim.opentracing_shim")
    new = span({"scope": shim, "events": (Event("error", attributes={"message": "no", **kept}),)})

    assert ("shim-error-object" in {rule.name for rule in rules_for(old, new)}) is expected
