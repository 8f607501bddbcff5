"""The cost of tracing in words and cells, shared by the terminal, the page and the documents."""

from __future__ import annotations

from ot2otel.lab.overhead.estimate import Estimate
from ot2otel.lab.overhead.ladder import Level, Shape
from ot2otel.lab.overhead.result import Overhead, Row

WITHHELD = "Withheld: these figures would mislead."
SHAPES = {
    Shape.IN_PROCESS: "Both services in one process",
    Shape.TWO_PROCESS: "Two processes over loopback",
}
NAME = "rung"
FIGURES = (
    "ratio",
    "added us",
    "CPU us, foreground",
    "CPU us, total",
    "sent/arrived/lost",
    "MiB",
    "import ms",
    "x cheapest span",
)


def headline(overhead: Overhead, shape: Shape) -> str:
    """Return the answer in words: the ratio of each exported rung, then its time at the stated speed."""
    costs = "; ".join(
        f"{row.rung.variant} over {row.rung.exporter} {plus_minus(row.ratio, 3)}, "
        f"{plus_minus(row.added, 0)} us more"
        for row in overhead.rows_of(shape)
        if row.rung.level is Level.REAL
    )
    return f"{SHAPES[shape]}, times {baseline(overhead, shape)}: {costs}."


def baseline(overhead: Overhead, shape: Shape) -> str:
    """Return the untraced request with the time that states the speed, and its range over processes."""
    known = overhead.baseline_ranges.get(shape)
    processes = f", {known[0]:.0f} to {known[1]:.0f} by process" if known else ""
    return f"an untraced request of {overhead.baselines[shape]:.0f} us{processes}"


def cells(row: Row) -> tuple[str, ...]:
    """Return a row's name and figures as text."""
    return (
        row.rung.label,
        f"{row.ratio.value:.3f} ({row.ratio.low:.3f} to {row.ratio.high:.3f})",
        plus_minus(row.added, 1),
        number(row.foreground_cpu_us, 1),
        f"{row.cpu_us:.1f}",
        f"{row.sent}/{row.arrived}/{row.lost}" if row.sent else "",
        number(row.peak_memory_mib, 1),
        number(row.import_ms, 0),
        number(row.floor_multiple, 0),
    )


def circumstances(overhead: Overhead) -> tuple[str, ...]:
    """Return the machine and the versions of the measurement, and the rungs that were left out."""
    found = overhead.circumstances
    return (
        f"{found['processes']} processes, {found['pairs']} pairs of servers",
        f"{found['cores']} cores, {found['cpu']}, {found['system']}",
        f"load {found['load']:.1f} at the start, switch interval {found['switch_interval_s'] * 1e3:g} ms",
        f"the cheapest span that could be recorded: {found['cheapest_span_us']:.2f} us",
        found["python_build"],
        ", ".join(f"{name} {version}" for name, version in found["versions"].items()),
        *(f"left out: {reason}" for reason in overhead.left_out),
    )


def plus_minus(estimate: Estimate, digits: int) -> str:
    """Return an estimate as text, with half of its interval's length."""
    return f"{estimate.value:.{digits}f} ± {estimate.half_width:.{digits}f}"


def number(value: float | None, digits: int) -> str:
    """Return a figure as text, "" for None; a figure that rounds to 0 has no sign."""
    return "" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"
