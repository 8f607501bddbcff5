"""What tracing costs as one JSON document for programs."""

from __future__ import annotations

from typing import Any

from ot2otel.lab.overhead.estimate import Estimate
from ot2otel.lab.overhead.ladder import Shape
from ot2otel.lab.overhead.result import Overhead, Row

Json = dict[str, Any]  # Any: JSON is what it is


def document(overhead: Overhead) -> Json:
    """Return what `ot2otel overhead --format json` prints; microseconds a request, MiB, ms.

    `aa` compares the untraced program with itself in one process; each shape has a row `again` for that.
    `headline` is whether the figures may be believed; if not, `withheld` says why. `median_added_us` is the
    estimate from medians of paired differences, to be compared with `added_us`.
    """
    return {
        "rows": [_row(row) for row in overhead.rows],
        "aa": _estimate(overhead.repeated_baseline(Shape.IN_PROCESS).added),
        "headline": not overhead.withheld,
        "withheld": list(overhead.withheld),
        "left_out": list(overhead.left_out),
        "circumstances": {
            **overhead.circumstances,
            "baseline_us": {shape.value: round(us, 2) for shape, us in overhead.baselines.items()},
        },
    }


def _row(row: Row) -> Json:
    return {
        "variant": row.rung.variant,
        "rung": row.rung.level.value,
        "shape": row.shape.value,
        "exporter": row.rung.exporter,
        **_estimate(row.added),
        **{f"median_{name}": us for name, us in _estimate(row.median_added).items()},
        "ratio": round(row.ratio.value, 4),
        "ratio_low": round(row.ratio.low, 4),
        "ratio_high": round(row.ratio.high, 4),
        "foreground_cpu_us": _rounded(row.foreground_cpu_us),
        "cpu_us": round(row.cpu_us, 2),
        "sent": row.sent,
        "arrived": row.arrived,
        "lost": row.lost,
        "peak_memory_mib": _rounded(row.peak_memory_mib),
        "import_ms": _rounded(row.import_ms),
        "floor_multiple": _rounded(row.floor_multiple),
        "per_process_us": [round(us, 2) for us in row.per_process],
    }


def _estimate(estimate: Estimate) -> Json:
    return {
        "added_us": round(estimate.value, 2),
        "low_us": round(estimate.low, 2),
        "high_us": round(estimate.high, 2),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
