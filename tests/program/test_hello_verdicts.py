"""The verdicts on `hello`: the expected ones, and one for each planted fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import FLOWS, VARIANTS, Variant
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Kind
from ot2otel.recording import Answer, Recording
from tests.support.edits import (
    Fault,
    edit_all,
    edit_first,
    other_answer,
    with_attribute,
    without_events,
    without_status,
)
from tests.support.runs import HAND_MADE, JUDGED, RUNS
from tests.support.verdicts import rules_of, unexplained

Recordings = Mapping[tuple[str, str], Recording]

DEGRADED = {
    ("shim", "otlp"): {"shim-kind-as-attribute", "shim-error-as-attribute"},
    ("shim", "jaeger"): {"shim-kind-lost", "shim-status-without-kind"},
    ("native", "otlp"): set(),
    ("native", "jaeger"): set(),
}


@pytest.mark.parametrize("run", JUDGED, ids="/".join)
def test_native_is_equivalent_and_the_shim_degraded(recordings: Recordings, run: tuple[str, str]) -> None:
    verdict = judge(recordings["legacy", "jaeger"], recordings[run])

    degraded = rules_of(verdict, Effect.DEGRADED)
    assert unexplained(verdict) == []
    assert verdict.answers.changed == ()
    assert degraded == DEGRADED[run]
    assert verdict.outcome is (Outcome.DEGRADED if degraded else Outcome.EQUIVALENT)


def test_off_the_shim_over_otlp_nothing_is_lost(recordings: Recordings) -> None:
    verdict = judge(recordings["shim", "otlp"], recordings["native", "otlp"])

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@pytest.mark.skipif(("native", "jaeger") not in RUNS, reason="no Jaeger thrift exporter in this lane")
def test_native_over_another_exporter_is_equivalent(recordings: Recordings) -> None:
    verdict = judge(recordings["native", "jaeger"], recordings["native", "otlp"])

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_a_flow_recorded_twice_is_identical(recordings: Recordings, run: tuple[str, str]) -> None:
    variant, exporter = run
    [again] = record([Plan(FLOWS["hello"], VARIANTS[variant], exporter, work=0)])

    verdict = judge(recordings[run], again)

    assert (verdict.findings, verdict.answers.changed, verdict.outcome) == ((), (), Outcome.IDENTICAL)


def test_a_carrier_in_title_case_splits_the_trace_on_the_shim(recordings: Recordings, at_root: None) -> None:
    planted = Variant("shim", "tests.support.planted.title_case", "", ("otlp",), ())
    [split] = record([Plan(FLOWS["hello"], planted, "otlp", work=0)])

    verdict = judge(recordings["legacy", "jaeger"], split)

    assert verdict.outcome is Outcome.DIFFERENT
    assert unexplained(verdict) == [
        "2 changed in server-2: parent another span -> parent none",
    ]


def with_server_2_twice(recording: Recording) -> Recording:
    span = next(span for span in recording.spans if span.name == "server-2")
    return replace(recording, spans=(*recording.spans, replace(span, span_id="00000000000000ff")))


def under_the_root(recording: Recording) -> Recording:
    """Hang the first server-2 under server-1 instead of under the call to it."""
    root = min(recording.spans, key=lambda span: span.start_ns)
    return edit_first("server-2", lambda span: replace(span, parent_id=root.span_id))(recording)


FAULTS = [
    pytest.param(
        edit_first("server-2", lambda span: replace(span, parent_id="00000000000000ff")),
        "1 changed in server-2: parent another span -> parent a span outside the recording",
        id="a lost parent",
    ),
    pytest.param(
        edit_first("server-2", lambda span: replace(span, name="server-two")),
        '1 changed in server-2: name "server-2" -> name "server-two"',
        id="a renamed span",
    ),
    pytest.param(
        edit_first("server-2", lambda span: replace(span, kind=Kind.PRODUCER)),
        "1 changed in server-2: kind SERVER -> kind PRODUCER",
        id="a wrong kind",
    ),
    pytest.param(
        edit_first("server-2", with_attribute("http.request.method", "PUT")),
        '1 changed in server-2: attributes.http.method "POST" '
        '-> attributes.http.request.method "PUT" by http.request.method',
        id="a changed value under a renamed key",
    ),
    pytest.param(
        edit_first("server-2", with_attribute("http.response.status_code", "200")),
        "1 changed in server-2: attributes.http.status_code 200 "
        '-> attributes.http.response.status_code "200" by http.response.status_code',
        id="a changed attribute type",
    ),
    pytest.param(
        edit_all(without_status),
        "4 changed in server-1: status.code ERROR -> status.code UNSET",
        id="a missing status",
    ),
    pytest.param(
        edit_first("server-1", without_events),
        '1 gone in server-1: event "answered" -> nothing',
        id="a lost event",
    ),
    pytest.param(
        edit_first(
            "server-2", lambda span: replace(span, resource={**span.resource, "service.name": "server-3"})
        ),
        '1 changed in server-2: resource.service.name "server-2" -> resource.service.name "server-3"',
        id="a swapped service",
    ),
    pytest.param(
        with_server_2_twice,
        '1 new in server-2: nothing -> span "server-2"',
        id="an extra span",
    ),
    pytest.param(
        under_the_root,
        "1 changed in server-2: parent another span -> parent another span",
        id="a moved span",
    ),
]


@pytest.mark.parametrize(("plant", "named"), FAULTS)
def test_a_planted_fault_is_different_and_named(recordings: Recordings, plant: Fault, named: str) -> None:
    verdict = judge(recordings["legacy", "jaeger"], plant(recordings["native", "otlp"]))

    assert (verdict.outcome, unexplained(verdict)[-1]) == (Outcome.DIFFERENT, named)


@pytest.mark.parametrize("run", JUDGED, ids="/".join)
def test_another_answer_is_different_even_with_the_same_spans(
    recordings: Recordings, run: tuple[str, str]
) -> None:
    verdict = judge(recordings["legacy", "jaeger"], other_answer(recordings[run]))

    [change] = verdict.answers.changed
    assert verdict.outcome is Outcome.DIFFERENT
    assert change.after == Answer("GET /Bryan", 200, "Hello!")
