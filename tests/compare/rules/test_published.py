"""The conventions' own renames: the table, and the rules that it makes."""

from __future__ import annotations

import pytest

from docs.makers.conventions import TABLE, Deprecated, Extract, Row, extract, read_extract, table, written
from ot2otel.compare.catalog import explaining
from ot2otel.compare.rules.native import TODAYS_CONVENTIONS
from ot2otel.compare.rules.published import BY_HAND, PUBLISHED, Published, with_published
from ot2otel.compare.rules.rule import Dropped, Renamed, Rule, Split, attribute, in_resource
from ot2otel.compare.rules.steps import step
from ot2otel.model import Event, Kind, Scope
from tests.compare.rules.tables import attributes, judged, judged_by, resource, span

RENAMED = [row for row in PUBLISHED if row.new and row.old not in BY_HAND]
OBSOLETE = [row for row in PUBLISHED if row.reason == "obsoleted" and row.old not in BY_HAND]
OF_RESOURCES = [
    row for row in RENAMED if any(in_resource(row.old) in rule.renames for rule in TODAYS_CONVENTIONS)
]
# They stand in the registry for exporters and for metrics; no span of an application has them by convention.
OF_NO_SPAN = {"otel.library.name", "otel.library.version", "pool.name", "state"}
NATIVE = {"kind": Kind.CLIENT, "scope": Scope("lib")}

each_renamed = pytest.mark.parametrize("row", RENAMED, ids=lambda row: row.old)
each_obsolete = pytest.mark.parametrize("row", OBSOLETE, ids=lambda row: row.old)


def test_the_table_is_what_the_command_makes_of_the_extract() -> None:
    assert TABLE.read_text(encoding="utf-8") == written(table(read_extract()))


def test_the_table_has_the_registrys_deprecated_attributes_and_the_schemas_renames() -> None:
    facts = read_extract()
    olds = {each.old for each in facts.deprecated} | {
        old for names in facts.renamed.values() for old in names
    }

    rows = {row.old: row for row in PUBLISHED}

    assert olds - set(facts.current) <= set(rows)
    assert {row.new for row in PUBLISHED} & set(rows) <= {
        each.old for each in facts.deprecated if each.reason == "uncategorized"
    }


@pytest.mark.parametrize("old", BY_HAND)
def test_a_name_that_is_treated_by_hand_has_a_rule_or_is_of_no_span(old: str) -> None:
    firsts = {
        licence.old if isinstance(licence, Renamed) else (licence.takes or ((),))[0]
        for rule in TODAYS_CONVENTIONS
        for licence in rule.licences
        if isinstance(licence, (Renamed, Split))
    }

    assert (attribute(old) in firsts) is (old not in OF_NO_SPAN)


@each_renamed
def test_a_published_rename_is_translated(row: Published) -> None:
    before, after = attributes({row.old: "x", "k": 1}), attributes({row.new: "x", "k": 1})

    assert judged_by(row.new, before, after) == [f"translated [{row.old}] -> [{row.new}] by it"]


@each_renamed
def test_a_published_rename_is_translated_on_an_event(row: Published) -> None:
    before, after = (span(events=(Event("e", attributes={name: "x"}),)) for name in (row.old, row.new))

    assert judged_by(row.new, before, after) == [f"translated event.0[{row.old}] -> event.0[{row.new}] by it"]


@pytest.mark.parametrize("row", OF_RESOURCES, ids=lambda row: row.old)
def test_a_published_rename_is_translated_in_a_resource(row: Published) -> None:
    lines = judged_by(row.new, resource({row.old: "x"}), resource({row.new: "x"}))

    assert lines == [f"translated resource.{row.old} -> resource.{row.new} by it"]


def test_only_names_of_resources_are_renamed_in_a_resource() -> None:
    names = {row.old for row in OF_RESOURCES}

    assert "deployment.environment" in names
    assert "http.client_ip" not in names


@each_renamed
def test_both_names_may_stand_for_a_while(row: Published) -> None:
    old, both, new = (
        attributes({row.old: "x"}),
        attributes({row.old: "x", row.new: "x"}),
        attributes({row.new: "x"}),
    )

    assert judged_by(row.new, old, both) == [f"translated nothing -> [{row.new}] by it"]
    assert judged_by(row.new, both, new) == [f"translated [{row.old}] -> nothing by it"]


@each_renamed
def test_a_published_rename_excuses_neither_another_value_nor_a_loss_nor_the_way_back(row: Published) -> None:
    before = attributes({row.old: "x"})

    changed = judged_by(row.new, before, attributes({row.new: "y"}))
    lost = judged_by(row.new, before, attributes({}))
    back = judged_by(row.new, attributes({row.new: "x"}), before)

    assert changed == [f'changed [{row.old}] -> [{row.new}] by it, which wants "x"']
    assert lost == [f"gone [{row.old}] -> nothing"]
    assert back == [f"gone [{row.new}] -> nothing", f"new nothing -> [{row.old}]"]


