"""`ot2otel up` tells which spans it will never show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event

import pytest
import requests

from ot2otel.lab import up
from ot2otel.lab.losses import Losses
from ot2otel.model import Span, Trace, traces
from ot2otel.receive.collector import Collector
from ot2otel.wire.otlp_json_encoder import encode_json

END = float("inf")


def spans(*trace_ids: int, each: int = 1) -> list[Span]:
    first = Span("0" * 32, "0" * 16, "op", start_ns=1, end_ns=2, resource={"service.name": "svc"})
    return [
        replace(first, trace_id=f"{trace_id:032x}", span_id=f"{number:016x}")
        for trace_id in trace_ids
        for number in range(1, each + 1)
    ]


def send(collector: Collector, sent: Sequence[Span]) -> None:
    url = f"{collector.otlp_endpoint}/v1/traces"
    requests.post(url, json=encode_json(sent), timeout=10).raise_for_status()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector(max_spans=2) as running:
        yield running


def look(losses: Losses, collector: Collector) -> Sequence[Trace]:
    losses.look()
    stored = traces(collector.spans)
    losses.stored({trace.trace_id for trace in stored})
    return stored


def test_nothing_is_told_if_nothing_was_lost(collector: Collector) -> None:
    losses = Losses(collector)
    send(collector, spans(1, 2))
    look(losses, collector)

    assert losses.news(END) == ""


def test_a_trace_that_made_room_after_it_was_shown_is_no_loss(collector: Collector) -> None:
    losses = Losses(collector)
    send(collector, spans(1, 2))
    for trace in look(losses, collector):
        losses.shown(trace)
    send(collector, spans(3))
    look(losses, collector)

    assert losses.news(END) == ""


def test_traces_that_made_room_before_they_were_shown_are_counted(collector: Collector) -> None:
    losses = Losses(collector)
    send(collector, spans(1, 2, 3, 4))
    look(losses, collector)

    assert losses.news(END) == "Not shown: 2 spans dropped to make room before their trace was shown."


def test_a_trace_that_is_larger_than_the_room_is_a_loss(collector: Collector) -> None:
    losses = Losses(collector)
    send(collector, spans(1, each=5))
    look(losses, collector)

    line = losses.news(END)
    assert line.endswith(" spans dropped to make room before their trace was shown.")


def test_malformed_messages_are_told_once_and_more_of_them_after_a_while(collector: Collector) -> None:
    losses = Losses(collector)

    def after_another(now: float) -> str:
        requests.post(f"{collector.otlp_endpoint}/v1/traces", data=b"{", timeout=10)
        look(losses, collector)
        return losses.news(now)

    lines = [after_another(100.0), losses.news(111.0), after_another(105.0), losses.news(110.0)]

    assert lines == ["Not shown: 1 malformed messages.", "", "", "Not shown: 2 malformed messages."]


def test_the_losses_are_told_at_the_end_at_the_latest(collector: Collector) -> None:
    send(collector, spans(1, 2, 3, 4))
    told: list[str] = []
    stopped = Event()
    stopped.set()

    up.watch([], collector, lambda _: None, stopped, tell=told.append)

    assert told == ["Not shown: 2 spans dropped to make room before their trace was shown."]
