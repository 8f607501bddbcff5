"""Changes of database calls on the way to today's semantic conventions."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    OPENTRACING_TAGS,
    Copied,
    Effect,
    Makes,
    Renamed,
    Rule,
    Split,
    attribute,
    one_of,
)

_MIGRATION = f"{CONVENTIONS}/non-normative/db-migration/"
_SPANS = f"{CONVENTIONS}/db/database-spans/"


_TYPE, _SYSTEM = attribute("db.type"), attribute("db.system.name")
_COLLECTION, _TEXT = attribute("db.collection.name"), attribute("db.query.text")

# Products that have another name in `db.system.name` than in `db.system`.
_RENAMED = {
    "adabas": "softwareag.adabas",
    "cosmosdb": "azure.cosmosdb",
    "db2": "ibm.db2",
    "dynamodb": "aws.dynamodb",
    "firebird": "firebirdsql",
    "h2": "h2database",
    "hanadb": "sap.hana",
    "informix": "ibm.informix",
    "ingres": "actian.ingres",
    "intersystems_cache": "intersystems.cache",
    "maxdb": "sap.maxdb",
    "mssql": "microsoft.sql_server",
    "netezza": "ibm.netezza",
    "oracle": "oracle.db",
    "redshift": "aws.redshift",
    "spanner": "gcp.spanner",
}
# Products of `db.system.name` whose language is SQL.
SPEAK_SQL = (
    *("actian.ingres", "aws.redshift", "clickhouse", "cockroachdb", "derby", "firebirdsql", "gcp.spanner"),
    *("h2database", "hive", "hsqldb", "ibm.db2", "ibm.informix", "ibm.netezza", "instantdb", "mariadb"),
    *("microsoft.sql_server", "mysql", "oracle.db", "other_sql", "postgresql", "sap.hana", "sap.maxdb"),
    *("sqlite", "teradata", "trino"),
)


def _product(system: object) -> object:
    """Return a database product's name; "sql" names a language, not a product."""
    return None if system == "sql" else _RENAMED.get(str(system), system)


def _speaks(language: object) -> Sequence[Makes] | None:
    return (Makes(_SYSTEM, test=one_of(*SPEAK_SQL)),) if language == "sql" else None


def _collection(table: object, statement: object) -> Sequence[Makes]:
    """Make the collection's name; it may be left out where the statement tells it."""
    return (Makes(_COLLECTION, table, required=str(table) not in str(statement or "")),)


def _index(index: object) -> str | None:
    return str(index) if type(index) is int else None


def _first_word(statement: object) -> Sequence[str]:
    return str(statement or "").split(maxsplit=1)[:1]


DATABASE = (
    Rule(
        "db.system.name",
        Effect.TRANSLATED,
        "`db.type`, if it names a product, and `db.system` are renamed to `db.system.name`; some products "
        "have another name there",
        f"{_SPANS} ({OPENTRACING_TAGS})",
        (Renamed(_TYPE, _SYSTEM, _product), Renamed(attribute("db.system"), _SYSTEM, _product)),
    ),
    Rule(
        "sql-product",
        Effect.IMPROVED,
        "`db.type=sql` names a language; `db.system.name` names the product that speaks it",
        f"{_SPANS} ({OPENTRACING_TAGS})",
        (Split((_TYPE,), _speaks),),
    ),
    Rule(
        "db.namespace",
        Effect.TRANSLATED,
        "`db.instance`, `db.name` and the names of single products for it are renamed to `db.namespace`",
        f"{_SPANS} ({OPENTRACING_TAGS})",
        (
            Renamed(attribute("db.instance"), attribute("db.namespace")),
            Renamed(attribute("db.redis.database_index"), attribute("db.namespace"), _index),
        ),
    ),
    Rule(
        "db.collection.name",
        Effect.TRANSLATED,
        "the attributes for a table, a container or a collection are renamed to `db.collection.name`, which "
        "may be left out if the statement tells it",
        _MIGRATION,
        (Split((attribute("db.sql.table"),), _collection, reads_after=(_TEXT,)),),
    ),
    Rule(
        "db.response.status_code",
        Effect.TRANSLATED,
        "`db.cosmosdb.status_code` becomes `db.response.status_code`, as text",
        f"{CONVENTIONS}/registry/attributes/db/",
        (Renamed(attribute("db.cosmosdb.status_code"), attribute("db.response.status_code"), _index),),
    ),
    Rule(
        "db.operation",
        Effect.TRANSLATED,
        "`db.operation` is renamed to `db.operation.name`",
        _MIGRATION,
        (Renamed(attribute("db.operation"), attribute("db.operation.name")),),
    ),
    Rule(
        "db.operation.name",
        Effect.ADDED,
        "`db.operation.name` repeats the first word of the statement",
        _SPANS,
        (Copied(attribute("db.operation.name"), (attribute("db.query.text"),), _first_word),),
    ),
)
