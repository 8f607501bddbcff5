"""The rules for database libraries, each alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, case, judged_by, span, without_scope


def hand(values: Attributes, name: str = "op") -> Span:
    """Make a span of an integration."""
    return span(name=name, kind=Kind.CLIENT, attributes=values)


def by(library: str, values: Attributes, name: str = "op") -> Span:
    """Make the span of an instrumentation."""
    return replace(hand(values, name), scope=Scope(f"opentelemetry.instrumentation.{library}"))


def redis(values: Attributes, name: str = "op") -> Span:
    return by("redis", values, name)


def sqlalchemy(values: Attributes, name: str = "op") -> Span:
    return by("sqlalchemy", values, name)


PIPELINE = "SET ? ?\nINCRBY ? ?"
FAILED = Status(StatusCode.ERROR, "no such table")
EXCEPTION = (Event("exception", 0, {"exception.message": "x"}), Event("retry", 0))

TRANSLATES = [
    case(
        "older-db-system",
        "a product",
        hand({"db.type": "redis"}),
        redis({"db.system": "redis"}),
        "translated [db.type] -> [db.system] by it",
    ),
    case(
        "redis-values-hidden",
        "a command",
        hand({"db.statement": "SET user:7 a b c"}),
        redis({"db.query.text": "SET ? ?"}),
        "degraded [db.statement] -> [db.query.text] by it",
    ),
    case(
        "redis-values-hidden",
        "a pipeline",
        hand({"db.statement": "SET a 1;INCRBY a 2"}),
        redis({"db.statement": PIPELINE}),
        "degraded [db.statement] -> [db.statement] by it",
    ),
    case(
        "commands-as-name",
        "a pipeline",
        hand({"db.query.text": PIPELINE}, "MULTI"),
        redis({"db.query.text": PIPELINE}, "SET INCRBY"),
        "translated name -> name by it",
    ),
    case(
        "redis-database-left-out",
        "with the stable conventions",
        redis({"db.redis.database_index": 3, "db.query.text": "GET ?"}),
        redis({"db.query.text": "GET ?"}),
        "degraded [db.redis.database_index] -> nothing by it",
    ),
    case(
        "second-error-log",
        "beside the exception",
        span(kind=Kind.CLIENT, events=(Event("error", 0, {"error.object": "x"}), *EXCEPTION[:1])),
        replace(redis({}), events=EXCEPTION[:1]),
        "translated event.0 -> nothing by it",
    ),
    case(
        "database-instrumentation",
        "facts of the connection",
        redis({}),
        redis({"server.address": "h", "server.port": 6379, "db.redis.args_length": 2}),
        "added nothing -> [db.redis.args_length] by it",
        "added nothing -> [server.address] by it",
        "added nothing -> [server.port] by it",
    ),
    case(
        "statement-as-name",
        "a statement in a named database",
        hand({"db.query.text": "INSERT INTO a", "db.namespace": "shop"}, "textclause"),
        sqlalchemy({"db.query.text": "INSERT INTO a", "db.namespace": "shop"}, "INSERT shop"),
        "improved name -> name by it",
    ),
    case(
        "dialect-as-system",
        "under the new key",
        hand({"sqlalchemy.dialect": "sqlite"}),
        sqlalchemy({"db.system.name": "sqlite"}),
        "translated [sqlalchemy.dialect] -> [db.system.name] by it",
    ),
    case(
        "sql-older-product",
        "a product that speaks SQL",
        hand({"db.type": "sql"}),
        sqlalchemy({"db.system": "sqlite"}),
        "improved [db.type] -> [db.system] by it",
    ),
    case(
        "error-text-as-status",
        "the text true",
        hand({"error": "true"}),
        replace(sqlalchemy({}), status=Status(StatusCode.ERROR)),
        "improved [error] + status.code -> status.code by it",
    ),
    case(
        "sqlalchemy-exception",
        "the text of the error",
        replace(hand({"sqlalchemy.exception": "no such table"}), status=Status(StatusCode.ERROR)),
        replace(sqlalchemy({}), status=FAILED),
        "translated [sqlalchemy.exception] -> status.message by it",
    ),
]
LEAVES_ALONE = [
    case(
        "older-db-system",
        "a language",
        hand({"db.type": "sql"}),
        redis({"db.system": "sqlite"}),
        "gone [db.type] -> nothing",
        "new nothing -> [db.system]",
    ),
    case(
        "redis-values-hidden",
        "another command",
        hand({"db.statement": "SET user:7 a"}),
        redis({"db.query.text": "GET ?"}),
        "changed [db.statement] -> [db.query.text] by it",
    ),
    case(
        "commands-as-name",
        "another command",
        hand({"db.query.text": PIPELINE}, "MULTI"),
        redis({"db.query.text": PIPELINE}, "SET"),
        "changed name -> name",
    ),
    case(
        "redis-database-left-out",
        "with the older conventions",
        redis({"db.redis.database_index": 3, "db.statement": "GET ?"}),
        redis({"db.statement": "GET ?"}),
        "gone [db.redis.database_index] -> nothing",
    ),
    case(
        "second-error-log",
        "without an exception",
        span(kind=Kind.CLIENT, events=(Event("error", 0, {"error.object": "x"}),)),
        redis({}),
        "gone event.0 -> nothing",
    ),
    case(
        "database-instrumentation",
        "of a span by hand",
        hand({}),
        hand({"server.address": "h"}),
        "new nothing -> [server.address]",
    ),
    case(
        "statement-as-name",
        "another word",
        hand({"db.query.text": "INSERT INTO a"}, "textclause"),
        sqlalchemy({"db.query.text": "INSERT INTO a"}, "SELECT"),
        "changed name -> name",
    ),
    case(
        "dialect-as-system",
        "another product",
        hand({"sqlalchemy.dialect": "sqlite"}),
        sqlalchemy({"db.system.name": "mysql"}),
        'changed [sqlalchemy.dialect] -> [db.system.name] by it, which wants "sqlite"',
    ),
    case(
        "sql-older-product",
        "a product that does not speak SQL",
        hand({"db.type": "sql"}),
        sqlalchemy({"db.system": "redis"}),
        "changed [db.type] -> [db.system] by it",
    ),
    case(
        "error-text-as-status",
        "no status",
        hand({"error": "true"}),
        sqlalchemy({}),
        "gone [error] -> nothing",
    ),
    case(
        "sqlalchemy-exception",
        "another text",
        replace(hand({"sqlalchemy.exception": "a lock"}), status=Status(StatusCode.ERROR)),
        replace(sqlalchemy({}), status=FAILED),
        'changed [sqlalchemy.exception] -> status.message by it, which wants "a lock"',
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES)
def test_a_rule_translates(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected


@pytest.mark.parametrize(("rule", "before", "after", "expected"), LEAVES_ALONE)
def test_a_rule_leaves_alone(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected
