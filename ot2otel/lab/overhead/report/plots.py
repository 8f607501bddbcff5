"""What tracing costs as plots: SVG text, drawn by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from ot2otel.lab.overhead.ladder import REPEATED_BASELINE, Level, Shape
from ot2otel.lab.overhead.result import Overhead, Row

_COLOURS = {
    "untraced": "#6b7280",
    "legacy": "#b45309",
    "shim": "#7c3aed",
    "native": "#0f766e",
    "instrumented": "#1d4ed8",
}
_PARTS = {"hooks": "#93c5fd", "recording": "#3b82f6", "exporting": "#1e3a8a"}
_STYLE: dict[Any, Any] = {  # Any: matplotlib spells out the name of every setting
    "svg.fonttype": "none",  # text stays text
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
}


def forest(overhead: Overhead, shape: Shape) -> str:
    """Draw each rung's interval with the processes it comes from, around the band of "no difference"."""
    rows = [row for row in overhead.rows if row.shape is shape and row.rung != REPEATED_BASELINE]
    repeated = overhead.repeated_baseline(shape).added
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 1.3 + 0.34 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        axes.axvspan(
            repeated.low, repeated.high, color="#d1d5db", label="untraced against itself (A/A)", lw=0
        )
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
                f"{row.added.value:.0f} ± {row.added.half_width:.0f}",
                (max(row.added.high, *row.per_process), position),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color="#374151",
            )
        axes.set_yticks(range(len(rows)), [row.rung.label for row in rows])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.1)
        axes.grid(axis="x", color="#e5e7eb")
        axes.set_xlabel(
            f"added to an untraced request of {overhead.baselines[shape]:.0f} us, us of wall time"
        )
        figure.legend(loc="outside upper right", frameon=False)
        return _svg(figure)


def parts(overhead: Overhead) -> str:
    """Draw what calling the tracer, recording and exporting cost each variant, in CPU time of all threads."""
    rows = [row for row in overhead.rows if row.shape is Shape.IN_PROCESS]
    cpu: dict[tuple[str, Level], float] = {
        (row.rung.variant, row.rung.level): row.cpu_us for row in rows if row.rung.level is not Level.REAL
    }
    exported = [row for row in rows if row.rung.level is Level.REAL]
    with rc_context(_STYLE):
        figure = Figure(figsize=(9, 1.3 + 0.42 * len(exported)), layout="constrained")
        axes = figure.add_subplot()
        left = [0.0] * len(exported)
        for part, widths in zip(_PARTS, _widths(exported, cpu), strict=True):
            axes.barh(range(len(exported)), widths, left=left, color=_PARTS[part], height=0.62, label=part)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        for position, end in enumerate(left):
            axes.annotate(
                f"{end:.0f}",
                (end, position),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color="#374151",
            )
        axes.set_yticks(
            range(len(exported)), [f"{row.rung.variant} over {row.rung.exporter}" for row in exported]
        )
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.grid(axis="x", color="#e5e7eb")
        axes.set_xlabel("CPU time added to a request, all threads, us")
        figure.legend(loc="outside upper right", ncols=len(_PARTS), frameon=False)
        return _svg(figure)


def _widths(exported: Sequence[Row], cpu: Mapping[tuple[str, Level], float]) -> list[list[float]]:
    """Return the width of each part of each bar: what a rung costs more than the one below it."""
    hooks = [cpu[row.rung.variant, Level.HOOKS] for row in exported]
    null = [cpu[row.rung.variant, Level.NULL] for row in exported]
    return [
        hooks,
        [upper - lower for upper, lower in zip(null, hooks, strict=True)],
        [row.cpu_us - lower for row, lower in zip(exported, null, strict=True)],
    ]


def _svg(figure: Figure) -> str:
    drawn = io.StringIO()
    # No date: the same figures draw the same picture.
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()
