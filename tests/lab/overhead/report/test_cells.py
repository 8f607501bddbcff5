from __future__ import annotations

from ot2otel.lab.overhead.report.cells import number


def test_a_figure_that_rounds_to_nothing_has_no_sign() -> None:
    assert [number(value, 0) for value in (-0.3, 0.3, -0.6, None)] == ["0", "0", "-1", ""]
