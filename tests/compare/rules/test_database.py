from __future__ import annotations

import pytest

from ot2otel.model import Span
from tests.compare.rules.tables import Judged, alone, attributes, case, judged

SELECT = "SELECT id FROM users"

TRANSLATES = [
    case(
        "db.system.name",
        "a product",
        attributes({"db.type": "sqlite", "k": 1}),
        attributes({"db.system.name": "sqlite", "k": 1}),
        "translated attributes.db.type -> attributes.db.system.name by db.system.name",
    ),
    case(
        "db.namespace",
        "an instance",
        attributes({"db.instance": "users"}),
        attributes({"db.namespace": "users"}),
        "translated attributes.db.instance -> attributes.db.namespace by db.namespace",
    ),
    case(
        "db.query.text",
        "a statement",
        attributes({"db.statement": SELECT}),
        attributes({"db.query.text": SELECT}),
        "translated attributes.db.statement -> attributes.db.query.text by db.query.text",
    ),
    case(
        "db.operation.name",
        "the statement's operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SELECT"}),
        "added nothing -> attributes.db.operation.name by db.operation.name",
    ),
]
LEAVES_ALONE = [
    case(
        "db.system.name",
        "any database that speaks SQL",
        attributes({"db.type": "sql"}),
        attributes({"db.system.name": "sql"}),
        "gone attributes.db.type -> nothing",
        "new nothing -> attributes.db.system.name",
    ),
    case(
        "db.system.name",
        "another product",
        attributes({"db.type": "redis"}),
        attributes({"db.system.name": "valkey"}),
        'changed attributes.db.type -> attributes.db.system.name by db.system.name, which wants "redis"',
    ),
    case(
        "db.system.name",
        "both keys, of which one is gone",
        attributes({"db.type": "redis", "db.system.name": "valkey"}),
        attributes({"db.system.name": "valkey"}),
        "gone attributes.db.type -> nothing",
    ),
    case(
        "db.namespace",
        "both keys, of which one changed",
        attributes({"db.instance": "users", "db.namespace": "orders"}),
        attributes({"db.instance": "users", "db.namespace": "users"}),
        "changed attributes.db.namespace -> attributes.db.namespace",
    ),
    case(
        "db.namespace",
        "another key",
        attributes({"instance": "users"}),
        attributes({"db.namespace": "users"}),
        "gone attributes.instance -> nothing",
        "new nothing -> attributes.db.namespace",
    ),
    case(
        "db.query.text",
        "a statement that is gone",
        attributes({"db.statement": SELECT}),
        attributes({}),
        "gone attributes.db.statement -> nothing",
    ),
    case(
        "db.operation.name",
        "another operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "INSERT"}),
        'changed nothing -> attributes.db.operation.name by db.operation.name, which wants "SELECT"',
    ),
    case(
        "db.operation.name",
        "half an operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SEL"}),
        'changed nothing -> attributes.db.operation.name by db.operation.name, which wants "SELECT"',
    ),
    case(
        "db.operation.name",
        "an operation without a statement",
        attributes({}),
        attributes({"db.operation.name": "findAndModify"}),
        "new nothing -> attributes.db.operation.name",
    ),
    case(
        "db.operation.name",
        "an operation that changed",
        attributes({"db.query.text": SELECT, "db.operation.name": "INSERT"}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SELECT"}),
        "changed attributes.db.operation.name -> attributes.db.operation.name",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged(before, after, alone(rule)) == expected
