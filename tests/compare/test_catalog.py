"""The catalogue of rules: each rule in one room, with an example if a recording has one."""

from __future__ import annotations

from collections import Counter

import pytest

from docs.makers.rule_examples import found, written
from ot2otel.compare.catalog import EXAMPLES, examples, explaining, rooms, rule_named, similar
from ot2otel.compare.judgement import FLAGS_NOT_CARRIED
from tests.compare.rules.tables import RULES

NAMES = [rule.name for room in rooms() for rule in room.rules]


def test_every_rule_that_may_apply_is_in_one_room() -> None:
    assert Counter(NAMES) == Counter([*RULES, FLAGS_NOT_CARRIED.name])


def test_a_rule_here_is_the_one_that_applies() -> None:
    assert [name for name in NAMES if name in RULES and rule_named(name) is not RULES[name]] == []


def test_the_examples_are_what_the_command_finds() -> None:
    assert EXAMPLES.read_text(encoding="utf-8") == written(found())


def test_an_example_has_facts_of_a_rule_that_is_there() -> None:
    assert len(examples()) > 50
    assert examples().keys() <= set(NAMES)
    assert [name for name, one in examples().items() if not (one.old or one.new)] == []


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("http.url", ["url-in-older-parts", "url-as-sent", "url"]),
        ("db.statement", ["redis-values-hidden", "db.query.text"]),
        (
            "message",
            [
                *("exception-event", "logged-error", "thrift-exporter-message"),
                *("celery-retry-log", "grpc-details", "grpc-details-left-out"),
            ],
        ),
        ("host.name", ["jaeger-client-host"]),
        ("opentracing.ref_type", ["shim-reference-type", "follows-from"]),
        ("no.such.key", []),
    ],
)
def test_the_rules_of_a_key_are_found(key: str, names: list[str]) -> None:
    assert explaining(key) == names


def test_no_rule_has_another_name() -> None:
    assert rule_named("no-such-rule") is None


def test_a_few_similar_names_are_found() -> None:
    assert similar("grpc") == ["grpc-peer", "grpc-exception-unset", "grpc-client-mistake"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("urll", "url"),
        ("db.query.txt", "db.query.text"),
        ("SHIM-KIND-LOST", "shim-kind-lost"),
        ("xyzzy", None),
    ],
)
def test_similar_names_are_found(name: str, first: str | None) -> None:
    assert next(iter(similar(name)), None) == first
