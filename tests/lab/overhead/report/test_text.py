from __future__ import annotations

from rich.console import Console

from ot2otel.lab.overhead.report.text import report
from ot2otel.lab.overhead.result import Overhead
from tests.support.overheads import overhead


def printed(found: Overhead) -> str:
    console = Console(width=220, color_system=None)
    with console.capture() as captured:
        console.print(report(found))
    return captured.get()


def test_the_terminal_begins_with_the_answer() -> None:
    assert printed(overhead()).startswith(
        "Both services in one process, times an untraced request of 264 us, 251 to 402 by process: "
        "native over otlp 1.600 ± 0.100, 174 ± 3 us more."
    )


def test_the_terminal_shows_no_figure_that_would_mislead() -> None:
    shown = printed(overhead(again=9.0))

    assert shown.startswith(
        "Withheld: these figures would mislead.\n- in-process: the untraced program differs"
    )
    assert "174" not in shown
