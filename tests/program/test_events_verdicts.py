"""The verdicts on the flow `events`: the expected ones, and one for each planted fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Kind, Link, Span
from tests.support.edits import (
    Fault,
    edit_all,
    edit_first,
    edit_last,
    other_answer,
    remove_last,
    with_attribute,
    without_events,
)
from tests.support.events import LIFECYCLE, PROCESSING
from tests.support.runs import JUDGED, RUNS, recorded
from tests.support.verdicts import rules_of, unexplained

FLOW = "events"
needs_thrift = pytest.mark.skipif(
    ("native", "jaeger") not in RUNS, reason="no Jaeger thrift exporter in this lane"
)
DEGRADED = {
    # Over OTLP the shim's links have no type. Over thrift every link is FOLLOWS_FROM, which is right here.
    ("shim", "otlp"): {"shim-kind-as-attribute", "shim-reference-type"},
    ("shim", "jaeger"): {"shim-kind-lost"},
    ("native", "otlp"): set(),
    ("native", "jaeger"): set(),
}


@pytest.mark.parametrize("run", JUDGED, ids="/".join)
def test_native_is_equivalent_and_the_shim_degraded(run: tuple[str, str]) -> None:
    verdict = judge(recorded(FLOW)["legacy", "jaeger"], recorded(FLOW)[run])

    assert (unexplained(verdict), verdict.answers.changed) == ([], ())
    assert rules_of(verdict, Effect.DEGRADED) == DEGRADED[run]
    assert verdict.outcome is (Outcome.DEGRADED if run[0] == "shim" else Outcome.EQUIVALENT)


@pytest.mark.parametrize(
    ("exporter", "follows"),
    # Over thrift the reference arrives with its type, as from jaeger-client.
    [("otlp", {"follows-from"}), pytest.param("jaeger", set(), marks=needs_thrift)],
)
def test_the_rules_for_messages_explain_native_messages(exporter: str, follows: set[str]) -> None:
    verdict = judge(recorded(FLOW)["legacy", "jaeger"], recorded(FLOW)["native", exporter])

    rules = {name for name in rules_of(verdict, *Effect) if name.startswith(("messaging", "follows"))}
    assert rules == {"messaging.destination.name", "messaging.operation", "messaging.system"} | follows


def test_off_the_shim_over_otlp_nothing_is_lost() -> None:
    verdict = judge(recorded(FLOW)["shim", "otlp"], recorded(FLOW)["native", "otlp"])

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@needs_thrift
def test_native_over_another_exporter_is_equivalent_as_the_links_come_back() -> None:
    verdict = judge(recorded(FLOW)["native", "jaeger"], recorded(FLOW)["native", "otlp"])

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)
    assert "thrift-exporter-link" in rules_of(verdict, Effect.TRANSLATED)


def test_the_flow_recorded_twice_is_identical() -> None:
    [again] = record([Plan(FLOWS[FLOW], VARIANTS["native"], "otlp", work=0)])

    verdict = judge(recorded(FLOW)["native", "otlp"], again)

    assert (verdict.findings, verdict.answers.changed, verdict.outcome) == ((), (), Outcome.IDENTICAL)


def test_rounds_of_requests_are_events_of_their_own() -> None:
    [twice] = record([Plan(FLOWS[FLOW], VARIANTS["native"], "otlp", times=2, work=0)])

    ids = sorted(str(span.attributes["event.id"]) for span in twice.spans if span.name == LIFECYCLE)
    assert (ids, len(twice.spans)) == (["1", "2", "3", "4", "5", "6"], 18)


def in_a_trace_of_its_own(span: Span) -> Span:
    return replace(span, trace_id="f" * 32, parent_id="", links=())


def linked_to_nothing(span: Span) -> Span:
    return replace(span, links=(Link(span.trace_id, "f" * 16),))


FAULTS = [
    pytest.param(
        edit_first(PROCESSING, in_a_trace_of_its_own),
        "1 changed in validator: parent another span -> parent none",
        id="a context that is not in the message",
    ),
    pytest.param(
        edit_first(PROCESSING, lambda span: replace(span, links=())),
        '1 gone in validator: link "intake: event lifecycle, of this trace" -> nothing',
        id="a lost link",
    ),
    pytest.param(
        edit_first(PROCESSING, linked_to_nothing),
        '1 gone in validator: link "intake: event lifecycle, of this trace" -> nothing',
        id="a link to another span",
    ),
    pytest.param(
        edit_first(PROCESSING, lambda span: replace(span, kind=Kind.INTERNAL)),
        "1 changed in validator: kind CONSUMER -> kind INTERNAL",
        id="a consumer of another kind",
    ),
    pytest.param(
        edit_first(PROCESSING, with_attribute("messaging.operation.type", "send")),
        "1 changed in validator: nothing "
        '-> attributes.messaging.operation.type "send" by messaging.operation',
        id="an operation that contradicts the kind",
    ),
    pytest.param(
        edit_first(LIFECYCLE, with_attribute("messaging.destination.name", "valid-events")),
        '1 changed in intake: attributes.message_bus.destination "events" '
        '-> attributes.messaging.destination.name "valid-events" by messaging.destination.name',
        id="another queue under the new name",
    ),
    pytest.param(
        remove_last(PROCESSING),
        '1 gone in validator: span "event processing" -> nothing',
        id="a lost attempt",
    ),
    pytest.param(
        edit_first(PROCESSING, with_attribute("event.attempt", 2)),
        "1 changed in validator: attributes.event.attempt 1 -> attributes.event.attempt 2",
        id="a wrong count of attempts",
    ),
]


@pytest.mark.parametrize(("plant", "named"), FAULTS)
def test_a_planted_fault_is_different_and_named(plant: Fault, named: str) -> None:
    verdict = judge(recorded(FLOW)["legacy", "jaeger"], plant(recorded(FLOW)["native", "otlp"]))

    assert verdict.outcome is Outcome.DIFFERENT
    assert named in unexplained(verdict)


def is_third_attempt(span: Span) -> bool:
    return span.attributes.get("event.attempt") == 3


def test_a_dead_letter_without_its_event_is_different() -> None:
    plant = edit_all(lambda span: without_events(span) if is_third_attempt(span) else span)

    verdict = judge(recorded(FLOW)["legacy", "jaeger"], plant(recorded(FLOW)["native", "otlp"]))

    assert verdict.outcome is Outcome.DIFFERENT
    assert [text for text in unexplained(verdict) if "dead-lettered" in text]


def test_an_answer_that_differs_is_different() -> None:
    verdict = judge(recorded(FLOW)["legacy", "jaeger"], other_answer(recorded(FLOW)["native", "otlp"]))

    assert (unexplained(verdict), len(verdict.answers.changed), verdict.outcome) == ([], 1, Outcome.DIFFERENT)


def test_a_consumer_that_ends_long_after_its_producer_breaks_no_invariant() -> None:
    late = edit_last(PROCESSING, lambda span: replace(span, end_ns=span.end_ns + 10**12))

    verdict = judge(recorded(FLOW)["legacy", "jaeger"], late(recorded(FLOW)["native", "otlp"]))

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)
