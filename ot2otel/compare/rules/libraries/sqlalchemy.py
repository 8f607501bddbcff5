"""Spans of SQLAlchemy: its OpenTracing integration beside its instrumentation."""

from __future__ import annotations

from collections.abc import Sequence

from ot2otel.compare.facts import MESSAGE, NAME, STATUS
from ot2otel.compare.rules.database import SPEAK_SQL
from ot2otel.compare.rules.libraries.instrumentation import NOT_INSTRUMENTED, made_by, source
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Effect,
    Makes,
    Rule,
    Split,
    attribute,
    one_of,
)
from ot2otel.model import StatusCode

_INTEGRATION = "https://github.com/opentracing-contrib/python-sqlalchemy"
_PREMISES = (made_by("sqlalchemy"), NOT_INSTRUMENTED)
_TEXT, _OLD_TEXT = attribute("db.query.text"), attribute("db.statement")
_SYSTEM, _OLD_SYSTEM = attribute("db.system.name"), attribute("db.system")


def _by_statement(
    name: object, new: object, old: object, namespace: object, database: object
) -> Sequence[Makes] | None:
    """Make the first word of the statement, and the database if it is told."""
    words = [str(new or old or "").partition(" ")[0], str(namespace or database or "")]
    return (Makes(NAME, " ".join(filter(None, words))),) if words[0] else None


def _product(dialect: object, new: object, old: object) -> Sequence[Makes] | None:
    there = [place for place, value in ((_SYSTEM, new), (_OLD_SYSTEM, old)) if value is not None]
    return [Makes(place, dialect) for place in there] or None


def _speaks(language: object) -> Sequence[Makes] | None:
    return (Makes(_OLD_SYSTEM, test=one_of(*SPEAK_SQL)),) if language == "sql" else None


def _status(error: object, status: StatusCode) -> Sequence[Makes] | None:
    return (Makes(STATUS, StatusCode.ERROR),) if error == "true" and status is StatusCode.UNSET else None


SQLALCHEMY = (
    Rule(
        "statement-as-name",
        Effect.IMPROVED,
        "the instrumentation names a span by the statement's first word; the integration named it by a class "
        "of SQLAlchemy",
        f"{source('sqlalchemy')} (_operation_name)",
        (
            Split(
                (NAME,),
                _by_statement,
                reads_after=(_TEXT, _OLD_TEXT, attribute("db.namespace"), attribute("db.name")),
                premises=_PREMISES,
            ),
        ),
    ),
    Rule(
        "dialect-as-system",
        Effect.TRANSLATED,
        "`sqlalchemy.dialect` becomes the product in `db.system` or `db.system.name`",
        f"{CONVENTIONS}/db/database-spans/ ({_INTEGRATION})",
        (
            Split(
                (attribute("sqlalchemy.dialect"),),
                _product,
                reads_after=(_SYSTEM, _OLD_SYSTEM),
                premises=_PREMISES,
            ),
        ),
    ),
    Rule(
        "sql-older-product",
        Effect.IMPROVED,
        "`db.type=sql` names a language; `db.system` names the product that speaks it",
        f"{CONVENTIONS}/non-normative/db-migration/ ({_INTEGRATION})",
        (Split((attribute("db.type"),), _speaks, premises=(made_by("sqlalchemy"),)),),
    ),
    Rule(
        "error-text-as-status",
        Effect.IMPROVED,
        "a failed statement has the status ERROR; the integration wrote the tag `error` as text, which sets "
        "none",
        f"{CONVENTIONS}/db/database-spans/#span-definition ({_INTEGRATION})",
        (Split((attribute("error"), STATUS), _status, premises=_PREMISES),),
    ),
    Rule(
        "sqlalchemy-exception",
        Effect.TRANSLATED,
        "the text of the error, in `sqlalchemy.exception`, becomes the message of the status",
        f"{source('sqlalchemy')} (_handle_error)",
        (
            Split(
                (attribute("sqlalchemy.exception"),),
                lambda error: (Makes(MESSAGE, error),),
                premises=_PREMISES,
            ),
        ),
    ),
)
