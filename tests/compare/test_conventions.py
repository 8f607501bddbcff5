"""The renames that concern some spans, between two versions of the conventions."""

from __future__ import annotations

import pytest

from docs.makers.conventions import read_extract
from ot2otel.compare.conventions import (
    NEWEST,
    Version,
    concerns,
    keys,
    named,
    older_than,
    schema_named,
    version,
    versions_of,
)
from ot2otel.model import Event, Span

SPANS = [
    Span("1" * 32, "1" * 16, "a", attributes={"http.method": "GET", "db.statement": "S", "mine": 1}),
    Span(
        "1" * 32,
        "2" * 16,
        "b",
        attributes={"http.method": "GET", "net.peer.name": "h"},
        events=(Event("e", attributes={"http.method": "GET"}), Event("e", attributes={"http.method": "PUT"})),
        resource={"deployment.environment": "prod"},
    ),
]


def found(after: Version | None, until: Version = NEWEST) -> list[tuple[str, str, int, str, str]]:
    return [
        (each.published.old, each.place, each.spans, each.published.new, each.effect)
        for each in concerns(keys(SPANS), after, until)
    ]


METHOD = ("http.method", "span", 2, "http.request.method", "translated")
METHOD_OF_EVENT = ("http.method", "event", 1, "http.request.method", "no rule")
STATEMENT = ("db.statement", "span", 1, "db.query.text", "translated")
ENVIRONMENT = ("deployment.environment", "resource", 1, "deployment.environment.name", "translated")
PEER = ("net.peer.name", "span", 1, "", "translated")


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        pytest.param(None, NEWEST, [METHOD, STATEMENT, ENVIRONMENT, METHOD_OF_EVENT, PEER], id="all"),
        pytest.param((1, 21, 0), NEWEST, [STATEMENT, ENVIRONMENT, PEER], id="after one"),
        pytest.param(None, (1, 21, 0), [METHOD, METHOD_OF_EVENT, PEER], id="until one"),
        pytest.param((1, 20, 0), (1, 25, 0), [METHOD, STATEMENT, METHOD_OF_EVENT, PEER], id="between two"),
        pytest.param((1, 44, 0), NEWEST, [PEER], id="none but the one without a version"),
    ],
)
def test_the_renames_between_two_versions(
    after: Version | None, until: Version, expected: list[tuple[str, str, int, str, str]]
) -> None:
    assert found(after, until) == expected


def test_keys_that_are_older_than_the_schema() -> None:
    concerned = concerns(keys(SPANS), None)

    assert [each.published.old for each in older_than(concerned, (1, 21, 0))] == [
        "http.method",
        "http.method",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.21", (1, 21, 0)),
        ("v1.21.3", (1, 21, 3)),
        ("1", None),
        ("", None),
        ("1.21.0.0", None),
        ("1.x", None),
        ("1.99999", None),
    ],
)
def test_a_version_has_two_or_three_numbers(text: str, number: Version | None) -> None:
    assert version(text) == number


def test_only_the_conventions_own_schemas_tell_a_version() -> None:
    urls = [
        "https://opentelemetry.io/schemas/1.21.0",
        "https://opentelemetry.io/schemas/1.9.0",
        "",
        "https://x/1.2.0",
    ]

    assert versions_of(urls) == [(1, 9, 0), (1, 21, 0)]


def test_the_newest_version_is_that_of_the_table() -> None:
    assert named(NEWEST) == read_extract().version


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://opentelemetry.io/schemas/1.26.0", "1.26.0"),
        ("https://opentelemetry.io/schemas/1.26.0/own", "https://opentelemetry.io/schemas/1.26.0/own"),
        ("https://example.org/1.0.0", "https://example.org/1.0.0"),
        ("", ""),
    ],
)
def test_a_schema_of_the_conventions_is_named_by_its_version(url: str, name: str) -> None:
    assert schema_named(url) == name


def test_spans_are_counted_with_their_keys() -> None:
    assert [keys(SPANS[:n]).spans for n in (0, 1, 2)] == [0, 1, 2]
