"""Two queries of the PostgreSQL at a port, which is the one argument, traced with OpenTelemetry."""

from __future__ import annotations

import sys

import psycopg
from opentelemetry.semconv.attributes.db_attributes import (
    DB_NAMESPACE,
    DB_QUERY_SUMMARY,
    DB_QUERY_TEXT,
    DB_RESPONSE_STATUS_CODE,
    DB_SYSTEM_NAME,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.trace import SpanKind

from otel_native.tracing import Tracing, start_tracing

ADDRESS, DATABASE, USER, SCHEMA = "127.0.0.1", "postgres", "keeper", "public"


def main(port: int) -> None:
    """Make the exchange: the first query succeeds; the table of the second one does not exist."""
    tracing = start_tracing("shop")
    with psycopg.connect(
        host=ADDRESS,
        port=port,
        dbname=DATABASE,
        user=USER,
        options=f"-c search_path={SCHEMA}",
        autocommit=True,
    ) as shop:
        shop.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY)")
        query(tracing, shop, "SELECT orders", "SELECT id FROM orders WHERE id = %s", 1)
        try:
            query(tracing, shop, "SELECT invoices", "SELECT id FROM invoices WHERE id = %s", 1)
        except psycopg.errors.UndefinedTable as error:
            print(error.sqlstate)
    tracing.close()


def query(tracing: Tracing, shop: psycopg.Connection, name: str, statement: str, order: int) -> None:
    """Run `statement` for an order, in a span `name`."""
    attributes: dict[str, str | int] = {
        DB_SYSTEM_NAME: "postgresql",
        DB_NAMESPACE: f"{DATABASE}|{SCHEMA}",
        DB_QUERY_TEXT: statement,
        DB_QUERY_SUMMARY: name,
        SERVER_ADDRESS: ADDRESS,
        SERVER_PORT: shop.info.port,
    }
    with tracing.tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes) as span:
        try:
            shop.execute(statement, [order])
        except psycopg.Error as error:
            # The SDK records the exception and the status.
            if error.sqlstate:
                span.set_attributes({DB_RESPONSE_STATUS_CODE: error.sqlstate, ERROR_TYPE: error.sqlstate})
            raise


if __name__ == "__main__":
    main(int(sys.argv[1]))
