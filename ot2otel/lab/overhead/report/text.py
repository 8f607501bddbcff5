"""The cost of tracing for a terminal: the answer, then the ladder; or the reasons that there is no answer."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ot2otel.lab.overhead.ladder import Shape
from ot2otel.lab.overhead.report.cells import FIGURES, NAME, SHAPES, WITHHELD, cells, circumstances, headline
from ot2otel.lab.overhead.result import Overhead


def report(overhead: Overhead) -> RenderableType:
    """Show the headline and the rows, or only the reasons for withholding them."""
    body = _withheld(overhead) if overhead.withheld else _answer(overhead)
    return Group(*body, *(Text(fact, style="dim") for fact in circumstances(overhead)))


def _withheld(overhead: Overhead) -> list[RenderableType]:
    return [Text(WITHHELD, style="bold red"), *(Text(f"- {reason}") for reason in overhead.withheld)]


def _answer(overhead: Overhead) -> list[RenderableType]:
    return [
        *(Text(headline(overhead, shape), style="bold") for shape in overhead.baselines),
        *(Padding(_table(overhead, shape), (1, 0)) for shape in overhead.baselines),
    ]


def _table(overhead: Overhead, shape: Shape) -> Table:
    table = Table(title=SHAPES[shape], title_justify="left")
    table.add_column(NAME)
    for name in FIGURES:
        table.add_column(name, justify="right")
    for row in overhead.rows_of(shape):
        table.add_row(*cells(row))
    return table
