"""The flow `events` in every variant, as real processes that report over real wires."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ot2otel.model import Kind, Span, StatusCode, traces
from ot2otel_flows.queues import FileBroker
from tests.support.events import (
    ARCHIVER,
    FIRST,
    FLOW,
    INTAKE,
    LIFECYCLE,
    PROCESSING,
    VALIDATOR,
    events,
)
from tests.support.flow_spans import outline
from tests.support.peers import peer
from tests.support.redis_server import redis_server
from tests.support.runs import HAND_MADE, ROOT, recorded
from tests.support.waiting import wait_until

each_run = pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
each_variant = pytest.mark.parametrize("run", FIRST, ids="/".join)


@each_run
def test_each_event_is_one_trace_through_both_queues(run: tuple[str, str]) -> None:
    lifecycle, valid = f"{INTAKE}: {LIFECYCLE}", f"{VALIDATOR}: {PROCESSING}"
    assert outline(recorded(FLOW)[run].spans) == [
        [lifecycle, valid, f"{ARCHIVER}: {PROCESSING}"],
        [lifecycle, valid, valid, valid],
        [lifecycle, valid],
    ]


@each_run
def test_the_answers_show_how_far_each_event_came(run: tuple[str, str]) -> None:
    answers = [
        (answer.request, answer.status, json.loads(answer.body)) for answer in recorded(FLOW)[run].answers
    ]

    assert answers == [
        ("POST /events", 202, {"id": "1"}),
        ("GET /events/1", 200, {"id": "1", "states": ["taken in", "valid", "archived"]}),
        ("POST /events", 202, {"id": "2"}),
        ("GET /events/2", 200, {"id": "2", "states": ["taken in", "dead-lettered"]}),
        ("POST /events", 400, {"error": "send the reading as text"}),
        ("POST /events", 202, {"id": "3"}),
        ("GET /events/3", 200, {"id": "3", "states": ["taken in", "valid"]}),
    ]


@each_run
def test_the_attempts_at_a_poison_event_are_counted_and_the_last_records_the_dead_letter(
    run: tuple[str, str],
) -> None:
    spans = sorted(recorded(FLOW)[run].spans, key=lambda span: span.start_ns)
    attempts = [span for span in spans if span.attributes["event.id"] == "2" and span.name == PROCESSING]

    assert [span.attributes["event.attempt"] for span in attempts] == [1, 2, 3]
    assert [span.status.code for span in attempts] == [StatusCode.ERROR] * 3
    assert [
        [
            event.attributes.get("event.attempts")
            for event in span.events
            if "event.attempts" in event.attributes
        ]
        for span in attempts
    ] == [[], [], [3]]


# The attributes of a consumer's link to its parent, and the consumer's kind.
REFERENCES = {
    ("legacy", "jaeger"): ({"opentracing.ref_type": "follows_from"}, Kind.CONSUMER),
    ("shim", "otlp"): ({}, Kind.INTERNAL),
    ("shim", "jaeger"): ({"opentracing.ref_type": "follows_from"}, Kind.INTERNAL),
    ("native", "otlp"): ({}, Kind.CONSUMER),
    ("native", "jaeger"): ({"opentracing.ref_type": "follows_from"}, Kind.CONSUMER),
}


@each_run
def test_a_consumers_span_has_the_creator_of_its_message_as_parent_and_as_link(run: tuple[str, str]) -> None:
    spans = {span.span_id: span for span in recorded(FLOW)[run].spans}
    consumers = [span for span in spans.values() if span.name == PROCESSING]

    found = [
        (span.parent_id in spans, [(link.span_id == span.parent_id, link.attributes) for link in span.links])
        for span in consumers
    ]

    attributes, kind = REFERENCES[run]
    assert found == [(True, [(True, attributes)])] * 6
    assert {span.kind for span in consumers} == {kind}


def test_the_document_has_the_links_and_kinds_of_consumers_spans() -> None:
    rows = [line for line in (ROOT / "docs" / "events.md").read_text().splitlines() if "| yes |" in line]

    found = {tuple(row.split(" | ")[:2]): ("`follows_from`" in row, row.split()[-2]) for row in rows}
    assert found == {
        (f"| {variant}", exporter): (bool(attributes), kind.name)
        for (variant, exporter), (attributes, kind) in REFERENCES.items()
    }


@each_run
def test_a_producers_span_may_end_before_its_consumers_begins(run: tuple[str, str]) -> None:
    spans = {span.span_id: span for span in recorded(FLOW)[run].spans}

    late = [
        span for span in spans.values() if span.parent_id and span.start_ns >= spans[span.parent_id].end_ns
    ]

    assert late


def test_native_describes_messages_in_the_current_names() -> None:
    spans = sorted(recorded(FLOW)["native", "otlp"].spans, key=lambda span: span.start_ns)

    def messaging(operation: str, queue: str) -> dict[str, object]:
        return {
            "messaging.system": "litequeue",
            "messaging.operation.name": operation,
            "messaging.operation.type": operation,
            "messaging.destination.name": queue,
            "event.id": "1",
        }

    assert [(span.name, span.kind, span.attributes) for span in spans[:3]] == [
        (LIFECYCLE, Kind.PRODUCER, messaging("send", "events")),
        (PROCESSING, Kind.CONSUMER, messaging("process", "events") | {"event.attempt": 1}),
        (PROCESSING, Kind.CONSUMER, messaging("process", "valid-events") | {"event.attempt": 1}),
    ]


@each_variant
def test_an_event_whose_worker_was_killed_is_handled_by_the_next_and_its_trace_has_both_attempts(
    run: tuple[str, str], tmp_path: Path
) -> None:
    with events(run, tmp_path, "--lease", "1") as flow:
        flow.start(INTAKE, ARCHIVER)
        flow.start(VALIDATOR, work=100)  # it works for ten seconds
        event_id = flow.send()
        wait_until(lambda: attempts_begun(tmp_path) == 1)
        flow.kill(VALIDATOR)
        flow.start(VALIDATOR)
        flow.wait_for_state(event_id, "archived")
        spans = flow.wait_for_spans(4)

    [trace] = traces(spans)
    found = [
        (span.service, span.name, span.attributes.get("event.attempt"), span.status.code, names(span))
        for span in spans
    ]
    failed = StatusCode.UNSET if run[0] == "shim" else StatusCode.ERROR
    assert trace.orphans == ()
    assert found == [
        (INTAKE, LIFECYCLE, None, StatusCode.UNSET, []),
        (VALIDATOR, PROCESSING, 1, failed, ["worker lost"]),
        (VALIDATOR, PROCESSING, 2, StatusCode.UNSET, []),
        (ARCHIVER, PROCESSING, 1, StatusCode.UNSET, []),
    ]


def attempts_begun(directory: Path) -> int:
    journal = sqlite3.connect(directory / "journal.db")
    [(number,)] = journal.execute("SELECT count(*) FROM attempts").fetchall()
    journal.close()
    return int(number)


def names(span: Span) -> list[str]:
    return [event.name for event in span.events]


MALFORMED = [
    {},
    {"uber-trace-id": "", "traceparent": ""},
    {"uber-trace-id": "nonsense", "traceparent": "nonsense"},
    {"uber-trace-id": "0:0:0:1", "traceparent": f"00-{'0' * 32}-{'0' * 16}-01"},
    {"jaeger-debug-id": "x"},
    {"uberctx-a": "b", "baggage": "a=b"},
]


@each_variant
def test_an_event_without_a_readable_context_is_handled_in_a_new_trace_counted_and_logged(
    run: tuple[str, str], tmp_path: Path
) -> None:
    broker = FileBroker(str(tmp_path), lease=60)
    for metadata in MALFORMED:
        broker.send("valid-events", metadata, {"id": broker.new_event(), "reading": 1.0})
    with events(run, tmp_path) as flow:
        flow.start(ARCHIVER)
        wait_until(lambda: broker.states(str(len(MALFORMED))) == ["archived"])
        counts = flow.counts(ARCHIVER)
        spans = flow.wait_for_spans(len(MALFORMED))
        log = flow.running[ARCHIVER].log
    broker.close()

    number = len(MALFORMED)
    assert (len(traces(spans)), [span.parent_id for span in spans]) == (number, [""] * number)
    assert counts == {"attempts": {"handled": number, "without a context": number}, "dead letters": 0}
    assert log.count("has no context") == number


@each_variant
def test_messages_that_are_no_events_end_as_dead_letters(run: tuple[str, str], tmp_path: Path) -> None:
    bodies: list[object] = [None, [], "text", {"reading": "1"}, {"id": "7"}, {"id": [], "reading": {}}]
    broker = FileBroker(str(tmp_path), lease=60)
    for body in bodies:
        broker.send("events", {}, body)  # type: ignore[arg-type]  # a stranger sends anything
    with events(run, tmp_path) as flow:
        flow.start(VALIDATOR)
        wait_until(lambda: broker.dead_letters("events") == len(bodies))
    broker.close()


@pytest.mark.parametrize("run", [("legacy", "jaeger"), ("native", "otlp")], ids="/".join)
def test_the_context_rebuilt_by_hand_makes_the_same_tree(run: tuple[str, str], tmp_path: Path) -> None:
    with events(run, tmp_path, "--context", "by-hand") as flow:
        flow.start(INTAKE, VALIDATOR, ARCHIVER)
        flow.wait_for_state(flow.send(), "archived")
        spans = flow.wait_for_spans(3)

    assert outline(spans) == [
        [f"{INTAKE}: {LIFECYCLE}", f"{VALIDATOR}: {PROCESSING}", f"{ARCHIVER}: {PROCESSING}"]
    ]


def test_writing_ids_by_hand_fails_on_the_shim_whose_spans_have_none(tmp_path: Path) -> None:
    with events(("shim", "otlp"), tmp_path, "--context", "by-hand") as flow:
        flow.start(INTAKE)
        url = f"{flow.running[INTAKE].url}/events"
        answer = requests.post(url, json={"reading": "21.5"}, timeout=10)
        wait_until(lambda: "has no attribute 'trace_id'" in flow.running[INTAKE].log)

    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"[" * 60_000, 400, id="too deep"),
        pytest.param(b'{"reading": 21.5}', 400, id="a number"),
        pytest.param(b'{"reading": "\\u0000"}', 400, id="a control character"),
        pytest.param(b"\xff", 400, id="no UTF-8"),
        pytest.param(b" " * 70_000, 413, id="too long"),
    ],
)
def test_a_body_that_is_no_event_is_refused(intake: str, body: bytes, status: int) -> None:
    assert requests.post(f"{intake}/events", data=body, timeout=10).status_code == status


@pytest.mark.parametrize("event_id", ["0", "99", "-1", "abc", "%00", "%C3%A9"])
def test_an_unknown_event_is_a_404(intake: str, event_id: str) -> None:
    assert requests.get(f"{intake}/events/{event_id}", timeout=10).status_code == 404


@pytest.fixture(scope="module", params=FIRST, ids="/".join)
def intake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with events(request.param, tmp_path_factory.mktemp("queues")) as flow:
        flow.start(INTAKE)
        yield flow.running[INTAKE].url


@peer("redis")
@each_variant
def test_the_flow_runs_on_redis_as_on_files(run: tuple[str, str]) -> None:
    with redis_server() as url, events(run, url, "--lease", "1") as flow:
        flow.start(INTAKE, VALIDATOR, ARCHIVER)
        good, poison = flow.send(), flow.send("lukewarm")
        flow.wait_for_state(good, "archived")
        flow.wait_for_state(poison, "dead-lettered")
        spans = flow.wait_for_spans(7)
        # The state is noted before the letter is buried, so that it is there if the worker dies in between.
        wait_until(lambda: flow.counts(VALIDATOR)["dead letters"] == 1)
        counts = flow.counts(VALIDATOR)

    lifecycle, valid = f"{INTAKE}: {LIFECYCLE}", f"{VALIDATOR}: {PROCESSING}"
    assert outline(spans) == [
        [lifecycle, valid, f"{ARCHIVER}: {PROCESSING}"],
        [lifecycle, valid, valid, valid],
    ]
    assert counts == {"attempts": {"handled": 1, "failed": 2, "dead": 1}, "dead letters": 1}
