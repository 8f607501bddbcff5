"""SQLAlchemy on SQLite in memory: CREATE, INSERT, executemany, SELECT and a statement that fails."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from tests.golden.exchanges.tracing import Started

SERVICES = ("shop", "archive")
_STATEMENTS: tuple[tuple[tuple[str, Any], ...], ...] = (  # Any: parameters
    (
        ("CREATE TABLE probe (id INTEGER, name TEXT)", None),
        ("INSERT INTO probe VALUES (:id, :name)", {"id": 1, "name": "ann"}),
        ("INSERT INTO probe VALUES (:id, :name)", [{"id": 2, "name": "bob"}, {"id": 3, "name": "eve"}]),
        ("SELECT name FROM probe WHERE id = :id", {"id": 1}),
        ("SELECT missing FROM nowhere", None),
    ),
    (
        ("CREATE TABLE letters (letter TEXT)", None),
        ("INSERT INTO letters VALUES (:letter)", {"letter": "a"}),
        ("UPDATE letters SET letter = :letter", {"letter": "b"}),
        ("DELETE FROM letters", None),
        ("DROP TABLE never_made", None),
    ),
)


def exchange(tracing: Started, scenario: int) -> None:
    """Execute the scenario's statements, each in a transaction of its own."""
    engine = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool)
    if tracing.tracer is None:
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

        SQLAlchemyInstrumentor().instrument(engine=engine)
    else:
        import sqlalchemy_opentracing

        sqlalchemy_opentracing.init_tracing(tracing.tracer, True, True)
    for statement, parameters in _STATEMENTS[scenario]:
        with suppress(OperationalError), engine.begin() as connection:
            connection.execute(text(statement), parameters)
    engine.dispose()
