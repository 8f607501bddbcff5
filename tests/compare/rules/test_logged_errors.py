"""The rules for an error that the application logs itself."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Event, Span
from tests.compare.rules.tables import Judged, case, judged_by, span

FRAME = '  File "a.py", line 1, in f\n'
LOGGED = {"error.kind": "my.Error", "error.object": "no", "message": "no", "stack": FRAME}
EXCEPTION = {
    "exception.type": "my.Error",
    "exception.message": "no",
    "exception.stacktrace": f"{FRAME}my.Error: no\n",
}


def event(name: str, values: Attributes) -> Span:
    return span(events=(Event(name, attributes=values),))


def without(values: dict[str, str], key: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if name != key}


TRANSLATES = [
    case(
        "logged-error",
        "each of its fields",
        event("error", LOGGED),
        event("exception", EXCEPTION),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "an error without a stack",
        event("error", without(LOGGED, "stack")),
        event("exception", without(EXCEPTION, "exception.stacktrace")),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "an error without a kind, which the after knows",
        event("error", without(LOGGED, "error.kind")),
        event("exception", EXCEPTION),
        "new nothing -> event.0[exception.type]",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "a message alone",
        event("error", {"message": "no"}),
        event("exception", {"exception.message": "no"}),
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "a stack that is no stack",
        event("error", {"message": "no", "stack": "in f"}),
        event("exception", {"exception.message": "no", "exception.stacktrace": "in f"}),
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "a stack that ends with its error on both sides",
        event("error", LOGGED | {"stack": f"{FRAME}my.Error: no"}),
        event("exception", EXCEPTION),
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "shim-error-object",
        "an object",
        event("error", LOGGED),
        event("error", without(LOGGED, "error.object")),
        "degraded event.0[error.object] -> nothing by it",
    ),
    case(
        "thrift-exporter-message",
        "a message of an event with a name",
        event("error", LOGGED),
        event("error", without(LOGGED, "message")),
        "degraded event.0[message] -> nothing by it",
    ),
]
LEAVES_ALONE = [
    case(
        "logged-error",
        "another event",
        event("failed", LOGGED),
        event("exception", EXCEPTION),
        "changed event.0.name -> event.0.name",
        "gone event.0[error.kind] -> nothing",
        "gone event.0[error.object] -> nothing",
        "gone event.0[message] -> nothing",
        "gone event.0[stack] -> nothing",
        "new nothing -> event.0[exception.message]",
        "new nothing -> event.0[exception.stacktrace]",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "logged-error",
        "a kind as Python's text, which is jaeger-client's own",
        event("error", {"error.kind": "<class 'my.Error'>", "message": "no"}),
        event("exception", {"exception.type": "my.Error", "exception.message": "no"}),
        "changed event.0.name -> event.0.name",
        "gone event.0[error.kind] -> nothing",
        "gone event.0[message] -> nothing",
        "new nothing -> event.0[exception.message]",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "logged-error",
        "an event that keeps its name",
        event("error", {"error.kind": "my.Error", "message": "no"}),
        event("error", {"exception.type": "my.Error", "exception.message": "no"}),
        "gone event.0[error.kind] -> nothing",
        "gone event.0[message] -> nothing",
        "new nothing -> event.0[exception.message]",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "logged-error",
        "another message",
        event("error", LOGGED),
        event("exception", EXCEPTION | {"exception.message": "yes"}),
        'changed event.0[message] -> event.0[exception.message] by it, which wants "no"',
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "the stack of another error",
        event("error", LOGGED),
        event("exception", EXCEPTION | {"exception.stacktrace": f"{FRAME}my.Other: no\n"}),
        "changed event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "a stack with another error than its own",
        event("error", LOGGED | {"stack": f"{FRAME}E: y"}),
        event("exception", EXCEPTION),
        'changed event.0[stack] -> event.0[exception.stacktrace] by it, which wants <stack trace of "E: y">',
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[error.object] -> nothing by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "a stack where there was another text",
        event("error", {"message": "no", "stack": "in f"}),
        event("exception", {"exception.message": "no", "exception.stacktrace": FRAME}),
        'changed event.0[stack] -> event.0[exception.stacktrace] by it, which wants "in f"',
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "an object with another text than the message",
        event("error", LOGGED | {"error.object": "other"}),
        event("exception", EXCEPTION),
        "gone event.0[error.object] -> nothing",
        "translated event.0[error.kind] -> event.0[exception.type] by it",
        "translated event.0[message] -> event.0[exception.message] by it",
        "translated event.0[stack] -> event.0[exception.stacktrace] by it",
        "translated event.0.name -> event.0.name by it",
    ),
    case(
        "logged-error",
        "an event that stays a log",
        event("error", LOGGED),
        event("error", without(LOGGED, "message")),
        "gone event.0[message] -> nothing",
    ),
    case(
        "logged-error",
        "an event that is lost",
        event("error", LOGGED),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "shim-error-object",
        "an object of another event",
        event("failed", LOGGED),
        event("failed", without(LOGGED, "error.object")),
        "gone event.0[error.object] -> nothing",
    ),
    case(
        "shim-error-object",
        "another object",
        event("error", LOGGED),
        event("error", LOGGED | {"error.object": "yes"}),
        "changed event.0[error.object] -> event.0[error.object]",
    ),
    case(
        "shim-error-object",
        "an event that is lost",
        event("error", LOGGED),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "thrift-exporter-message",
        "another message",
        event("error", LOGGED),
        event("error", LOGGED | {"message": "yes"}),
        "changed event.0[message] -> event.0[message]",
    ),
    case(
        "thrift-exporter-message",
        "a message beside an exception, which has a field of its own",
        event("error", LOGGED),
        event("exception", {"exception.type": "my.Error", "error.object": "no"}),
        "changed event.0.name -> event.0.name",
        "gone event.0[error.kind] -> nothing",
        "gone event.0[message] -> nothing",
        "gone event.0[stack] -> nothing",
        "new nothing -> event.0[exception.type]",
    ),
    case(
        "thrift-exporter-message",
        "an event that is lost",
        event("error", {"message": "no"}),
        span(),
        "gone event.0 -> nothing",
    ),
    case(
        "thrift-exporter-message",
        "a message of the span",
        span(attributes={"message": "no"}),
        span(),
        "gone [message] -> nothing",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
