"""The renames that concern a file, as a table and as a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ot2otel.compare.conventions import NEWEST, Concern, Version, named, older_than
from ot2otel.report.prose import wrapped

_TITLES = ("key", "in", "spans", "new key", "since", "becomes", "by the rule")


@dataclass(frozen=True, slots=True)
class Asked:
    """A file of traces and the versions that were asked for; `schemas` are those that the file names."""

    file: str
    spans: int
    schemas: Sequence[Version]
    after: Version | None
    until: Version


def text(asked: Asked, concerned: Sequence[Concern]) -> str:
    """Return the table, and what the conventions say of the keys that have no one new name."""
    schemas = ", ".join(map(named, asked.schemas))
    lines = [f"{asked.file}: {asked.spans} spans, {f'schema {schemas}' if schemas else 'no schema named'}"]
    if not concerned:
        return "\n".join([*lines, f"No key in it changed {_between(asked)}."])
    lines += [f"Its keys that the semantic conventions changed {_between(asked)}:", ""]
    lines += _aligned([_TITLES, *(_row(each, asked.spans) for each in concerned)])
    return "\n".join([*lines, *_notes(concerned), *_remarks(asked, concerned)])


def _notes(concerned: Sequence[Concern]) -> Iterator[str]:
    """Yield what the conventions say in prose, once for all keys of which they say the same."""
    keys: dict[str, dict[str, None]] = defaultdict(dict)
    for each in concerned:
        if each.published.note:
            keys[each.published.note][each.published.old] = None
    if keys:
        yield ""
    for note, olds in keys.items():
        yield from wrapped(f"{', '.join(olds)}: {note}")


def _between(asked: Asked) -> str:
    return f"{f'after {named(asked.after)} and ' if asked.after else ''}up to {named(asked.until)}"


def _row(concern: Concern, spans: int) -> tuple[str, ...]:
    published = concern.published
    return (
        published.old,
        concern.place,
        f"{concern.spans} of {spans}",
        published.new or ("see below" if published.note else "none"),
        published.since or "?",
        concern.effect,
        ", ".join(rule.name for rule in concern.rules) or "none",
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _remarks(asked: Asked, concerned: Sequence[Concern]) -> Iterator[str]:
    if any(not each.published.since for each in concerned):
        yield ""
        yield "?: the conventions do not tell the version."
    if asked.until < NEWEST:
        yield ""
        yield f"The new keys are those of {named(NEWEST)}, the newest version known."
    if asked.schemas and (older := older_than(concerned, asked.schemas[0])):
        names = dict.fromkeys(each.published.old for each in older)
        yield ""
        yield from wrapped(
            f"The file names the schema {named(asked.schemas[0])}, and has keys that were renamed before:"
            f" {', '.join(names)}."
        )


def document(asked: Asked, concerned: Sequence[Concern]) -> dict[str, Any]:  # Any: JSON
    """Return the JSON document of `ot2otel semconv --format json`."""
    return {
        "file": asked.file,
        "spans": asked.spans,
        "schemas": [named(each) for each in asked.schemas],
        "from": asked.after and named(asked.after),
        "to": named(asked.until),
        "keys": [
            {
                "key": each.published.old,
                "in": each.place,
                "spans": each.spans,
                "new": each.published.new or None,
                "since": each.published.since or None,
                "reason": each.published.reason,
                "note": each.published.note,
                "effect": each.effect,
                "rules": [rule.name for rule in each.rules],
            }
            for each in concerned
        ],
    }
