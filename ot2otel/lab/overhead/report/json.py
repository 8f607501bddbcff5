"""The cost of tracing as one JSON document for programs, written and read back."""

from __future__ import annotations

from typing import Any

from ot2otel.lab.overhead.estimate import Estimate
from ot2otel.lab.overhead.ladder import Level, Rung, Shape
from ot2otel.lab.overhead.result import Overhead, Row

Json = dict[str, Any]  # Any: JSON


def document(overhead: Overhead) -> Json:
    """Return the document that `ot2otel overhead --format json` prints; microseconds a request, MiB, ms.

    `ratio` does not depend on the machine's speed. The times are at the speed at which an untraced request
    takes `baseline_us`; it took `baseline_range_us` in the fastest and in the slowest process.
    `against_itself` compares the untraced program with itself in one process; each shape has a row `again`
    for that. `believable` is true if the figures may be believed; if not, `withheld` has the reasons.
    `median_added_us` is the estimate from medians of paired differences, for comparison with `added_us`.
    """
    repeated = overhead.repeated_baseline(Shape.IN_PROCESS)
    return {
        "rows": [_row(row) for row in overhead.rows],
        "against_itself": _ratio(repeated.ratio) | _estimate(repeated.added),
        "believable": not overhead.withheld,
        "withheld": list(overhead.withheld),
        "left_out": list(overhead.left_out),
        "circumstances": {
            **overhead.circumstances,
            "baseline_us": {shape.value: round(us, 2) for shape, us in overhead.baselines.items()},
            "baseline_range_us": {
                shape.value: [round(us, 2) for us in ends] for shape, ends in overhead.baseline_ranges.items()
            },
        },
    }


def read_document(found: Json) -> Overhead:
    """Return the result that `document` wrote, with its figures rounded as they are there.

    `withheld` is judged anew, from these figures. Raises KeyError or ValueError for any other document.
    """
    circumstances = dict(found["circumstances"])
    baselines = circumstances.pop("baseline_us")
    ranges = circumstances.pop("baseline_range_us")
    return Overhead(
        tuple(_read_row(row) for row in found["rows"]),
        {Shape(name): us for name, us in baselines.items()},
        circumstances,
        tuple(found["left_out"]),
        {Shape(name): (fastest, slowest) for name, (fastest, slowest) in ranges.items()},
    )


def _row(row: Row) -> Json:
    return {
        "variant": row.rung.variant,
        "rung": row.rung.level.value,
        "shape": row.shape.value,
        "exporter": row.rung.exporter,
        **_ratio(row.ratio),
        **_estimate(row.added),
        **{f"median_{name}": us for name, us in _estimate(row.median_added).items()},
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


def _read_row(row: Json) -> Row:
    return Row(
        Rung(row["variant"], Level(row["rung"]), row["exporter"]),
        Shape(row["shape"]),
        ratio=Estimate(row["ratio"], row["ratio_low"], row["ratio_high"]),
        added=Estimate(row["added_us"], row["low_us"], row["high_us"]),
        foreground_cpu_us=row["foreground_cpu_us"],
        cpu_us=row["cpu_us"],
        sent=row["sent"],
        arrived=row["arrived"],
        per_process=tuple(row["per_process_us"]),
        median_added=Estimate(row["median_added_us"], row["median_low_us"], row["median_high_us"]),
        peak_memory_mib=row["peak_memory_mib"],
        import_ms=row["import_ms"],
        floor_multiple=row["floor_multiple"],
    )


def _ratio(estimate: Estimate) -> Json:
    return {
        "ratio": round(estimate.value, 4),
        "ratio_low": round(estimate.low, 4),
        "ratio_high": round(estimate.high, 4),
    }


def _estimate(estimate: Estimate) -> Json:
    return {
        "added_us": round(estimate.value, 2),
        "low_us": round(estimate.low, 2),
        "high_us": round(estimate.high, 2),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
