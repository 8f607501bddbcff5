"""The cost of tracing as plots: SVG text, drawn by matplotlib.

The same figures make the same text: it has no date and does not depend on the user's settings of matplotlib
or on the machine's fonts. matplotlib 3.10.9 and 3.11.2, those of the lanes, write the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ot2otel.lab.overhead.ladder import REPEATED_BASELINE, Level, Shape
from ot2otel.lab.overhead.report.cells import baseline, plus_minus
from ot2otel.lab.overhead.result import Overhead, Row

_COLOURS = {
    "untraced": "#6b7280",
    "legacy": "#b45309",
    "shim": "#7c3aed",
    "native": "#0f766e",
    "instrumented": "#1d4ed8",
    "auto": "#be185d",
}
_PARTS = {"hooks": "#93c5fd", "recording": "#3b82f6", "exporting": "#1e3a8a"}
_STYLE: dict[Any, Any] = {  # Any: matplotlib spells out the name of every setting
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "ot2otel",  # else the ids in the drawing are random
    "font.family": "sans-serif",
    # matplotlib has the first one and measures texts with it; the others are for the reader's machine.
    "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
}
# All places are fixed, because versions of matplotlib measure the same text differently.
_WIDTH = 9.0  # inches, of the drawing
_LEFT, _RIGHT, _ABOVE, _BELOW = 2.9, 1.1, 0.45, 0.6  # inches, around the axes
_TO_BASELINE = -3.6  # points, from the middle of a line of text
_LONG_NUMBER = re.compile(r"-?\b\d+\.\d{3,}\b")


def forest(overhead: Overhead, shape: Shape) -> str:
    """Draw each rung's interval with a dot for each process, beside the band of "no difference"."""
    rows = [row for row in overhead.rows_of(shape) if row.rung != REPEATED_BASELINE]
    repeated = overhead.repeated_baseline(shape).added
    with style.context(["default", _STYLE]):
        figure, axes = _empty(
            0.34 * len(rows),
            f"added to {baseline(overhead, shape)}, us of wall time",
        )
        axes.axvspan(repeated.low, repeated.high, color="#d1d5db", label="untraced against itself", lw=0)
        axes.axvline(0, color="#6b7280", lw=0.8)
        for position, row in enumerate(rows):
            colour = _COLOURS[row.rung.variant]
            axes.plot(
                row.per_process,
                [position + 0.2] * len(row.per_process),
                ".",
                color=colour,
                alpha=0.35,
                ms=6,
                mew=0,
            )
            axes.plot(
                [row.added.low, row.added.high], [position] * 2, color=colour, lw=3, solid_capstyle="butt"
            )
            axes.plot(row.added.value, position, "D", color=colour, ms=5)
            axes.annotate(
                f"{row.ratio.value:.2f}, {plus_minus(row.added, 0)} us",
                (max(row.added.high, *row.per_process), position),
                xytext=(8, _TO_BASELINE),
                textcoords="offset points",
                color="#374151",
            )
        axes.set_yticks(range(len(rows)), [row.rung.label for row in rows])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.1)
        axes.grid(axis="x", color="#e5e7eb")
        figure.legend(loc="upper right", frameon=False)
        return _svg(figure, "Time that each rung adds to a request")


def parts(overhead: Overhead) -> str:
    """Draw the CPU time of calling the tracer, recording and exporting, in each variant, for all threads."""
    rows = overhead.rows_of(Shape.IN_PROCESS)
    cpu: dict[tuple[str, Level], float] = {
        (row.rung.variant, row.rung.level): row.cpu_us for row in rows if row.rung.level is not Level.REAL
    }
    exported = [row for row in rows if row.rung.level is Level.REAL]
    with style.context(["default", _STYLE]):
        figure, axes = _empty(0.42 * len(exported), "CPU time added to a request, all threads, us")
        left = [0.0] * len(exported)
        for part, widths in zip(_PARTS, _widths(exported, cpu), strict=True):
            axes.barh(range(len(exported)), widths, left=left, color=_PARTS[part], height=0.62, label=part)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        for position, end in enumerate(left):
            axes.annotate(
                f"{end:.0f}",
                (end, position),
                xytext=(6, _TO_BASELINE),
                textcoords="offset points",
                color="#374151",
            )
        axes.set_yticks(
            range(len(exported)), [f"{row.rung.variant} over {row.rung.exporter}" for row in exported]
        )
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.grid(axis="x", color="#e5e7eb")
        figure.legend(loc="upper right", ncols=len(_PARTS), frameon=False)
        return _svg(figure, "CPU time of hooks, recording and exporting")


def _widths(exported: Sequence[Row], cpu: Mapping[tuple[str, Level], float]) -> list[list[float]]:
    """Return the width of each part of each bar: the cost of a rung beyond the one below it."""
    hooks = [cpu[row.rung.variant, Level.HOOKS] for row in exported]
    null = [cpu[row.rung.variant, Level.NULL] for row in exported]
    return [
        hooks,
        [upper - lower for upper, lower in zip(null, hooks, strict=True)],
        [row.cpu_us - lower for row, lower in zip(exported, null, strict=True)],
    ]


def _empty(height: float, below: str) -> tuple[Figure, Axes]:
    """Return an empty figure, and its axes of `height` inches with a text below them."""
    total = height + _ABOVE + _BELOW
    width = _WIDTH - _LEFT - _RIGHT
    figure = Figure(figsize=(_WIDTH, total))
    figure.text((_LEFT + width / 2) / _WIDTH, 0.12 / total, below, ha="center")
    return figure, figure.add_axes((_LEFT / _WIDTH, _BELOW / total, width / _WIDTH, height / total))


def _svg(figure: Figure, title: str) -> str:
    written = io.StringIO()
    # Neither date nor version: the same figures draw the same picture.
    figure.savefig(written, format="svg", metadata={"Title": title, "Date": None, "Creator": None})
    # Versions of matplotlib differ in the third decimal of a text's place.
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", written.getvalue())