@each_obsolete
def test_an_obsolete_name_is_a_loss_that_the_conventions_name(row: Published) -> None:
    before = span(attributes={row.old: "x"}, events=(Event("e", attributes={row.old: "x"}),))
    after = span(events=(Event("e"),))

    assert judged_by(row.old, before, after) == [
        f"degraded [{row.old}] -> nothing by it",
        f"degraded event.0[{row.old}] -> nothing by it",
    ]


@each_obsolete
def test_an_obsolete_name_excuses_neither_another_value_nor_the_loss_of_its_event(row: Published) -> None:
    before = span(attributes={row.old: "x"}, events=(Event("e", attributes={row.old: "x"}),))

    assert judged_by(row.old, before, attributes({row.old: "y"})) == [
        f"changed [{row.old}] -> [{row.old}]",
        "gone event.0 -> nothing",
    ]


def test_the_sentence_of_an_obsolete_name_is_the_registrys() -> None:
    rules = {rule.name: rule for rule in TODAYS_CONVENTIONS}
    licence = rules["db.user"].licences[0]

    assert (
        rules["db.user"].summary
        == '`db.user` is obsolete; the registry says "Removed, no replacement at this time"'
    )
    assert isinstance(licence, Dropped)
    assert licence.instead == "nothing: Removed, no replacement at this time."


def test_the_sentence_of_a_name_that_the_registry_lacks_says_what_became_of_it() -> None:
    rules = {rule.name: rule.summary for rule in TODAYS_CONVENTIONS}
    gone = "`messaging.consumer.id` is no longer in the registry"

    assert rules["messaging.consumer.id"] == gone
    assert rules["messaging.consumer_id"] == (
        "`messaging.consumer_id` was renamed to `messaging.consumer.id`, which is no longer in the registry"
    )


@pytest.mark.parametrize("before", [{}, NATIVE], ids=["OpenTracing", "OpenTelemetry"])
def test_the_renames_hold_from_either_api(before: dict[str, object]) -> None:
    old = span(**{**before, "kind": Kind.CLIENT, "attributes": {"db.name": "users"}})  # type: ignore[arg-type]  # some of SpanFields
    new = span(**{**NATIVE, "attributes": {"db.namespace": "users"}})  # type: ignore[arg-type]  # some of SpanFields

    assert "translated [db.name] -> [db.namespace] by db.namespace" in judged(old, new, step)


# The command.

REGISTRY = b"""
groups:
  - id: registry.a
    type: attribute_group
    attributes:
      - id: a.old
        type: string
        deprecated: {reason: renamed, renamed_to: a.new}
      - id: a.new
        type: string
      - id: a.prose
        type: int
        deprecated: {reason: uncategorized, note: "Split into others. It is long."}
      - ref: a.new
"""
NEWER_FORM = b"""
file_format: definition/2
attributes:
  - key: b.new
    type: string
  - key: b.gone
    type: string
    deprecated: {reason: obsoleted, note: "Removed."}
"""
SCHEMA = b"""
versions:
  1.2.0:
    all:
      changes:
        - rename_attributes:
            attribute_map: {b.middle: b.new}
  1.1.0:
    metrics:
      changes:
        - rename_attributes:
            attribute_map: {m.old: m.new}
    spans:
      changes:
        - rename_attributes:
            attribute_map: {b.old: b.middle}
"""
FACTS = Extract(
    "1.2.0",
    [
        Deprecated("a.old", "renamed", "a.new"),
        Deprecated("a.prose", "uncategorized", "", "Split into others."),
        Deprecated("b.gone", "obsoleted", "", "Removed."),
    ],
    {"1.2.0": {"b.middle": "b.new"}, "1.1.0": {"b.old": "b.middle"}},
    ["a.new", "b.new"],
)


def test_the_extract_has_the_facts_of_both_forms_of_the_registry_and_of_the_spans_in_the_schema() -> None:
    files = {"model/a.yaml": REGISTRY, "model/b.yaml": NEWER_FORM, "schemas/1.2.0": SCHEMA, "model/x.md": b""}

    assert extract(files, "1.2.0") == FACTS


def test_a_chain_of_renames_ends_in_the_newest_name() -> None:
    assert table(FACTS) == [
        Row("a.old", "a.new", "", "renamed", "registry", ""),
        Row("a.prose", "", "", "uncategorized", "registry", "Split into others."),
        Row("b.gone", "", "", "obsoleted", "registry", "Removed."),
        Row("b.middle", "b.new", "1.2.0", "renamed", "schema", ""),
        Row("b.old", "b.new", "1.1.0", "renamed", "schema", ""),
    ]


