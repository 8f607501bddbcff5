"""The table of what receiving costs, from a saved run."""

from __future__ import annotations

import pytest

from benchmarks import figures


def test_a_receiver_that_was_not_measured_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    receivers = {
        "this collector": {"version": "", "OTLP, 1 connection": [6.0, 5.5, 9.25]},
        "Jaeger": "not measured",
    }
    monkeypatch.setattr(figures, "read", lambda name: {"receivers": receivers})

    lines = figures.receiving().splitlines()

    assert lines[2:] == [
        "| this collector | 6.0 (5.5 to 9.2) |  |  |  |  |",
        "| Jaeger | not measured | not measured | not measured | not measured | not measured |",
    ]
