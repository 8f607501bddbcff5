"""The conventions that both sides name: told if they differ, and never a difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.model import Scope, Span
from ot2otel.recording import Recording
from ot2otel.report.json import verdict_entry
from ot2otel.report.schemas import sentences
from ot2otel.report.screen import Screen
from ot2otel.report.text import report

SCHEMAS = "https://opentelemetry.io/schemas"


def naming(*urls: str, resource: str = "") -> Recording:
    """Make a recording of a service whose scopes, and whose resource, name these schemas."""
    spans = (
        Span(
            f"{number:032x}",
            f"{number:016x}",
            "op",
            resource={"service.name": "users"},
            scope=Scope("lib", schema_url=url),
            resource_schema_url=resource,
        )
        for number, url in enumerate(urls, 1)
    )
    return Recording(tuple(spans))


def judged(before: Recording, after: Recording) -> Verdict:
    return judge(before, after)


def test_another_schema_is_no_difference() -> None:
    verdict = judged(naming(f"{SCHEMAS}/1.11.0"), naming(f"{SCHEMAS}/1.37.0", resource=f"{SCHEMAS}/1.40.0"))

    assert (verdict.outcome, verdict.findings) == (Outcome.IDENTICAL, ())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(
            naming(f"{SCHEMAS}/1.11.0"),
            naming(f"{SCHEMAS}/1.37.0"),
            ["conventions of users: 1.11.0 -> 1.37.0"],
            id="another one",
        ),
        pytest.param(
            naming(f"{SCHEMAS}/1.11.0", f"{SCHEMAS}/1.11.0"),
            naming(f"{SCHEMAS}/1.11.0", f"{SCHEMAS}/1.21.0"),
            ["conventions of users: 1.11.0 -> 1.11.0, 1.21.0"],
            id="one more",
        ),
        pytest.param(
            naming(f"{SCHEMAS}/1.11.0"),
            naming(f"{SCHEMAS}/1.11.0", resource=f"{SCHEMAS}/1.9.0"),
            ["conventions of users: 1.11.0 -> 1.11.0, 1.9.0"],
            id="the resource's",
        ),
        pytest.param(
            naming("https://example.org/ours/1"),
            naming(f"{SCHEMAS}/1.37.0"),
            ["conventions of users: https://example.org/ours/1 -> 1.37.0"],
            id="one of somebody's own",
        ),
        pytest.param(naming(f"{SCHEMAS}/1.11.0"), naming(f"{SCHEMAS}/1.11.0"), [], id="the same"),
        pytest.param(naming(""), naming(f"{SCHEMAS}/1.37.0"), [], id="none in the before"),
        pytest.param(naming(f"{SCHEMAS}/1.37.0"), naming(""), [], id="none in the after"),
    ],
)
def test_it_is_told_if_a_service_names_other_schemas(
    before: Recording, after: Recording, told: list[str]
) -> None:
    assert sentences([judged(before, after)], "->") == told


def test_it_stands_in_the_first_lines_of_a_report_once() -> None:
    verdict = judged(naming(f"{SCHEMAS}/1.11.0"), naming(f"{SCHEMAS}/1.37.0"))

    lines = [line.plain.strip() for line in report([verdict, verdict], Screen(80, "ascii"))]

    assert lines.count("conventions of users: 1.11.0 -> 1.37.0") == 1
    assert "conventions of users" in lines[1]


def test_a_hostile_url_reaches_no_terminal() -> None:
    verdict = judged(naming("\x1b[31mred"), naming(f"{SCHEMAS}/1.37.0"))

    assert not any("\x1b" in line.plain for line in report([verdict], Screen(80, "ascii")))


def test_the_document_has_the_schemas_of_both_sides() -> None:
    entry = verdict_entry(judged(naming(""), naming(f"{SCHEMAS}/1.37.0", resource=f"{SCHEMAS}/1.9.0")))

    assert entry["before"]["schemas"] == {}
    assert entry["after"]["schemas"] == {"users": [f"{SCHEMAS}/1.37.0", f"{SCHEMAS}/1.9.0"]}


def test_a_span_with_another_schema_is_a_span_with_the_same_facts() -> None:
    one = naming("").spans[0]

    assert replace(one, scope=Scope("lib", schema_url="a")) != one
    assert judged(Recording((one,)), naming("a")).outcome is Outcome.IDENTICAL
