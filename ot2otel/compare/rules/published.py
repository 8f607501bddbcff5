"""The semantic conventions' own renames, as rules: one for each new name, one for each name that is obsolete.

The table published.tsv comes from the conventions' registry and schema file; docs/makers/conventions.py
makes it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Dropped,
    Effect,
    Licence,
    Renamed,
    Rule,
    attribute,
    in_resource,
    of_event,
    stands,
)

_TABLE = Path(__file__).with_name("published.tsv")
_SCHEMA = "https://opentelemetry.io/schemas/1.44.0"


@dataclass(frozen=True, slots=True)
class Published:
    """A row of the table: `new` is "" if nothing replaces the old name; `since` may be unknown, "".

    `reason` is "renamed", "obsoleted", or "uncategorized" if the registry tells it in prose, which is `note`.
    """

    old: str
    new: str
    since: str
    reason: str
    source: str
    note: str


def _read() -> tuple[Published, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Published(**row) for row in csv.DictReader(file, dialect="excel-tab", quoting=csv.QUOTE_NONE)
        )


PUBLISHED = _read()

# Their value changes too, or where they go depends on other facts.
BY_HAND: Mapping[str, str] = {
    "code.function": "one half of `code.function.name`",
    "db.operation": "the rule `db.operation.name` is another one",
    "db.sql.table": "the statement may tell it",
    "db.system": "some products have another name",
    "enduser.role": "a text becomes a list",
    "http.method": "an unknown method becomes `_OTHER`",
    "http.scheme": "a client's is in `url.full`",
    "http.target": "it is split, not lost",
    "http.url": "a client keeps it, a server splits it",
    "messaging.kafka.destination.partition": "a number becomes text",
    "messaging.kafka.partition": "a number becomes text",
    "messaging.operation": "some operations have another name",
    "messaging.rocketmq.client_group": "on the spans of consumers only",
    "net.app.protocol.name": "`http` goes without saying",
    "net.protocol.name": "`http` goes without saying",
    "net.transport": "`ip_tcp` becomes `tcp`",
    "otel.library.name": "written by exporters, see thrift_exporter.py",
    "otel.library.version": "written by exporters, see thrift_exporter.py",
    "pool.name": "of metrics; on a span it is the application's own",
    "rpc.system": "some systems have another name",
    "state": "of metrics; on a span it is the application's own",
}

# The namespaces of resources; their names may also stand on spans, as an exporter may write them there.
_RESOURCE = (
    *("android.", "browser.", "cloud.", "container.", "deployment.", "faas.id", "io.state", "ios."),
    *("k8s.", "process.", "telemetry.", "vcs."),
)
# Namespaces of which the registry has another page, or none.
_PAGES = {"net": "network", "message": "rpc", "az": "azure", "io": "ios", "faas": "faas"}


def with_published(by_hand: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return these rules and those of the table; a rule that is named for a new name takes its old ones."""
    renames: dict[str, list[Published]] = {}
    for row in PUBLISHED:
        if row.new and row.old not in BY_HAND:
            renames.setdefault(row.new, []).append(row)
    more = [
        replace(rule, licences=(*rule.licences, *_licences(renames.pop(rule.name, ())))) for rule in by_hand
    ]
    return (
        *more,
        *(_renamed(new, rows) for new, rows in sorted(renames.items())),
        *map(_obsolete, obsolete()),
    )


def obsolete() -> Iterator[Published]:
    """Yield the rows of the names without a replacement."""
    return (row for row in PUBLISHED if row.reason == "obsoleted" and row.old not in BY_HAND)


def _renamed(new: str, rows: Sequence[Published]) -> Rule:
    olds = [f"`{row.old}`" for row in rows]
    before = ", ".join(olds[:-1]) + (" and " if olds[1:] else "") + olds[-1]
    summary = f"{before} {'are' if olds[1:] else 'is'} renamed to `{new}`"
    return Rule(new, Effect.TRANSLATED, summary, _source(rows[0]), tuple(_licences(rows)))


def _licences(rows: Iterable[Published]) -> Iterator[Licence]:
    for row in rows:
        yield Renamed(attribute(row.old), attribute(row.new))
        yield Renamed(of_event("attributes", row.old), of_event("attributes", row.new))
        if row.old.startswith(_RESOURCE):
            yield Renamed(in_resource(row.old), in_resource(row.new))


def _obsolete(row: Published) -> Rule:
    instead = f"nothing: {row.note}"
    event = of_event("attributes", row.old)
    return Rule(
        row.old,
        Effect.DEGRADED,
        _without_successor(row),
        _source(row),
        (
            Dropped((attribute(row.old),), instead),
            # Of an event that is gone as a whole it is no fact of its own.
            Dropped((event,), instead, premises=(stands(of_event("name")),)),
        ),
        f"a search for `{row.old}` finds nothing",
    )


def _without_successor(row: Published) -> str:
    """Say in one sentence why nothing replaces the old name; a row of the schema names what is gone."""
    if row.source != "schema":
        return f'`{row.old}` is obsolete; the registry says "{row.note.rstrip(".")}"'
    gone, _, rest = row.note.removesuffix(".").partition(" ")
    return f"{gone} {rest}" if gone == f"`{row.old}`" else f"`{row.old}` was renamed to {gone}, which {rest}"


def _source(row: Published) -> str:
    if row.source == "schema":
        return _SCHEMA
    namespace = row.old.partition(".")[0].replace("_", "-")
    return f"{CONVENTIONS}/registry/attributes/{_PAGES.get(namespace, namespace)}/"
