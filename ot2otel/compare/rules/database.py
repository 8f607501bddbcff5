"""Changes of database calls on the way to today's semantic conventions."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.rules.rule import CONVENTIONS, Copied, Effect, Renamed, Rule, attribute

_OPENTRACING = "https://github.com/opentracing/specification/blob/master/semantic_conventions.md"
_SPANS = f"{CONVENTIONS}/db/database-spans/"


def _product(system: object) -> object:
    """Return a database product's name; "sql" names a language, not a product."""
    return None if system == "sql" else system


def _first_word(statement: object) -> Sequence[str]:
    return str(statement or "").split(maxsplit=1)[:1]


DATABASE = (
    Rule(
        "db.system.name",
        Effect.TRANSLATED,
        "`db.type` is renamed to `db.system.name`, if it names a product",
        f"{_SPANS} ({_OPENTRACING})",
        (Renamed(attribute("db.type"), attribute("db.system.name"), _product),),
    ),
    Rule(
        "db.namespace",
        Effect.TRANSLATED,
        "`db.instance` is renamed to `db.namespace`",
        f"{_SPANS} ({_OPENTRACING})",
        (Renamed(attribute("db.instance"), attribute("db.namespace")),),
    ),
    Rule(
        "db.query.text",
        Effect.TRANSLATED,
        "`db.statement` is renamed to `db.query.text`",
        f"{CONVENTIONS}/non-normative/db-migration/",
        (Renamed(attribute("db.statement"), attribute("db.query.text")),),
    ),
    Rule(
        "db.operation.name",
        Effect.ADDED,
        "`db.operation.name` repeats the first word of the statement",
        _SPANS,
        (Copied(attribute("db.operation.name"), (attribute("db.query.text"),), _first_word),),
    ),
)
