"""A snapshot has all that a test can hold on to, and is read as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Attributes, Kind, Span, traces
from ot2otel.recording import Recording
from ot2otel.testing import snapshot
from ot2otel.testing.judging import stable, stable_branches
from ot2otel.testing.masks import masked
from ot2otel.testing.order import DEEPEST, Entry, TooDeepError, branches, walk
from tests.support.forests import forests
from tests.support.odd_spans import ODD_SPANS
from tests.support.spans import spans

STACK = """Traceback (most recent call last):
  File "/home/me/shop/app.py", line 12, in pay
    charge(card)
  File "/home/me/shop/cards.py", line 7, in charge
    raise ValueError("no stock")
ValueError: no stock
"""


def entries(found: Sequence[Span]) -> list[Entry]:
    return [Entry(span, number) for number, span in enumerate(found)]


def written(found: Sequence[Span]) -> str:
    return snapshot.encode(stable(entries(found), None, ()))


def read_again(text: str) -> str:
    return snapshot.encode(stable_branches(snapshot.decode(text, "x.json"), ()))


@given(st.lists(spans, min_size=1, max_size=3))
def test_any_spans_match_their_own_snapshot(found: list[Span]) -> None:
    assert read_again(written(found)) == written(found)


@given(forests(least=1))
def test_any_forest_matches_its_own_snapshot_and_no_span_is_lost(found: tuple[Span, ...]) -> None:
    text = written(found)

    assert read_again(text) == text
    assert len(list(walk(snapshot.decode(text, "x.json")))) == len(found)


@given(forests(least=1))
def test_any_forest_is_identical_to_its_own_snapshot(found: tuple[Span, ...]) -> None:
    assume(not any(trace.circles for trace in traces(found)))  # a circle is cut: its tree is kept
    now = stable(entries(found), None, ())
    before = snapshot.decode(snapshot.encode(now), "x.json")

    verdict = judge(Recording(snapshot.timed(before)), Recording(snapshot.timed(now)))
    assert verdict.outcome is Outcome.IDENTICAL


def test_all_that_otlp_carries_is_in_a_snapshot() -> None:
    assert read_again(written(ODD_SPANS)) == written(ODD_SPANS)


@given(forests())
def test_where_spans_of_other_threads_are_seen_in_another_order_the_tree_is_the_same(
    found: tuple[Span, ...],
) -> None:
    one = [Entry(span, number, (number, 0)) for number, span in enumerate(found)]
    other = [replace(entry, number=len(found) - entry.number) for entry in reversed(one)]

    def shape(taken: Sequence[Entry]) -> list[object]:
        return [
            (branch.span.name, branch.span.service, branch.span.attributes, len(branch.children))
            for branch in walk(branches(taken, (-1, 0)))
        ]

    assert shape(one) == shape(other)


def test_a_trace_that_is_too_deep_for_a_tree_is_refused() -> None:
    ids = [f"{number:016x}" for number in range(DEEPEST + 2)]
    deep = [Span("1" * 32, own, "s", "" if parent == ids[0] else parent) for parent, own in pairwise(ids)]

    assert len(list(walk(branches(entries(deep[:-1]))))) == DEEPEST
    with pytest.raises(TooDeepError, match=f"has {DEEPEST + 1} spans below each other"):
        branches(entries(deep))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"exception.stacktrace": STACK},
            {
                "exception.stacktrace": "Traceback (most recent call last):\n"
                '  File "..."\nValueError: no stock\n'
            },
            id="the frames of a stack",
        ),
        pytest.param(
            {"host.name": "laptop", "process.pid": 12},
            {"host.name": "<host>", "process.pid": 0},
            id="the machine and the process",
        ),
        pytest.param(
            {"url.full": "http://127.0.0.1:43210/a", "server.port": 43210},
            {"url.full": "http://127.0.0.1:40001/a", "server.port": 40001},
            id="free ports",
        ),
        pytest.param(
            {"client.port": 43210, "server.port": 8080},
            {"client.port": 40000, "server.port": 8080},
            id="a client's port, a service's own",
        ),
        pytest.param({"o": "<Cart object at 0x7f12b6e0a2d0>"}, {"o": "<Cart object at 0x0>"}, id="objects"),
        pytest.param({"order.id": "7f3a", "n": 7}, {"order.id": "<text>", "n": 7}, id="varying"),
        pytest.param(
            {"url": "https://h/a?token=s3cr3tvalue"}, {"url": "https://h/a?token=masked"}, id="secrets"
        ),
        pytest.param({"a": "plain", "n": 1.5, "port": 80}, {"a": "plain", "n": 1.5, "port": 80}, id="others"),
    ],
)
def test_values_that_vary_are_masked(before: Attributes, after: Attributes) -> None:
    span = Span("1" * 32, "1" * 16, "s", kind=Kind.SERVER, attributes=before)

    assert [found.attributes for found in masked([span], ["order.*"])] == [after]
