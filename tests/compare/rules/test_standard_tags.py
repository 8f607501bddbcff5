"""The rules for OpenTracing's standard tags without an attribute of today; all tags are in test_tables.py."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Scope, Span
from tests.compare.rules.tables import Judged, case, judged_by, span


def of(scope: str, values: Attributes) -> Span:
    return span(scope=Scope(scope), attributes=values)


TRANSLATES = [
    case(
        "component",
        "the library's own scope",
        of("", {"component": "Flask"}),
        of("opentelemetry.instrumentation.flask", {}),
        "translated [component] -> scope.name by it",
    ),
    case(
        "component",
        "a package",
        of("", {"component": "net/http"}),
        of("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", {}),
        "translated [component] -> scope.name by it",
    ),
    case(
        "component-lost",
        "another scope",
        of("", {"component": "Flask"}),
        of("shop.web", {}),
        "degraded [component] -> nothing by it",
        "new nothing -> scope.name",
    ),
    case(
        "sampling.priority",
        "a priority",
        of("", {"sampling.priority": 1}),
        of("", {}),
        "degraded [sampling.priority] -> nothing by it",
    ),
]
LEAVES_ALONE = [
    case(
        "component",
        "a part of a word",
        of("", {"component": "ask"}),
        of("opentelemetry.instrumentation.flask", {}),
        "gone [component] -> nothing",
        "new nothing -> scope.name",
    ),
    case(
        "component",
        "no word",
        of("", {"component": "-"}),
        of("shop.web", {}),
        "gone [component] -> nothing",
        "new nothing -> scope.name",
    ),
    case(
        "component",
        "another component",
        of("flask", {"component": "Flask"}),
        of("flask", {"component": "Django"}),
        "changed [component] -> [component]",
    ),
    case(
        "component-lost",
        "no scope",
        of("", {"component": "Flask"}),
        of("", {}),
        "gone [component] -> nothing",
    ),
    case(
        "component-lost",
        "another component",
        of("lib", {"component": "Flask"}),
        of("lib", {"component": "Django"}),
        "changed [component] -> [component]",
    ),
    case(
        "sampling.priority",
        "another priority",
        of("", {"sampling.priority": 1}),
        of("", {"sampling.priority": 0}),
        "changed [sampling.priority] -> [sampling.priority]",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
