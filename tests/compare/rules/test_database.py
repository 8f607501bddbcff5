from __future__ import annotations

import pytest

from ot2otel.compare.rules.database import DATABASE
from ot2otel.model import Attributes
from tests.compare.rules.tables import by_name, rewritten, span
from tests.support.fields import SpanFields

RULES = by_name(DATABASE)
SELECT = "SELECT id FROM users"


def attributes(values: Attributes) -> SpanFields:
    return {"attributes": values}


BEFORE_ALONE = [
    pytest.param("db.system.name", {"db.type": "sql"}, id="any database that speaks SQL"),
    pytest.param("db.system.name", {"db.type": "redis", "db.system.name": "valkey"}, id="both systems"),
    pytest.param("db.namespace", {"instance": "users"}, id="another instance"),
    pytest.param("db.namespace", {"db.instance": "users", "db.namespace": "orders"}, id="both namespaces"),
    pytest.param("db.query.text", {"statement": SELECT}, id="another statement"),
    pytest.param(
        "db.query.text", {"db.statement": SELECT, "db.query.text": "SELECT 1"}, id="both statements"
    ),
]
AFTER_ALONE = [
    pytest.param(
        "db.operation.name", {"db.query.text": SELECT, "db.operation.name": "INSERT"}, id="another operation"
    ),
    pytest.param(
        "db.operation.name", {"db.query.text": SELECT, "db.operation.name": "SEL"}, id="half an operation"
    ),
    pytest.param("db.operation.name", {"db.operation.name": "findAndModify"}, id="no statement"),
    pytest.param("db.operation.name", {"db.query.text": "", "db.operation.name": ""}, id="nothing"),
]
BEFORE_TRANSLATED = [
    pytest.param(
        "db.system.name", {"db.type": "sqlite", "k": 1}, {"db.system.name": "sqlite", "k": 1}, id="product"
    ),
    pytest.param("db.namespace", {"db.instance": "users"}, {"db.namespace": "users"}, id="instance"),
    pytest.param("db.query.text", {"db.statement": SELECT}, {"db.query.text": SELECT}, id="statement"),
]
AFTER_TRANSLATED = [
    pytest.param(
        "db.operation.name",
        {"db.query.text": SELECT, "db.operation.name": "SELECT"},
        {"db.query.text": SELECT},
        id="the statement's operation",
    ),
]


@pytest.mark.parametrize(("rule", "given"), BEFORE_ALONE)
def test_a_rule_leaves_an_old_span_alone(rule: str, given: Attributes) -> None:
    assert rewritten(RULES[rule].rewrite_old, attributes(given)) == span(attributes(given))


@pytest.mark.parametrize(("rule", "given"), AFTER_ALONE)
def test_a_rule_leaves_a_new_span_alone(rule: str, given: Attributes) -> None:
    assert rewritten(RULES[rule].rewrite_new, attributes(given)) == span(attributes(given))


@pytest.mark.parametrize(("rule", "given", "expected"), BEFORE_TRANSLATED)
def test_a_rule_translates_an_old_span(rule: str, given: Attributes, expected: Attributes) -> None:
    assert rewritten(RULES[rule].rewrite_old, attributes(given)) == span(attributes(expected))


@pytest.mark.parametrize(("rule", "given", "expected"), AFTER_TRANSLATED)
def test_a_rule_translates_a_new_span(rule: str, given: Attributes, expected: Attributes) -> None:
    assert rewritten(RULES[rule].rewrite_new, attributes(given)) == span(attributes(expected))
