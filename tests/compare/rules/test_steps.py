"""The steps: which rules apply between two spans, and what rules explain together."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from benchmarks.populations import legacy_traces, native_traces
from ot2otel import recording_file
from ot2otel.compare.rules import JAEGER_STORAGE, STEPS, Effect, Origin
from ot2otel.compare.rules.libraries import LIBRARIES
from ot2otel.compare.rules.native import OPENTELEMETRY, TODAYS_CONVENTIONS
from ot2otel.compare.rules.shim import KIND_RESTORED
from ot2otel.compare.rules.steps import step
from ot2otel.compare.rules.thrift_exporter import THRIFT_EXPORTER, THRIFT_EXPORTER_LOSSES
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Attributes, Event, KeyValues, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.recording import Recording
from tests.compare.rules.tables import attributes, facts_of, judged, span
from tests.golden import DIRECTORY
from tests.support.edits import edit_first, edit_last, without_events, without_status
from tests.support.verdicts import rules_of, unexplained

SHIM = "opentelemetry.shim.opentracing_shim"
OPENTRACING = span()
OVER_OTLP = {Origin.SHIM: span(scope=Scope(SHIM)), Origin.OPENTELEMETRY: span(scope=Scope("lib"))}
OVER_THRIFT = {
    Origin.SHIM: attributes({"otel.library.name": SHIM}),
    Origin.OPENTELEMETRY: attributes({"otel.library.name": "lib"}),
}
FRAME = '  File "a.py", line 1, in f\n'
WHOLE = "SELECT " + "a, " * 500


@cache
def recording(name: str) -> Recording:
    return recording_file.read(DIRECTORY / "recordings" / f"{name}.json")


def native(**fields: Attributes) -> Span:
    return span(kind=Kind.CLIENT, scope=Scope("lib"), **fields)  # type: ignore[arg-type]  # some of SpanFields


def opentracing(values: Attributes) -> Span:
    return span(kind=Kind.CLIENT, attributes=values)


@pytest.mark.parametrize("sent", [OPENTRACING, OVER_OTLP[Origin.SHIM]], ids=["OpenTracing", "the shim"])
def test_no_change_is_expected_between_two_spans_of(sent: Span) -> None:
    found = step(facts_of(sent), facts_of(sent))

    assert (found.transports, found.rules) == ((), ())


@pytest.mark.parametrize("api", OVER_OTLP, ids=lambda api: api.name)
def test_the_exporter_is_undone_and_its_losses_are_expected(api: Origin) -> None:
    over_otlp, over_thrift = (
        step(facts_of(OPENTRACING), facts_of(sent[api])) for sent in (OVER_OTLP, OVER_THRIFT)
    )

    expected = STEPS[Origin.OPENTRACING, api]
    assert (over_otlp.transports, over_otlp.rules) == ((), expected[0])
    assert (over_thrift.transports, over_thrift.rules) == (THRIFT_EXPORTER, expected[1])
    assert set(THRIFT_EXPORTER_LOSSES) <= set(over_thrift.rules) - set(over_otlp.rules)


def test_the_exporter_is_undone_between_spans_of_opentelemetry_whose_conventions_may_change() -> None:
    one, other = (facts_of(sent[Origin.OPENTELEMETRY]) for sent in (OVER_OTLP, OVER_THRIFT))

    assert {step(*pair).transports for pair in ((one, other), (other, one))} == {THRIFT_EXPORTER}
    assert {step(*pair).rules for pair in ((one, other), (other, one))} == {
        OPENTELEMETRY + LIBRARIES + TODAYS_CONVENTIONS
    }


def test_the_storage_is_undone_before_the_exporter() -> None:
    one, other = (facts_of(sent[Origin.OPENTELEMETRY]) for sent in (OVER_OTLP, OVER_THRIFT))

    assert step(one, other, stored=True).transports == (*JAEGER_STORAGE, *THRIFT_EXPORTER)


def test_a_kind_comes_back_only_from_the_shim_over_thrift() -> None:
    after = facts_of(OVER_OTLP[Origin.OPENTELEMETRY])
    befores = [*OVER_OTLP.values(), *OVER_THRIFT.values(), OPENTRACING]

    restored = [set(KIND_RESTORED) <= set(step(facts_of(before), after).rules) for before in befores]

    assert restored == [False, False, True, False, False]


# What rules explain together.


def test_a_cut_text_is_whole_under_its_name_of_today() -> None:
    lines = judged(
        opentracing({"db.statement": WHOLE[:1024]}), native(attributes={"db.query.text": WHOLE}), step
    )

    assert lines == [
        "added nothing -> scope.name by instrumentation-scope",
        "improved [db.statement] -> [db.query.text] by db.query.text and jaeger-client-cut",
    ]


def test_another_text_is_no_cut_one() -> None:
    lines = judged(
        opentracing({"db.statement": WHOLE[:1024]}), native(attributes={"db.query.text": WHOLE[1:]}), step
    )

    assert [line.partition(",")[0] for line in lines if "query" in line] == [
        "changed [db.statement] -> [db.query.text] by db.query.text"
    ]


def test_a_tag_of_the_application_stays_one_over_thrift() -> None:
    sent = {"otel.library.name": "lib", "host.name": "h"}
    before = span(kind=Kind.CLIENT, attributes={"host.shard": 7}, resource={"host.name": "h"})

    lines = judged(before, span(kind=Kind.CLIENT, attributes={**sent, "host.shard": 7}), step)
    changed = judged(before, span(kind=Kind.CLIENT, attributes={**sent, "host.shard": 8}), step)

    assert [line for line in lines if "shard" in line] == []
    assert [line for line in changed if "shard" in line] == ["changed [host.shard] -> [host.shard]"]


def test_a_map_has_no_order() -> None:
    one = {"map": KeyValues((("a", 1), ("b", (KeyValues((("c", 1), ("d", 2))),))))}
    other = {"map": KeyValues((("b", (KeyValues((("d", 2), ("c", 1))),)), ("a", 1)))}

    assert judged(attributes(one), attributes(other), step) == []


@pytest.mark.parametrize(("flags", "says"), [(256, "local"), (768, "remote")])
def test_the_bits_that_jaegers_wire_has_not_are_no_change(flags: int, says: str) -> None:
    lines = judged(OPENTRACING, replace(OVER_OTLP[Origin.OPENTELEMETRY], flags=flags), step)

    assert "bookkeeping nothing -> flags by flags-not-carried" in lines, says


def test_a_parent_in_another_process_that_was_in_this_one_is_a_change() -> None:
    local, remote = (replace(OVER_OTLP[Origin.OPENTELEMETRY], flags=flags) for flags in (0x100, 0x300))

    assert judged(local, remote, step) == ["changed flags -> flags"]


def test_the_flags_of_a_link_are_no_change_on_jaegers_wire_while_a_lost_link_is() -> None:
    link = Link("2" * 32, "2" * 16, flags=0x301)
    linked = replace(OVER_OTLP[Origin.OPENTELEMETRY], links=(link,))
    bare = replace(linked, links=(replace(link, flags=0),))

    assert judged(linked, bare, step) == ["bookkeeping link.0.flags -> nothing by flags-not-carried"]
    assert judged(linked, replace(linked, links=()), step) == ["gone link.0 -> nothing"]


def test_the_shim_does_not_excuse_the_loss_of_jaeger_clients_event_for_baggage() -> None:
    before = span(events=(Event("baggage", attributes={"key": "user", "value": "alice"}),))

    of_shim, of_sdk = (judged(before, after, step) for after in OVER_OTLP.values())

    assert "gone event.0 -> nothing" in of_shim
    assert "degraded event.0 -> nothing by baggage-event" in of_sdk


def test_a_failure_off_the_shim_has_the_message_of_its_exception() -> None:
    exception = Event("exception", attributes={"exception.type": "E", "exception.message": "no"})
    before = replace(OVER_OTLP[Origin.SHIM], attributes={"error": True})
    after = native()
    after = replace(
        after, kind=Kind.UNSPECIFIED, status=Status(StatusCode.ERROR, "E: no"), events=(exception,)
    )

    assert judged(before, after, step) == [
        "added nothing -> status.message by exception-status-message",
        "bookkeeping scope.name -> scope.name by own-scope",
        "new nothing -> event.0",
        "translated [error] + status.code -> status.code by error-status",
    ]


# From the shim over the thrift exporter to a tracer without it.

FLOWS = ("hello", "frontend_backend", "events")
NATIVES = ("native-otlp", "native-jaeger")


@pytest.mark.parametrize("after", NATIVES)
@pytest.mark.parametrize("flow", FLOWS)
def test_off_the_shim_over_thrift_nothing_is_lost(flow: str, after: str) -> None:
    verdict = judge(recording(f"{flow}-shim-jaeger"), recording(f"{flow}-{after}"))

    restored = {"shim-kind-restored"} | ({"shim-status-restored"} if flow == "hello" else set())
    assert (verdict.outcome, unexplained(verdict)) == (Outcome.EQUIVALENT, [])
    assert (rules_of(verdict, Effect.IMPROVED), rules_of(verdict, Effect.DEGRADED)) == (restored, set())


@pytest.mark.parametrize("after", NATIVES)
def test_off_the_shim_over_thrift_orders_answers_with_the_baggage_that_the_shim_lost(after: str) -> None:
    verdict = judge(recording("orders-shim-jaeger"), recording(f"orders-{after}"))

    assert (verdict.outcome, unexplained(verdict)) == (Outcome.DIFFERENT, [])
    assert [answer.after.request for answer in verdict.answers.changed if answer.after] == ["GET /orders/1"]


@pytest.mark.parametrize("after", NATIVES)
def test_off_the_shim_over_thrift_a_loss_is_found(after: str) -> None:
    before, whole = recording("hello-shim-jaeger"), recording(f"hello-{after}")

    without_log = judge(before, edit_first("server-2", without_events)(whole))
    without_error = judge(before, edit_last("server-1", without_status)(whole))

    assert (without_log.outcome, without_error.outcome) == (Outcome.DIFFERENT, Outcome.DIFFERENT)


def test_of_measured_traffic_in_todays_names_the_component_alone_is_lost() -> None:
    before, after = (
        Recording(spans=tuple(span for trace in traces(40) for span in trace))
        for traces in (legacy_traces, native_traces)
    )

    verdict = judge(before, after)

    assert (verdict.outcome, unexplained(verdict)) == (Outcome.DEGRADED, [])
    assert rules_of(verdict, Effect.DEGRADED) == {"component-lost"}