def test_a_name_that_was_renamed_and_removed_later_is_obsolete() -> None:
    note = "`c.new` is no longer in the registry."

    assert table(Extract("1", [], {"1": {"c.old": "c.new"}})) == [
        Row("c.new", "", "", "obsoleted", "schema", note),
        Row("c.old", "", "1", "obsoleted", "schema", note),
    ]


def test_a_name_that_came_back_is_not_renamed() -> None:
    assert table(Extract("1", [], {"1": {"c.old": "c.new"}}, ["c.new", "c.old"])) == []


def test_names_that_are_renamed_in_a_circle_end() -> None:
    facts = [Deprecated("a", "renamed", "b"), Deprecated("b", "renamed", "a")]

    assert [row.old for row in table(Extract("1", facts, {}))] == ["a", "b"]


# The conventions' sentences about other attributes say what takes their place; these say another thing.
def test_a_prose_change_has_a_rule_unless_the_name_only_moved_or_is_of_a_log() -> None:
    prose = [row for row in PUBLISHED if row.reason == "uncategorized" and not explaining(row.old)]

    assert [row.old for row in prose if "GenAI semantic conventions repository" not in row.note] == [
        "event.name"
    ]


# What the issue of these rules names; each old key has a rule with a source.
SPLITS = [
    *("http.url", "http.target", "http.host", "http.flavor", "http.client_ip", "http.scheme"),
    *("net.peer.name", "net.peer.port", "net.peer.ip", "net.host.name", "net.host.port", "net.host.ip"),
    *("net.sock.peer.addr", "net.sock.peer.port", "net.sock.host.addr", "net.sock.host.port"),
    *("net.transport", "net.protocol.name", "net.protocol.version"),
    *("db.system", "db.name", "db.statement", "db.operation", "db.sql.table", "db.mongodb.collection"),
    *("db.redis.database_index", "db.cassandra.table", "db.elasticsearch.cluster.name"),
    *("messaging.destination", "messaging.operation", "messaging.message_id", "messaging.kafka.partition"),
    *("messaging.kafka.consumer.group", "messaging.client_id", "messaging.conversation_id"),
    *("rpc.system", "rpc.service", "rpc.grpc.status_code", "rpc.jsonrpc.error_code"),
    *("code.function", "code.namespace", "code.filepath", "code.lineno", "code.column"),
]


@pytest.mark.parametrize("old", SPLITS)
def test_a_name_that_the_conventions_split_or_renamed_has_a_rule(old: str) -> None:
    assert explaining(old)


def made() -> dict[str, Rule]:
    """Return the rules that the table alone makes, by their names."""
    return {rule.name: rule for rule in with_published(())}


@pytest.mark.parametrize(
    ("name", "summary", "page"),
    [
        ("android.app.state", "`android.state` is renamed to `android.app.state`", "android"),
        (
            "http.request.resend_count",
            "`http.resend_count` and `http.retry_count` are renamed to `http.request.resend_count`",
            "",
        ),
        (
            "cpu.mode",
            "`container.cpu.state`, `process.cpu.state` and `system.cpu.state` are renamed to `cpu.mode`",
            "container",
        ),
    ],
)
def test_a_rule_of_the_table_names_all_old_names_and_their_source(name: str, summary: str, page: str) -> None:
    registry = f"https://opentelemetry.io/docs/specs/semconv/registry/attributes/{page}/"
    rule = made()[name]

    assert (rule.summary, rule.source, rule.consequence) == (
        summary,
        registry if page else "https://opentelemetry.io/schemas/1.44.0",
        "",
    )


def test_a_rule_for_a_name_without_a_successor_says_so() -> None:
    rule = made()["db.instance.id"]

    assert (rule.summary, rule.source, rule.consequence) == (
        '`db.instance.id` is obsolete; the registry says "Removed, no general replacement at this time"',
        "https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/",
        "a search for `db.instance.id` finds nothing",
    )
    assert [licence.instead for licence in rule.licences if isinstance(licence, Dropped)] == [
        "nothing: Removed, no general replacement at this time."
    ] * 2
    assert [bool(licence.premises) for licence in rule.licences if isinstance(licence, Dropped)] == [
        False,
        True,
    ]


def test_pages_of_the_registry_have_names_of_their_own() -> None:
    pages = {rule.source.rstrip("/").rpartition("/")[2] for rule in made().values()}

    assert {"azure", "gen-ai", "network", "rpc"} <= pages
    assert not pages & {"az", "net", "message", "io"}
    assert not any("_" in page for page in pages)
