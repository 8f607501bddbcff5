"""Stored, evicted and counted spans."""

from __future__ import annotations

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.receive.collector.store import Counts, SpanStore
from ot2otel.wire.decoded import Decoded

KILOBYTE = 1000


def _span(trace: int, number: int) -> Span:
    return Span(f"{trace:032x}", f"{number:016x}", "op")


def test_spans_are_in_the_order_of_their_arrival() -> None:
    store = SpanStore(10, KILOBYTE)

    store.take(Decoded((_span(2, 1), _span(1, 2))), "datagrams", 100)
    store.take(Decoded((_span(2, 3),)), "requests", 100)

    assert store.spans == (_span(2, 1), _span(1, 2), _span(2, 3))
    assert store.counts() == Counts(spans=3, datagrams=1, requests=1)


def test_beyond_the_bound_the_oldest_trace_goes_first() -> None:
    store = SpanStore(3, KILOBYTE)
    store.take(Decoded((_span(1, 1), _span(2, 2), _span(1, 3))), "datagrams", 100)

    store.take(Decoded((_span(3, 4),)), "datagrams", 100)

    assert store.spans == (_span(2, 2), _span(3, 4))
    assert store.counts() == Counts(spans=4, datagrams=2, evicted_spans=2, evicted_traces=1)


def test_beyond_the_size_the_oldest_trace_goes_first() -> None:
    store = SpanStore(10, KILOBYTE)
    store.take(Decoded((_span(1, 1), _span(2, 2), _span(1, 3))), "datagrams", 900)

    store.take(Decoded((_span(3, 4),)), "requests", 600)

    assert store.spans == (_span(2, 2), _span(3, 4))
    assert store.counts() == Counts(spans=4, datagrams=1, requests=1, evicted_spans=2, evicted_traces=1)


def test_a_message_beyond_the_size_leaves_nothing_behind() -> None:
    store = SpanStore(10, KILOBYTE)

    store.take(Decoded((_span(1, 1),)), "requests", 1001)
    store.take(Decoded((_span(2, 2),)), "requests", 1000)

    assert store.spans == (_span(2, 2),)


def test_bad_messages_and_spans_are_counted_and_listed() -> None:
    store = SpanStore(3, KILOBYTE)

    store.take(Decoded((), ("span 'a': no id",)), "requests", 100)
    store.refuse(WireError("no batch"), "datagrams")

    assert store.counts() == Counts(datagrams=1, requests=1, malformed=1, rejected_spans=1)
    assert store.problems == ("span 'a': no id", "no batch")


def test_a_hundred_problems_are_remembered() -> None:
    store = SpanStore(3, KILOBYTE)

    for number in range(101):
        store.refuse(WireError(str(number)), "datagrams")

    assert store.problems == tuple(str(number) for number in range(1, 101))


def test_a_cleared_store_is_like_a_new_one() -> None:
    store = SpanStore(3, KILOBYTE)
    store.take(Decoded((_span(1, 1),), ("bad",)), "datagrams", 100)

    store.clear()

    assert (store.spans, store.counts(), store.problems) == ((), Counts(), ())
