"""The verdicts on frontend_backend and orders: the expected ones, and one for each planted fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel import recording_file
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.lab.catalog import COMPARABLE, FLOWS
from ot2otel.model import Span
from tests.golden import RECORDINGS
from tests.support.edits import (
    Fault,
    edit_first,
    edit_last,
    other_answer,
    with_attribute,
    without_attribute,
    without_events,
    without_status,
)
from tests.support.runs import JUDGED, RUNS, recorded
from tests.support.verdicts import rules_of, unexplained

NEW_FLOWS = ("frontend_backend", "orders")
OUTCOMES = {
    ("frontend_backend", "shim"): Outcome.DEGRADED,
    ("frontend_backend", "native"): Outcome.EQUIVALENT,
    # The baggage is lost, and the answer shows it.
    ("orders", "shim"): Outcome.DIFFERENT,
    ("orders", "native"): Outcome.EQUIVALENT,
}
# The SDK of the newest lane keeps the text of `error.object`.
PINNED = ("native", "jaeger") in RUNS
DEGRADED = {
    ("shim", "otlp"): {"shim-kind-as-attribute", "shim-error-as-attribute"}
    | ({"shim-error-object"} if PINNED else set()),
    ("shim", "jaeger"): {"shim-kind-lost", "shim-error-object", "thrift-exporter-message"},
    ("native", "otlp"): set(),
    ("native", "jaeger"): set(),
}
# Only orders answers 4xx, which is no error of the answering server.
DEGRADED_IN_ORDERS = {("shim", "jaeger"): {"shim-status-without-kind"}}


@pytest.mark.parametrize("run", JUDGED, ids="/".join)
@pytest.mark.parametrize("flow", NEW_FLOWS)
def test_each_variant_has_the_expected_verdict(flow: str, run: tuple[str, str]) -> None:
    verdict = judge(recorded(flow)["legacy", "jaeger"], recorded(flow)[run])

    losses = DEGRADED[run] | (DEGRADED_IN_ORDERS.get(run, set()) if flow == "orders" else set())
    assert (verdict.outcome, rules_of(verdict, Effect.DEGRADED)) == (OUTCOMES[flow, run[0]], losses)


@pytest.mark.parametrize("run", [run for run in JUDGED if run[0] == "shim"], ids="/".join)
def test_only_the_lost_baggage_of_orders_on_the_shim_is_unexplained(
    run: tuple[str, str],
) -> None:
    verdict = judge(recorded("orders")["legacy", "jaeger"], recorded("orders")[run])

    assert unexplained(verdict) == [
        '6 gone in order-service: event "baggage" -> nothing',
        '2 gone in user-service: attributes.baggage.environment "production" -> nothing',
        '2 gone in user-service: attributes.baggage.version "1.0.0" -> nothing',
    ]


@pytest.mark.parametrize("run", [run for run in JUDGED if run[0] == "shim"], ids="/".join)
def test_the_shims_answer_to_an_order_lacks_the_baggage(run: tuple[str, str]) -> None:
    verdict = judge(recorded("orders")["legacy", "jaeger"], recorded("orders")[run])

    [change] = verdict.answers.changed
    assert change.before is not None
    assert change.after is not None
    assert (change.before.request, change.after.status) == ("GET /orders/1", 200)
    assert change.before.body.replace('{"environment": "production", "version": "1.0.0"}', "{}") == (
        change.after.body
    )


@pytest.mark.parametrize("flow", NEW_FLOWS)
def test_the_step_from_the_shim_to_native_over_otlp_loses_nothing(flow: str) -> None:
    verdict = judge(recorded(flow)["shim", "otlp"], recorded(flow)["native", "otlp"])

    assert rules_of(verdict, Effect.DEGRADED) == set()
    assert unexplained(verdict) == []


@pytest.mark.skipif(not PINNED, reason="no Jaeger thrift exporter in this lane")
@pytest.mark.parametrize("flow", NEW_FLOWS)
def test_native_over_another_exporter_is_equivalent(flow: str) -> None:
    verdict = judge(recorded(flow)["native", "jaeger"], recorded(flow)["native", "otlp"])

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


def other_message(span: Span) -> Span:
    """Return the span with another message in its last exception."""
    *others, event = span.events
    other = replace(event, attributes={**event.attributes, "exception.message": "all is well"})
    return replace(span, events=(*others, other))


def longer_than_its_parent(span: Span) -> Span:
    return replace(span, end_ns=span.end_ns + 10**9)


FAULTS = [
    pytest.param(
        "frontend_backend",
        edit_first("backend call", without_events),
        '1 gone in frontend: event.name "making backend call" -> nothing',
        id="frontend_backend: a lost event",
    ),
    pytest.param(
        "frontend_backend",
        edit_first("backend call", longer_than_its_parent),
        '1 changed in frontend: nothing -> time "ends after its parent"',
        id="frontend_backend: a call that ends after the answer",
    ),
    pytest.param(
        "frontend_backend",
        edit_last("incoming call", without_events),
        '1 gone in frontend: event "error" -> nothing',
        id="frontend_backend: an error that the root lacks",
    ),
    pytest.param(
        "frontend_backend",
        edit_last("backend call", other_message),
        '-> event.attributes.exception.message "all is well" by logged-error',
        id="frontend_backend: another error under the new name",
    ),
    pytest.param(
        "orders",
        edit_first("db.GetUser", with_attribute("db.query.text", "SELECT * FROM users")),
        '-> attributes.db.query.text "SELECT * FROM users" by db.query.text',
        id="orders: another statement under the new name",
    ),
    pytest.param(
        "orders",
        edit_first("db.CreateUser", with_attribute("db.operation.name", "DELETE")),
        '1 changed in user-service: nothing -> attributes.db.operation.name "DELETE" by db.operation.name',
        id="orders: an operation that contradicts the statement",
    ),
    pytest.param(
        "orders",
        edit_first("getUserHandler", without_attribute("baggage.version")),
        '1 gone in user-service: attributes.baggage.version "1.0.0" -> nothing',
        id="orders: one item of the baggage",
    ),
    pytest.param(
        "orders",
        edit_last("fetchUserDetails", without_status),
        "1 changed in user-service: status.code ERROR -> status.code UNSET",
        id="orders: nobody found, and no error",
    ),
    pytest.param(
        "orders",
        edit_first("fetchUserDetails", with_attribute("user.email", "ada@example.org")),
        '-> attributes.user.email "ada@example.org"',
        id="orders: an e-mail address that was not redacted",
    ),
]


@pytest.mark.parametrize(("flow", "plant", "named"), FAULTS)
def test_a_planted_fault_is_different_and_named(flow: str, plant: Fault, named: str) -> None:
    verdict = judge(recorded(flow)["legacy", "jaeger"], plant(recorded(flow)["native", "otlp"]))

    [text] = unexplained(verdict)
    assert verdict.outcome is Outcome.DIFFERENT
    assert named in text


@pytest.mark.parametrize("flow", NEW_FLOWS)
def test_an_answer_that_differs_is_different(flow: str) -> None:
    verdict = judge(recorded(flow)["legacy", "jaeger"], other_answer(recorded(flow)["native", "otlp"]))

    assert (unexplained(verdict), len(verdict.answers.changed), verdict.outcome) == ([], 1, Outcome.DIFFERENT)


GOLDEN = [
    (flow, variant.name, exporter)
    for flow in FLOWS
    for variant in COMPARABLE.values()
    if variant.has(flow)
    for exporter in variant.exporters
]


@pytest.mark.parametrize("name", GOLDEN, ids="-".join)
def test_a_committed_recording_names_no_machine(name: tuple[str, str, str]) -> None:
    path = RECORDINGS / f"{'-'.join(name)}.json"
    recording = recording_file.read(path)

    hosts = {
        value
        for span in recording.spans
        for attributes in (span.resource, span.attributes)
        for key, value in attributes.items()
        if key in ("host.name", "ip")
    }
    assert (recording.flow, recording.variant, recording.exporter) == name
    assert hosts <= {"golden", "192.0.2.1"}
    assert 'File \\"/' not in path.read_text(encoding="utf-8")


@pytest.mark.skipif(not PINNED, reason="the recordings were made in the pinned lane")
@pytest.mark.parametrize("name", [name for name in GOLDEN if name[1:] in RUNS], ids="-".join)
def test_a_committed_recording_is_like_a_new_one(name: tuple[str, str, str]) -> None:
    flow, variant, exporter = name
    committed = recording_file.read(RECORDINGS / f"{'-'.join(name)}.json")

    verdict = judge(committed, recorded(flow)[variant, exporter])

    of_this_machine = (" resource.host.", " attributes.host.", " resource.ip ")
    assert [
        text for text in unexplained(verdict) if not any(field in text for field in of_this_machine)
    ] == []
    assert verdict.answers.changed == ()
