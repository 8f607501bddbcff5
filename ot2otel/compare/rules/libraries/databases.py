"""Spans of database libraries under their instrumentations: redis, psycopg and others of DB-API."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.facts import NAME
from ot2otel.compare.rules.libraries.instrumentation import NOT_INSTRUMENTED, made_by, source
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Dropped,
    Effect,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    integer,
    of_event,
    one_of,
    stands,
    text,
    was,
)

_BY_REDIS = made_by("redis")
_BY_DATABASE = made_by("redis", "sqlalchemy", "psycopg", "psycopg2", "sqlite3", "dbapi", "pymongo")
_TEXT, _OLD_TEXT = attribute("db.query.text"), attribute("db.statement")
# A command of Redis with its values hidden.
_HIDDEN = re.compile(r"(?P<command>[A-Z][A-Z0-9_.]*)(?: \?)*")


def _commands(hidden: object) -> list[str] | None:
    """Return the commands of a statement with hidden values, one a line; None if it is no such text."""
    found = [_HIDDEN.fullmatch(line) for line in hidden.splitlines()] if isinstance(hidden, str) else []
    return [match["command"] for match in found if match] if found and all(found) else None


def _hidden(statement: object, new: object, old: object) -> Sequence[Makes] | None:
    """Make the commands of the statement without their values; a value may have any words."""
    if not isinstance(statement, str):
        return None

    def has_its_commands(hidden: object) -> bool:
        commands, at = _commands(hidden), 0
        for command in commands or ():
            found = re.compile(rf"(?:^|;){re.escape(command)}(?= |;|$)").search(statement, at)
            if found is None:
                return False
            at = found.end()
        return commands is not None

    there = [place for place, value in ((_TEXT, new), (_OLD_TEXT, old)) if value not in (None, statement)]
    return [Makes(place, test=has_its_commands) for place in there] or None


def _named_by_commands(name: object, new: object, old: object) -> Sequence[Makes] | None:
    commands = _commands(new or old)
    return (Makes(NAME, " ".join(commands)),) if name == "MULTI" and commands else None


def _product(system: object) -> object:
    return None if system == "sql" else system


DATABASES = (
    Rule(
        "older-db-system",
        Effect.TRANSLATED,
        "`db.type`, if it names a product, becomes `db.system` in the older conventions",
        f"{CONVENTIONS}/non-normative/db-migration/ ({source('redis')})",
        (Renamed(attribute("db.type"), attribute("db.system"), _product, (_BY_DATABASE,)),),
    ),
    Rule(
        "redis-values-hidden",
        Effect.DEGRADED,
        "the statement has `?` for each key and value of Redis; the integration wrote them in clear",
        f"{source('redis')} (_format_command_args)",
        (
            Split(
                (_OLD_TEXT,),
                _hidden,
                reads_after=(_TEXT, _OLD_TEXT),
                premises=(_BY_REDIS, NOT_INSTRUMENTED),
            ),
        ),
        "a search for a key of Redis in the statement finds nothing",
    ),
    Rule(
        "commands-as-name",
        Effect.TRANSLATED,
        "the instrumentation names a Redis pipeline by its commands",
        f"{source('redis')} (_build_span_meta_data_for_pipeline)",
        (Split((NAME,), _named_by_commands, reads_after=(_TEXT, _OLD_TEXT), premises=(_BY_REDIS,)),),
    ),
    Rule(
        "redis-database-left-out",
        Effect.DEGRADED,
        "with the stable conventions, the instrumentation does not write the index of the Redis database",
        f"{CONVENTIONS}/db/redis/ ({source('redis')})",
        (
            Dropped(
                (attribute("db.redis.database_index"),),
                "nothing: `db.namespace` should have it, and is not written",
                integer,
                (_BY_REDIS, stands(_TEXT)),
            ),
        ),
        "calls to different databases of one Redis can't be told apart",
    ),
    Rule(
        "second-error-log",
        Effect.TRANSLATED,
        "the integration and the tracer each logged an error; now it is one event `exception`",
        "https://github.com/opentracing-contrib/python-redis/blob/master/redis_opentracing/tracing.py",
        (
            Dropped(
                (of_event("name"), of_event("attributes", "error.object")),
                "the event `exception` of the same error",
                one_of("error"),
                (
                    was(of_event("attributes", "message"), None),
                    Premise((("event", 0, "name"), ("event", 1, "name")), one_of("exception")),
                ),
            ),
        ),
    ),
    Rule(
        "database-instrumentation",
        Effect.ADDED,
        "the instrumentation of a database library describes server and call in more attributes",
        f"{CONVENTIONS}/db/database-spans/ ({source('dbapi')})",
        (
            Added(
                tuple(
                    attribute(key)
                    for key in (
                        *("db.system", "db.system.name", "db.name", "db.namespace", "net.peer.name"),
                        *("net.transport", "server.address", "network.transport", "db.operation.name"),
                        "db.operation",
                    )
                ),
                text,
                (_BY_DATABASE,),
            ),
            Added(
                tuple(
                    attribute(key)
                    for key in (
                        *("db.redis.args_length", "db.redis.pipeline_length", "db.redis.database_index"),
                        *("net.peer.port", "server.port"),
                    )
                ),
                integer,
                (_BY_DATABASE,),
            ),
        ),
    ),
)
