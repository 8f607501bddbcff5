"""Cells from hand-built sightings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any  # of a field's new value

import pytest

from ot2otel.headers.settings import default
from ot2otel.lab.fleet.crossing import Cell, Probe, Property, Sighting, judge, sightings
from ot2otel.model import Span

CALLER, CALLEE = default("native"), default("legacy")
ROOT_TRACE = "a" * 32


def sighting(trace_id: str, answer: str = "Hello you! time is", debug: bool = False) -> Sighting:
    return Sighting(
        Span(trace_id, "1" * 16, "server-1"),
        Span(trace_id, "2" * 16, "server-1_to_server-2", "1" * 16),
        Span(trace_id, "3" * 16, "server-2", "2" * 16),
        answer,
        debug,
    )


COMPLETE = {
    Probe.ROOT: sighting(ROOT_TRACE),
    Probe.SAMPLED: sighting(Probe.SAMPLED.trace_id, "Salut you! time is"),
    Probe.UNSAMPLED: Sighting(answer="Hello you!"),
    Probe.PADDED: sighting(Probe.PADDED.trace_id),
    Probe.SHORT: sighting(Probe.SHORT.trace_id),
    Probe.DEBUG: sighting(Probe.DEBUG.trace_id, debug=True),
}
ORPHAN = Span("b" * 32, "3" * 16, "server-2")


def test_a_pair_that_loses_nothing_keeps_every_property() -> None:
    assert judge(CALLER, CALLEE, COMPLETE) == Cell(CALLER, CALLEE, frozenset(Property))


@pytest.mark.parametrize(
    ("probe", "change", "lost"),
    [
        (Probe.ROOT, {"server_2": ORPHAN}, [Property.JOINED, Property.PARENT]),
        (Probe.ROOT, {"server_2": Span(ROOT_TRACE, "3" * 16, "server-2", "1" * 16)}, [Property.PARENT]),
        (Probe.ROOT, {"client": Span(ROOT_TRACE, "2" * 16, "server-1_to_server-2")}, [Property.PARENT]),
        (Probe.SAMPLED, {"answer": "Hello you!"}, [Property.BAGGAGE]),
        (Probe.SAMPLED, {"server_2": ORPHAN}, [Property.SAMPLED, Property.NO_FALSE_DEBUG]),
        (Probe.SAMPLED, {"server_2": None}, [Property.SAMPLED, Property.NO_FALSE_DEBUG]),
        (Probe.SAMPLED, {"debug": True}, [Property.NO_FALSE_DEBUG]),
        (Probe.UNSAMPLED, {"server_2": ORPHAN}, [Property.UNSAMPLED]),
        (Probe.PADDED, {"server_2": ORPHAN}, [Property.IDS_KEPT]),
        (Probe.SHORT, {"server_2": ORPHAN}, [Property.IDS_KEPT]),
        (Probe.DEBUG, {"debug": False}, [Property.DEBUG_KEPT]),
        (Probe.DEBUG, {"server_2": None}, [Property.DEBUG_KEPT]),
    ],
)
def test_each_loss_is_seen_by_the_request_that_shows_it(
    probe: Probe,
    change: dict[str, Any],  # Any: fields of `Sighting`, each with its own type
    lost: list[Property],
) -> None:
    seen = COMPLETE | {probe: replace(COMPLETE[probe], **change)}

    assert list(judge(CALLER, CALLEE, seen).lost) == lost


def test_a_cell_makes_one_trace_if_the_trace_and_the_parent_are_right() -> None:
    assert Cell(CALLER, CALLEE, frozenset({Property.JOINED, Property.PARENT})).makes_one_trace
    assert not Cell(CALLER, CALLEE, frozenset(Property) - {Property.PARENT}).makes_one_trace


@pytest.mark.parametrize(
    "query", [{"http.url": "http://127.0.0.1:1/?7-root"}, {"url.query": "7-root"}], ids=["legacy", "native"]
)
def test_the_spans_of_a_request_are_found_by_its_name(query: dict[str, str]) -> None:
    expected = Sighting(
        Span("a" * 32, "1" * 16, "server-1", attributes={"hello.name": "7-root"}),
        Span("a" * 32, "2" * 16, "server-1_to_server-2", "1" * 16),
        Span("b" * 32, "3" * 16, "server-2", attributes=query),
        "Hello 7-root!",
        debug=True,
    )
    spans = [span for span in (expected.server_1, expected.client, expected.server_2) if span]

    seen = sightings(spans, {"7-root": "Hello 7-root!", "8-root": "Hello 8-root!"}, {"7-root": True})

    assert seen == {"7-root": expected, "8-root": Sighting(answer="Hello 8-root!")}
    assert seen["7-root"].complete
    assert seen["8-root"].empty


def test_a_caller_sends_the_same_in_every_format() -> None:
    assert Probe.SHORT.headers == {
        "traceparent": "00-00000000000000000af7651916cd43dd-00f067aa0ba902b7-01",
        "uber-trace-id": "af7651916cd43dd:f067aa0ba902b7:0:1",
        "b3": "0af7651916cd43dd-00f067aa0ba902b7-1",
        "x-b3-traceid": "0af7651916cd43dd",
        "x-b3-spanid": "00f067aa0ba902b7",
        "x-b3-sampled": "1",
        "baggage": "greeting=Salut",
        "uberctx-greeting": "Salut",
    }


@pytest.mark.parametrize(
    ("probe", "traceparent", "uber", "b3", "multi"),
    [
        (Probe.SAMPLED, "01", "1", "1", {"x-b3-sampled": "1"}),
        (Probe.UNSAMPLED, "00", "0", "0", {"x-b3-sampled": "0"}),
        (Probe.DEBUG, "01", "3", "d", {"x-b3-flags": "1"}),
    ],
)
def test_a_callers_decision_is_in_every_format(
    probe: Probe, traceparent: str, uber: str, b3: str, multi: dict[str, str]
) -> None:
    sent = probe.headers

    assert [sent[name][-len(end) :] for name, end in (("traceparent", traceparent), ("b3", b3))] == [
        traceparent,
        b3,
    ]
    assert sent["uber-trace-id"].endswith(f":0:{uber}")
    assert {name: sent[name] for name in ("x-b3-sampled", "x-b3-flags") if name in sent} == multi


def test_a_trace_that_starts_at_server_1_has_no_caller() -> None:
    assert Probe.ROOT.headers == {}
