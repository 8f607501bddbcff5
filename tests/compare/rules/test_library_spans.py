"""Whole spans that only an instrumentation makes: explained after its integration, new after other code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ot2otel import recording_file
from ot2otel.compare.facts import Contents
from ot2otel.compare.findings import SPAN
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules.libraries.spans import NEW_SPANS, new_span
from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from tests.golden.record_libraries import path

# Library, the rule, its integration's `component`, and the spans of the first recording that it explains.
CASES: list[tuple[str, str, str, Sequence[str]]] = [
    ("fastapi", "asgi-messages", "asgi", ["GET /boom http send"]),
    ("django", "unknown-path-span", "django", ["GET"]),
    ("sqlalchemy", "connect-span", "sqlalchemy", ["connect"]),
]


def explained(spans: Sequence[Span], components: set[tuple[str, object]]) -> dict[str, str]:
    """Return the names of the spans that are new by a rule, with the rule's name."""
    contents = Contents()
    found = {span.name: new_span(contents.of(span, targets=()), components) for span in spans}
    return {name: rule.name for name, rule in found.items() if rule}


@pytest.mark.parametrize(("library", "rule", "component", "names"), CASES)
@pytest.mark.parametrize("run", ["old", "dup", "new"])
def test_a_span_is_new_by_a_rule_after_its_integration_alone(
    library: str, rule: str, component: str, names: Sequence[str], run: str
) -> None:
    spans = recording_file.read(path(library, run, 0)).spans
    service = spans[0].service

    found = explained(spans, {(service, component)})

    assert set(found.values()) == {rule}
    assert set(names) <= found.keys() < {span.name for span in spans}
    assert explained(spans, {(service, "another"), ("another", component)}) == {}


def test_every_rule_for_whole_spans_has_a_case() -> None:
    assert {each.rule.name for each in NEW_SPANS} == {rule for _, rule, _, _ in CASES}


def test_a_verdict_tells_the_rule_and_calls_such_a_span_no_difference() -> None:
    before, after = (recording_file.read(path("fastapi", run, 1)) for run in ("opentracing", "new"))
    by_hand = replace(
        before, spans=tuple(replace(span, attributes={"http.method": "GET"}) for span in before.spans)
    )

    known, unknown = (
        {finding.grade for finding in judge(old, after).findings if finding.field == SPAN}
        for old in (before, by_hand)
    )

    assert (known, unknown) == ({Grade.ADDED}, {Grade.NEW})


def test_all_facts_of_such_a_span_are_added_by_the_rule() -> None:
    before, after = (recording_file.read(path("fastapi", run, 1)) for run in ("opentracing", "new"))

    found = judge(before, after)

    whole = [finding for finding in found.findings if finding.new_field == SPAN]
    judged = [one for each in found.judged for one in each.settled if not any(row.old for row in each.rows)]
    assert {(one.grade, *one.rules) for one in judged} == {(one.grade, *one.rules) for one in whole}
    assert {one.grade for one in judged} == {Grade.ADDED}
    assert all(one.new and not one.old for one in judged)
