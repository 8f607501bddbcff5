from __future__ import annotations

import pytest

from ot2otel.model import Span
from tests.compare.rules.tables import Judged, attributes, case, judged_by

SELECT = "SELECT id FROM users"

TRANSLATES = [
    case(
        "db.system.name",
        "a product",
        attributes({"db.type": "sqlite", "k": 1}),
        attributes({"db.system.name": "sqlite", "k": 1}),
        "translated [db.type] -> [db.system.name] by it",
    ),
    case(
        "db.namespace",
        "an instance",
        attributes({"db.instance": "users"}),
        attributes({"db.namespace": "users"}),
        "translated [db.instance] -> [db.namespace] by it",
    ),
    case(
        "db.query.text",
        "a statement",
        attributes({"db.statement": SELECT}),
        attributes({"db.query.text": SELECT}),
        "translated [db.statement] -> [db.query.text] by it",
    ),
    case(
        "db.operation.name",
        "the statement's operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SELECT"}),
        "added nothing -> [db.operation.name] by it",
    ),
    case(
        "db.system.name",
        "a product with another name",
        attributes({"db.system": "mssql"}),
        attributes({"db.system.name": "microsoft.sql_server"}),
        "translated [db.system] -> [db.system.name] by it",
    ),
    case(
        "db.namespace",
        "a number of Redis",
        attributes({"db.redis.database_index": 1}),
        attributes({"db.namespace": "1"}),
        "translated [db.redis.database_index] -> [db.namespace] by it",
    ),
    case(
        "db.namespace",
        "a name of the older conventions",
        attributes({"db.name": "users"}),
        attributes({"db.namespace": "users"}),
        "translated [db.name] -> [db.namespace] by it",
    ),
    case(
        "db.collection.name",
        "a table",
        attributes({"db.sql.table": "users"}),
        attributes({"db.collection.name": "users"}),
        "translated [db.sql.table] -> [db.collection.name] by it",
    ),
    case(
        "db.collection.name",
        "a table that the statement tells",
        attributes({"db.sql.table": "users", "db.query.text": "SELECT id FROM users"}),
        attributes({"db.query.text": "SELECT id FROM users"}),
        "translated [db.sql.table] -> nothing by it",
    ),
    case(
        "db.response.status_code",
        "a code as text",
        attributes({"db.cosmosdb.status_code": 404}),
        attributes({"db.response.status_code": "404"}),
        "translated [db.cosmosdb.status_code] -> [db.response.status_code] by it",
    ),
    case(
        "db.operation",
        "an operation",
        attributes({"db.operation": "SELECT"}),
        attributes({"db.operation.name": "SELECT"}),
        "translated [db.operation] -> [db.operation.name] by it",
    ),
    case(
        "sql-product",
        "a product",
        attributes({"db.type": "sql"}),
        attributes({"db.system.name": "postgresql"}),
        "improved [db.type] -> [db.system.name] by it",
    ),
]
LEAVES_ALONE = [
    case(
        "db.system.name",
        "a product by its older name",
        attributes({"db.system": "mssql"}),
        attributes({"db.system.name": "mssql"}),
        'changed [db.system] -> [db.system.name] by it, which wants "microsoft.sql_server"',
    ),
    case(
        "db.collection.name",
        "another table",
        attributes({"db.sql.table": "users"}),
        attributes({"db.collection.name": "orders"}),
        'changed [db.sql.table] -> [db.collection.name] by it, which wants "users"',
    ),
    case(
        "db.collection.name",
        "a table that the statement does not tell",
        attributes({"db.sql.table": "users", "db.query.text": "SELECT 1"}),
        attributes({"db.query.text": "SELECT 1"}),
        "gone [db.sql.table] -> nothing",
    ),
    case(
        "db.response.status_code",
        "another code",
        attributes({"db.cosmosdb.status_code": 404}),
        attributes({"db.response.status_code": "200"}),
        'changed [db.cosmosdb.status_code] -> [db.response.status_code] by it, which wants "404"',
    ),
    case(
        "db.operation",
        "another operation",
        attributes({"db.operation": "SELECT"}),
        attributes({"db.operation.name": "INSERT"}),
        'changed [db.operation] -> [db.operation.name] by it, which wants "SELECT"',
    ),
    case(
        "sql-product",
        "a product of another language",
        attributes({"db.type": "sql"}),
        attributes({"db.system.name": "redis"}),
        "changed [db.type] -> [db.system.name] by it",
    ),
    case(
        "sql-product",
        "no product",
        attributes({"db.type": "sql"}),
        attributes({}),
        "gone [db.type] -> nothing",
    ),
    case(
        "db.system.name",
        "any database that speaks SQL",
        attributes({"db.type": "sql"}),
        attributes({"db.system.name": "sql"}),
        "gone [db.type] -> nothing",
        "new nothing -> [db.system.name]",
    ),
    case(
        "db.system.name",
        "another product",
        attributes({"db.type": "redis"}),
        attributes({"db.system.name": "valkey"}),
        'changed [db.type] -> [db.system.name] by it, which wants "redis"',
    ),
    case(
        "db.system.name",
        "both keys, of which one is gone",
        attributes({"db.type": "redis", "db.system.name": "valkey"}),
        attributes({"db.system.name": "valkey"}),
        "gone [db.type] -> nothing",
    ),
    case(
        "db.namespace",
        "both keys, of which one changed",
        attributes({"db.instance": "users", "db.namespace": "orders"}),
        attributes({"db.instance": "users", "db.namespace": "users"}),
        "changed [db.namespace] -> [db.namespace]",
    ),
    case(
        "db.namespace",
        "another key",
        attributes({"instance": "users"}),
        attributes({"db.namespace": "users"}),
        "gone [instance] -> nothing",
        "new nothing -> [db.namespace]",
    ),
    case(
        "db.query.text",
        "a statement that is gone",
        attributes({"db.statement": SELECT}),
        attributes({}),
        "gone [db.statement] -> nothing",
    ),
    case(
        "db.operation.name",
        "another operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "INSERT"}),
        'changed nothing -> [db.operation.name] by it, which wants "SELECT"',
    ),
    case(
        "db.operation.name",
        "half an operation",
        attributes({"db.query.text": SELECT}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SEL"}),
        'changed nothing -> [db.operation.name] by it, which wants "SELECT"',
    ),
    case(
        "db.operation.name",
        "an operation without a statement",
        attributes({}),
        attributes({"db.operation.name": "findAndModify"}),
        "new nothing -> [db.operation.name]",
    ),
    case(
        "db.operation.name",
        "an operation that changed",
        attributes({"db.query.text": SELECT, "db.operation.name": "INSERT"}),
        attributes({"db.query.text": SELECT, "db.operation.name": "SELECT"}),
        "changed [db.operation.name] -> [db.operation.name]",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
