"""The verdicts on `hello`: what is expected today, and that no planted fault gets past them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import FLOWS, VARIANTS, Variant
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Kind, Status
from ot2otel.recording import Answer, Recording
from tests.support.edits import edit, other_answer, with_attribute
from tests.support.runs import JUDGED, RUNS
from tests.support.verdicts import said

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

    degraded = {e.rule.name for e in verdict.explained if e.rule.effect is Effect.DEGRADED}
    assert said(verdict) == []
    assert verdict.answers == ()
    assert degraded == DEGRADED[run]
    assert verdict.outcome is (Outcome.DEGRADED if degraded else Outcome.EQUIVALENT)


def test_off_the_shim_over_otlp_nothing_is_lost(recordings: Recordings) -> None:
    verdict = judge(recordings["shim", "otlp"], recordings["native", "otlp"])

    assert (said(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@pytest.mark.skipif(("native", "jaeger") not in RUNS, reason="no Jaeger thrift exporter in this lane")
def test_native_over_another_exporter_is_equivalent(recordings: Recordings) -> None:
    verdict = judge(recordings["native", "jaeger"], recordings["native", "otlp"])

    assert (said(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@pytest.mark.parametrize("run", RUNS, ids="/".join)
def test_a_flow_recorded_twice_is_identical(recordings: Recordings, run: tuple[str, str]) -> None:
    variant, exporter = run
    [again] = record([Plan(FLOWS["hello"], VARIANTS[variant], exporter, work=0)])

    verdict = judge(recordings[run], again)

    assert (said(verdict), verdict.answers, verdict.outcome) == ([], (), Outcome.IDENTICAL)


def test_a_carrier_in_title_case_splits_the_trace_on_the_shim(recordings: Recordings, at_root: None) -> None:
    planted = Variant("shim", "tests.support.planted.title_case", "", ("otlp",), ())
    [split] = record([Plan(FLOWS["hello"], planted, "otlp", work=0)])

    verdict = judge(recordings["legacy", "jaeger"], split)

    assert verdict.outcome is Outcome.DIFFERENT
    assert [text for text in said(verdict) if text.startswith("Moved")] == [
        "Moved(path='server-1[1] > server-1_to_server-2 > server-2', to='server-2[1]')",
        "Moved(path='server-1[2] > server-1_to_server-2 > server-2', to='server-2[2]')",
    ]


def without_status(recording: Recording) -> Recording:
    return replace(recording, spans=tuple(replace(span, status=Status()) for span in recording.spans))


def one_more(recording: Recording) -> Recording:
    span = next(span for span in recording.spans if span.name == "server-2")
    return replace(recording, spans=(*recording.spans, replace(span, span_id="00000000000000ff")))


def under_the_root(recording: Recording) -> Recording:
    """Hang the first server-2 under server-1 instead of under the call to it."""
    root = min(recording.spans, key=lambda span: span.start_ns)
    return edit("server-2", lambda span: replace(span, parent_id=root.span_id))(recording)


FAULTS = [
    pytest.param(
        edit("server-2", lambda span: replace(span, parent_id="00000000000000ff")),
        "Moved(path='server-1[1] > server-1_to_server-2 > server-2', to='server-2')",
        id="a lost parent",
    ),
    pytest.param(
        edit("server-2", lambda span: replace(span, name="server-two")),
        "field='name', before='\"server-2\"', after='\"server-two\"'",
        id="a renamed span",
    ),
    pytest.param(
        edit("server-2", lambda span: replace(span, kind=Kind.PRODUCER)),
        "field='kind', before='SERVER', after='PRODUCER'",
        id="a wrong kind",
    ),
    pytest.param(
        edit("server-2", with_attribute("http.request.method", "PUT")),
        "field='attributes.http.request.method', before='\"POST\"', after='\"PUT\"'",
        id="a changed value under a renamed key",
    ),
    pytest.param(
        edit("server-2", with_attribute("http.response.status_code", "200")),
        "field='attributes.http.response.status_code', before='200', after='\"200\"'",
        id="a changed attribute type",
    ),
    pytest.param(without_status, "field='status.code', before='ERROR', after='UNSET'", id="a missing status"),
    pytest.param(
        edit("server-1", lambda span: replace(span, events=())),
        "field='events[0]', before='\"answered\" (answer.length=",
        id="a lost event",
    ),
    pytest.param(
        edit("server-2", lambda span: replace(span, resource={**span.resource, "service.name": "server-3"})),
        "field='service', before='\"server-2\"', after='\"server-3\"'",
        id="a swapped service",
    ),
    pytest.param(
        one_more, "Extra(path='server-1[1] > server-1_to_server-2 > server-2[2]')", id="an extra span"
    ),
    pytest.param(
        under_the_root,
        "Moved(path='server-1[1] > server-1_to_server-2 > server-2', to='server-1[1] > server-2')",
        id="a moved span",
    ),
]


@pytest.mark.parametrize(("plant", "named"), FAULTS)
def test_a_planted_fault_is_different_and_named(
    recordings: Recordings, plant: Callable[[Recording], Recording], named: str
) -> None:
    verdict = judge(recordings["legacy", "jaeger"], plant(recordings["native", "otlp"]))

    assert verdict.outcome is Outcome.DIFFERENT
    assert [text for text in said(verdict) if named in text]


@pytest.mark.parametrize("run", JUDGED, ids="/".join)
def test_an_answer_that_differs_is_different_whatever_the_spans_say(
    recordings: Recordings, run: tuple[str, str]
) -> None:
    verdict = judge(recordings["legacy", "jaeger"], other_answer(recordings[run]))

    [change] = verdict.answers
    assert verdict.outcome is Outcome.DIFFERENT
    assert change.after == Answer("GET /Bryan", 200, "Hello!")
