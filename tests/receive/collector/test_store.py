"""Stored, evicted and counted spans."""

from __future__ import annotations

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.receive.collector.store import Counts, SpanStore
from ot2otel.wire.checked import Checked

PLENTY = 1_000_000


def _span(trace: int, number: int) -> Span:
    return Span(f"{trace:032x}", f"{number:016x}", "op")


def _checked(*spans: Span, rejected: tuple[str, ...] = (), size: int = 0, cost: int = 100) -> Checked:
    return Checked([span.trace_id for span in spans], [cost] * len(spans), rejected, size, lambda: spans)


def test_spans_are_in_the_order_of_their_arrival() -> None:
    store = SpanStore(10, PLENTY)

    store.take(_checked(_span(2, 1), _span(1, 2)), "datagrams")
    store.take(_checked(_span(2, 3)), "requests")

    assert store.spans == (_span(2, 1), _span(1, 2), _span(2, 3))
    assert store.counts() == Counts(spans=3, datagrams=1, requests=1)


def test_a_message_is_built_when_somebody_asks_and_only_once() -> None:
    store = SpanStore(10, PLENTY)
    built = []

    def build() -> tuple[Span, ...]:
        built.append(1)
        return (_span(1, 1),)

    store.take(Checked([_span(1, 1).trace_id], [1], (), 1, build), "requests")
    before = list(built)

    assert (before, store.spans, store.spans, built) == ([], (_span(1, 1),), (_span(1, 1),), [1])


def test_a_span_that_is_evicted_while_it_is_built_is_still_returned() -> None:
    store = SpanStore(2, PLENTY)

    def build() -> tuple[Span, ...]:
        store.take(_checked(_span(2, 2), _span(3, 3)), "requests")
        return (_span(1, 1),)

    store.take(Checked([_span(1, 1).trace_id], [100], (), 0, build), "requests")

    assert (store.spans, store.spans) == ((_span(1, 1),), (_span(2, 2), _span(3, 3)))


def test_of_a_message_that_is_built_later_the_evicted_spans_are_left_out() -> None:
    store = SpanStore(2, PLENTY)
    store.take(_checked(_span(1, 1), _span(2, 2)), "requests")
    store.take(_checked(_span(3, 3)), "requests")

    assert store.spans == (_span(2, 2), _span(3, 3))


def test_beyond_the_bound_the_oldest_trace_goes_first() -> None:
    store = SpanStore(3, PLENTY)
    store.take(_checked(_span(1, 1), _span(2, 2), _span(1, 3)), "datagrams")

    store.take(_checked(_span(3, 4)), "datagrams")

    assert store.spans == (_span(2, 2), _span(3, 4))
    assert store.counts() == Counts(spans=4, datagrams=2, evicted_spans=2, evicted_traces=1)


def test_spans_that_were_built_are_evicted_as_well() -> None:
    store = SpanStore(3, PLENTY)
    store.take(_checked(_span(1, 1), _span(2, 2), _span(1, 3)), "datagrams")
    all_were_built = len(store.spans) == 3

    store.take(_checked(_span(3, 4)), "datagrams")

    assert (all_were_built, store.spans) == (True, (_span(2, 2), _span(3, 4)))


def test_many_traces_make_room_for_many() -> None:
    store = SpanStore(200, PLENTY)
    store.take(_checked(*(_span(number, number) for number in range(1, 201))), "requests")

    store.take(_checked(*(_span(number, number) for number in range(201, 351))), "requests")

    assert store.spans == tuple(_span(number, number) for number in range(151, 351))


def test_beyond_the_size_the_oldest_trace_goes_first() -> None:
    store = SpanStore(10, 1000)
    store.take(_checked(_span(1, 1), _span(2, 2), _span(1, 3), cost=300), "datagrams")

    store.take(_checked(_span(3, 4), cost=600), "requests")

    assert store.spans == (_span(2, 2), _span(3, 4))
    assert store.counts() == Counts(spans=4, datagrams=1, requests=1, evicted_spans=2, evicted_traces=1)


def test_the_text_of_a_message_counts_until_its_last_span_is_evicted() -> None:
    store = SpanStore(10, 1000)
    store.take(_checked(_span(1, 1), _span(2, 2), size=600), "requests")

    store.take(_checked(_span(3, 3), size=300), "requests")

    assert store.spans == (_span(3, 3),)


def test_a_trace_that_just_grew_stays_and_an_older_one_goes() -> None:
    store = SpanStore(3, PLENTY)
    store.take(_checked(_span(1, 1), _span(2, 2), _span(3, 3)), "requests")

    store.take(_checked(_span(1, 4)), "requests")

    assert store.spans == (_span(1, 1), _span(3, 3), _span(1, 4))


def test_a_trace_larger_than_the_bound_keeps_its_beginning() -> None:
    store = SpanStore(3, PLENTY)

    for number in range(1, 6):
        store.take(_checked(_span(1, number)), "requests")

    assert store.spans == (_span(1, 1), _span(1, 2), _span(1, 3))
    assert store.counts() == Counts(spans=5, requests=5, evicted_spans=2)


def test_a_span_beyond_the_size_leaves_nothing_behind() -> None:
    store = SpanStore(10, 1000)

    store.take(_checked(_span(1, 1), cost=1001), "requests")
    store.take(_checked(_span(2, 2), cost=1000), "requests")

    assert store.spans == (_span(2, 2),)


def test_bad_messages_and_spans_are_counted_and_listed() -> None:
    store = SpanStore(3, PLENTY)

    store.take(_checked(rejected=("span 'a': no id",)), "requests")
    store.refuse(WireError("no batch"), "datagrams")

    assert store.counts() == Counts(datagrams=1, requests=1, malformed=1, rejected_spans=1)
    assert store.problems == ("span 'a': no id", "no batch")


def test_a_hundred_problems_are_remembered() -> None:
    store = SpanStore(3, PLENTY)

    for number in range(101):
        store.refuse(WireError(str(number)), "datagrams")

    assert store.problems == tuple(str(number) for number in range(1, 101))


def test_a_cleared_store_is_like_a_new_one() -> None:
    store = SpanStore(3, PLENTY)
    store.take(_checked(_span(1, 1), rejected=("bad",)), "datagrams")

    store.clear()

    assert (store.spans, store.counts(), store.problems) == ((), Counts(), ())


def test_every_loss_is_a_sentence() -> None:
    counts = Counts(
        spans=9,
        datagrams=8,
        requests=7,
        malformed=6,
        rejected_spans=5,
        evicted_spans=4,
        evicted_traces=3,
        dropped_datagrams=2,
        refused_connections=1,
        closed_connections=10,
    )

    assert counts.losses == (
        "6 malformed messages",
        "5 rejected spans",
        "4 spans evicted to stay within the bound, 3 traces whole",
        "2 datagrams dropped by the kernel",
        "1 connections refused for want of room",
        "10 idle connections closed to make room",
    )


def test_without_a_loss_there_is_nothing_to_say() -> None:
    assert Counts(spans=9, datagrams=8, requests=7).losses == ()
