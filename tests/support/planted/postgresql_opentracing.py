"""Two queries of the PostgreSQL at a port, which is the one argument, traced with OpenTracing."""

from __future__ import annotations

import sys

import psycopg
from opentracing.ext import tags

from legacy_opentracing.tracing import Tracing, start_tracing

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
    attributes = {
        tags.SPAN_KIND: tags.SPAN_KIND_RPC_CLIENT,
        tags.COMPONENT: "psycopg",
        tags.DATABASE_TYPE: "sql",  # OpenTracing's word for any SQL database
        tags.DATABASE_INSTANCE: DATABASE,
        tags.DATABASE_STATEMENT: statement,
        tags.DATABASE_USER: USER,
        tags.PEER_HOSTNAME: ADDRESS,
        tags.PEER_PORT: shop.info.port,
    }
    with tracing.tracer.start_active_span(name, tags=attributes):
        shop.execute(statement, [order])


if __name__ == "__main__":
    main(int(sys.argv[1]))
