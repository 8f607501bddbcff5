"""A result of `ot2otel overhead`; its figures have at most two decimal places, as the JSON document keeps."""

from __future__ import annotations

from ot2otel.lab.overhead.estimate import Estimate
from ot2otel.lab.overhead.ladder import REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.result import Overhead, Row

CIRCUMSTANCES = {
    "versions": {"python": "3.11.7"},
    "python_build": "CPython 3.11.7",
    "switch_interval_s": 0.005,
    "cores": 2,
    "cpu": "a processor",
    "system": "Linux x86_64",
    "load": 0.1,
    "processes": 10,
    "pairs": 5,
    "cheapest_span_us": 0.41,
}
EXPORTED = Rung("native", Level.REAL, "otlp")


def row(rung: Rung, added: float, half_width: float, shape: Shape = Shape.IN_PROCESS) -> Row:
    return Row(
        rung,
        shape,
        ratio=Estimate(1.6, 1.5, 1.7),
        added=Estimate(added, round(added - half_width, 2), round(added + half_width, 2)),
        foreground_cpu_us=added,
        cpu_us=added + 100,
        sent=1080 if rung.exporter else 0,
        arrived=1080 if rung.exporter else 0,
        per_process=(added - 1, added + 1),
        median_added=Estimate(added + 2, added, added + 4),
        peak_memory_mib=44.26,
        import_ms=48.0,
        floor_multiple=140.0 if rung.exporter else None,
    )


def overhead(again: float = 0.2, half_width: float = 1.0) -> Overhead:
    """Return a result; `again` and `half_width` are the untraced program's against itself in one process."""
    return Overhead(
        (
            row(REPEATED_BASELINE, again, half_width),
            row(Rung("native", Level.HOOKS), 51.4, 1.3),
            row(Rung("native", Level.NULL), 168.2, 3.2),
            row(EXPORTED, 174.0, 3.0),
            row(REPEATED_BASELINE, 4.0, 20.0, Shape.TWO_PROCESS),
            row(EXPORTED, 295.0, 25.0, Shape.TWO_PROCESS),
        ),
        {Shape.IN_PROCESS: 264.0, Shape.TWO_PROCESS: 1591.0},
        CIRCUMSTANCES,
        ("native, exported over jaeger: it does not import",),
        {Shape.IN_PROCESS: (251.0, 402.0), Shape.TWO_PROCESS: (1502.0, 1733.0)},
    )
