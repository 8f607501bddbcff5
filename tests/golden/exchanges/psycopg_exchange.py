"""psycopg: CREATE, INSERT, executemany, SELECT and a statement that fails, on a PostgreSQL of its own."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor

from tests.golden.exchanges.tracing import Started
from tests.support.postgresql_server import USER, postgresql_server

SERVICES = ("shop", "archive")


def exchange(tracing: Started, scenario: int) -> None:
    """Execute the scenario's statements."""
    with postgresql_server() as port:
        print(f"port {port}", flush=True)
        PsycopgInstrumentor().instrument()
        with (
            psycopg.connect(
                host="127.0.0.1", port=port, dbname="postgres", user=USER, autocommit=True
            ) as connection,
            connection.cursor() as cursor,
        ):
            if scenario == 0:
                cursor.execute("CREATE TABLE probe (id INTEGER, name TEXT)")
                cursor.execute("INSERT INTO probe VALUES (%s, %s)", (1, "ann"))
                cursor.executemany("INSERT INTO probe VALUES (%s, %s)", [(2, "bob"), (3, "eve")])
                cursor.execute("SELECT name FROM probe WHERE id = %s", (1,))
                with suppress(psycopg.Error):
                    cursor.execute("SELECT nothing FROM nowhere")
            else:
                cursor.execute("CREATE TABLE letters (letter TEXT)")
                cursor.execute("INSERT INTO letters VALUES ('a')")
                cursor.execute("UPDATE letters SET letter = %s", ("b",))
                cursor.execute("DELETE FROM letters")
                with suppress(psycopg.Error):
                    cursor.execute("DROP TABLE never_made")
