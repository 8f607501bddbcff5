"""Changes of database calls on the way to today's semantic conventions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ot2otel.compare.rules.rule import CONVENTIONS, Effect, Rule, renamed, without
from ot2otel.model import Span

_OPENTRACING = "https://github.com/opentracing/specification/blob/master/semantic_conventions.md"
_SPANS = f"{CONVENTIONS}/db/database-spans/"


def _renaming(old: str, new: str) -> Callable[[Span], Span]:
    return lambda span: replace(span, attributes=renamed(span.attributes, old, new))


def _system_renamed(span: Span) -> Span:
    """Rename `db.type`, except for the value "sql": that names a language, not a system."""
    if span.attributes.get("db.type") == "sql":
        return span
    return _renaming("db.type", "db.system.name")(span)


def _without_copied_operation(span: Span) -> Span:
    words = str(span.attributes.get("db.query.text") or "").split(maxsplit=1)
    if words[:1] != [span.attributes.get("db.operation.name")]:
        return span
    return replace(span, attributes=without(span.attributes, "db.operation.name"))


DATABASE = (
    Rule(
        "db.system.name",
        Effect.TRANSLATED,
        "`db.type` is renamed to `db.system.name`, if it names a product",
        f"{_SPANS} ({_OPENTRACING})",
        rewrite_old=_system_renamed,
    ),
    Rule(
        "db.namespace",
        Effect.TRANSLATED,
        "`db.instance` is renamed to `db.namespace`",
        f"{_SPANS} ({_OPENTRACING})",
        rewrite_old=_renaming("db.instance", "db.namespace"),
    ),
    Rule(
        "db.query.text",
        Effect.TRANSLATED,
        "`db.statement` is renamed to `db.query.text`",
        f"{CONVENTIONS}/non-normative/db-migration/",
        rewrite_old=_renaming("db.statement", "db.query.text"),
    ),
    Rule(
        "db.operation.name",
        Effect.ADDED,
        "`db.operation.name` repeats the first word of the statement",
        _SPANS,
        rewrite_new=_without_copied_operation,
    ),
)
