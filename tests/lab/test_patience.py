"""A busy machine: deadlines stretch, and what is late is not wrong."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from ot2otel.lab.catalog import FLOWS, VARIANTS, Variant
from ot2otel.lab.patience import Deadline, Patience, told_if_busy
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.receive.destination import SpansMissing

SLOW = Variant("native", "tests.support.planted.slow_to_deliver", "", ("otlp",), ())
HELLO = replace(FLOWS["hello"], requests=FLOWS["hello"].requests[:1])


def test_a_deadline_is_as_given_where_the_start_was_quick() -> None:
    assert Patience(started_in=1.0).stretched(10.0) == 10.0


def test_a_deadline_stretches_with_the_slowest_start(monkeypatch: pytest.MonkeyPatch) -> None:
    patience = Patience()
    clock = iter([0.0, 0.0, 7.0, 10.0, 10.0, 15.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    for _ in range(2):
        with patience.measured():
            pass

    assert (patience.started_in, patience.stretched(10.0)) == (7.0, 21.0)


def test_waits_share_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 104.0, 111.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    deadline = Deadline(10.0)

    assert (deadline.left, deadline.left) == (6.0, 0.0)


@pytest.mark.parametrize(
    ("load", "added"),
    [
        (0.5, ""),
        (
            21.34,
            "\nThe machine may be too busy: its load average is 21.3 with 2 cores. "
            "Try again when it is quieter.",
        ),
    ],
)
def test_an_error_tells_that_the_machine_is_busy(
    load: float, added: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    with pytest.raises(SpansMissing) as told, told_if_busy():
        raise SpansMissing("Waited 5 s.")

    assert str(told.value) == f"Waited 5 s.{added}"


def test_services_that_are_slow_to_deliver_their_spans_are_waited_for(at_root: None) -> None:
    [recording] = record([Plan(HELLO, SLOW, "otlp", work=0)])

    assert len(recording.spans) == 3


def test_an_answer_that_is_late_is_no_other_answer() -> None:
    """By its own default server-1 waits 3 s for server-2."""
    [recording] = record([Plan(HELLO, VARIANTS["native"], "otlp", work=4.5)])

    assert [answer.status for answer in recording.answers] == [200]


def test_a_service_that_is_killed_before_it_delivers_is_named(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    monkeypatch.setattr("ot2otel.lab.run._END", 0.1)
    monkeypatch.setattr("ot2otel.lab.patience._STARTS", 0.1)

    with pytest.raises(SpansMissing) as missing:
        record([Plan(HELLO, SLOW, "otlp", work=0, deadline=0.1)])

    assert "\nKilled because they did not end in time: native's server-2, native's server-1." in str(
        missing.value
    )
