"""What tracing costs for a terminal: the answer, then the ladder; or why there is no answer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ot2otel.overhead.ladder import SAYS, Level, Shape
from ot2otel.overhead.result import Overhead, Row

_SHAPES = {
    Shape.IN_PROCESS: "Both services in one process",
    Shape.TWO_PROCESS: "Two processes over loopback",
}


def report(overhead: Overhead) -> RenderableType:
    """Show the headline and the rows, or only the reasons for withholding them."""
    body = _withheld(overhead) if overhead.withheld else _answer(overhead)
    return Group(*body, *(Text(f"Left out: {reason}", style="dim") for reason in overhead.left_out), _where(overhead))


def headlines(overhead: Overhead) -> list[str]:
    """Say in a sentence each what the exported rungs add; none where the figures must not be believed."""
    if overhead.withheld:
        return []
    return [
        f"{_SHAPES[row.shape]}: {row.rung.variant} over {row.rung.exporter} adds "
        f"{row.added.value:.0f} us a request (95% of {row.added.low:.0f} to {row.added.high:.0f}), "
        f"{row.ratio.value:.2f} times the untraced {overhead.baselines[row.shape]:.0f} us."
        for row in overhead.rows
        if row.rung.level is Level.REAL
    ]


def _withheld(overhead: Overhead) -> list[RenderableType]:
    reasons = [Text(f"- {reason}") for reason in overhead.withheld]
    return [Text("Withheld: these figures would mislead.", style="bold red"), *reasons]


def _answer(overhead: Overhead) -> list[RenderableType]:
    shown: list[RenderableType] = [Text(line, style="bold") for line in headlines(overhead)]
    for shape in overhead.baselines:
        rows = [row for row in overhead.rows if row.shape is shape]
        shown.append(Padding(_table(f"{_SHAPES[shape]}, untraced {overhead.baselines[shape]:.0f} us", rows), (1, 0, 0, 0)))
    return shown


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("variant", "rung", "exporter"):
        table.add_column(name)
    for name in (
        "added us",
        "95% interval",
        "ratio",
        "95% interval",
        "CPU us, foreground",
        "total",
        "spans sent/arrived/lost",
        "MiB",
        "import ms",
        "x cheapest",
    ):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.rung.variant,
            SAYS[row.rung.level],
            row.rung.exporter,
            f"{row.added.value:.1f}",
            f"{row.added.low:.1f} to {row.added.high:.1f}",
            f"{row.ratio.value:.3f}",
            f"{row.ratio.low:.3f} to {row.ratio.high:.3f}",
            _number(row.foreground_cpu_us, 1),
            f"{row.cpu_us:.1f}",
            f"{row.sent}/{row.arrived}/{row.lost}" if row.sent else "",
            _number(row.peak_memory_mib, 1),
            _number(row.import_ms, 0),
            _number(row.floor_multiple, 0),
        )
    return table


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _where(overhead: Overhead) -> Text:
    environment = overhead.environment
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    return Text(
        f"{environment['processes']} processes, {environment['pairs']} pairs of servers; {environment['cores']} "
        f"cores ({environment['cpu']}), load {environment['load']:.1f} before; switch interval "
        f"{environment['switch_interval_s'] * 1e3:g} ms; cheapest span {environment['cheapest_span_us']:.2f} us; "
        f"{versions}",
        style="dim",
    )
