"""The README's tables, made of what the evidence runs saved; cog calls these functions (`make docs`)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from ot2otel.lab.overhead.estimate import Estimate, interval
from ot2otel.lab.overhead.ladder import LABELS, LADDER, Level, Rung
from ot2otel.lab.overhead.report.cells import FIGURES, NAME, number

RESULTS = Path(__file__).parent / "results"
RUN = 10  # processes
DRAWS = 2000

Json = dict[str, Any]  # Any: JSON is what it is

# What people compare, and the program against itself.
SHOWN = tuple(rung for rung in LADDER if rung.level in (Level.REPEATED, Level.NULL, Level.REAL))


def measured(name: str) -> bool:
    """Tell whether `python -m benchmarks.evidence NAME` saved figures that may be believed."""
    return (RESULTS / f"{name}.json").is_file() and not read(name).get("withheld")


def read(name: str) -> Json:
    """Return what `python -m benchmarks.evidence NAME` saved."""
    found: Json = json.loads((RESULTS / f"{name}.json").read_text())
    return found


def circumstances(name: str) -> str:
    """Say on what a run was measured and how long it took; the report stands first and has the versions."""
    saved, found = read(name), _circumstances(name)
    same = name != "report" and found["versions"] == _circumstances("report")["versions"]
    versions = ", ".join(f"{package} {version}" for package, version in found["versions"].items())
    return (
        f"`python -m benchmarks.evidence {name}`: {saved['seconds']} s on {found['cores']} cores "
        f"({found['cpu']}), load {saved['load_before']:.1f} before, switch interval "
        f"{found['switch_interval_s'] * 1e3:g} ms; {'versions as above' if same else versions}."
    )


def _circumstances(name: str) -> Json:
    saved = read(name)
    found: Json = saved.get("circumstances") or saved["runs"][0]["quick"]["circumstances"]
    return found


def section(name: str, *tables: Callable[[], str]) -> str:
    """Return what a saved run was measured on and its tables, or how to measure where there is none."""
    if not measured(name):
        return f"Not measured yet; `python -m benchmarks.evidence {name}` does."
    return "\n\n".join([circumstances(name), *(make() for make in tables)])


def ladders() -> str:
    """Return the rows of the saved report run in both shapes."""
    alone, paired = ladder("in-process"), ladder("two-process")
    return f"Both services in one process:\n\n{alone}\n\nTwo processes over loopback:\n\n{paired}"


def ladder(shape: str) -> str:
    """Return the rows of the saved report run."""
    lines = []
    for row in read("report")["rows"]:
        if row["shape"] == shape:
            estimate = _estimate(row)
            rung = Rung(row["variant"], Level(row["rung"]), row["exporter"])
            sent = f"{row['sent']}/{row['arrived']}/{row['lost']}" if row["sent"] else ""
            lines.append(
                (
                    rung.label,
                    f"{estimate.value:.1f} ± {estimate.half_width:.1f}",
                    f"{row['ratio']:.3f} ({row['ratio_low']:.3f} to {row['ratio_high']:.3f})",
                    number(row["foreground_cpu_us"], 1),
                    number(row["cpu_us"], 1),
                    sent,
                    number(row["peak_memory_mib"], 1),
                    number(row["import_ms"], 0),
                    number(row["floor_multiple"], 0),
                )
            )
    return table((NAME, *FIGURES), lines)


def added(shape: str) -> str:
    """Return of the saved report run only what each rung adds to a request."""
    lines = []
    for row in read("report")["rows"]:
        if row["shape"] == shape:
            estimate = _estimate(row)
            lines.append(
                (
                    row["variant"],
                    LABELS[Level(row["rung"])],
                    row["exporter"],
                    f"{estimate.value:.1f} ± {estimate.half_width:.1f}",
                    f"{row['ratio']:.3f}",
                )
            )
    return table(("variant", "rung", "exporter", "added us", "ratio"), lines)


def repeats() -> str:
    """Return what ten repeats of the quick run say, beside pytest-benchmark's mean and median in them."""
    return _spreads(read("repeats")["runs"])


def withheld() -> str:
    """Say how many of the ten repeats withheld their answer, and why."""
    runs = [run["quick"]["withheld"] for run in read("repeats")["runs"]]
    refused = [reasons for reasons in runs if reasons]
    reasons = "".join(f"\n- {reason}" for reasons in refused for reason in reasons)
    return f"{len(refused)} of {len(runs)} quick runs withheld their answer{':' if refused else '.'}{reasons}"


def against_itself() -> str:
    """Say in how many of the ten repeats the untraced program came as close to itself as was aimed at."""
    found = [run["quick"]["aa"]["added_us"] for run in read("repeats")["runs"]]
    within = sum(abs(added) <= 2 for added in found)
    return f"Against itself the untraced program came within 2 us, the aim, in {within} of {len(found)} runs."


def busy() -> str:
    """Return the same beside busy processes."""
    return _spreads(read("busy")["runs"])


def report_half_widths() -> str:
    """Return the half-widths that the report run reached against what was aimed at."""
    rows = read("report")["rows"]
    estimates = {rung: next(_estimate(row) for row in rows if _is(row, rung)) for rung in SHOWN}
    lines = [
        (rung.label, f"{found.half_width:.1f}", _aim(found.half_width, max(0.015 * found.value, 3)))
        for rung, found in estimates.items()
    ]
    return table(("rung", "half-width, us", "aim, max(1.5%, 3 us)"), lines)


def quick_half_widths() -> str:
    """Return the median half-widths of the repeated quick runs against what was aimed at."""
    runs = [run["quick"]["rows"] for run in read("repeats")["runs"]]
    lines = []
    for rung in SHOWN:
        found = [_estimate(row) for rows in runs for row in rows if _is(row, rung)]
        reached = median(run.half_width for run in found)
        aim = max(0.03 * fmean(run.value for run in found), 6)
        lines.append((rung.label, f"{reached:.1f}", _aim(reached, aim)))
    return table(("rung", "half-width, median, us", "aim, max(3%, 6 us)"), lines)


def coverage() -> str:
    """Return how often an interval of ten processes, drawn from the pool, holds the pool's own mean."""
    chance = random.Random(1)
    lines = []
    for rung in SHOWN:
        pool: list[float] = read("pool")["added_us"][rung.name]
        runs = [interval(chance.choices(pool, k=RUN)) for _ in range(DRAWS)]
        truth = interval(pool).value
        covered = fmean(run.low <= truth <= run.high for run in runs)
        half_width = median(run.half_width for run in runs)
        lines.append((rung.label, f"{truth:.1f}", f"{half_width:.1f}", f"{covered:.3f}"))
    return table(("rung", f"{len(pool)} processes, us", "median ± us", "coverage"), lines)


def disturbed() -> str:
    """Say how many of the untraced program's blocks were disturbed while the pool was measured."""
    shares: list[float] = read("pool")["disturbed"]
    return (
        f"In this run {fmean(shares):.0%} of the untraced program's blocks took a fifth more time than the "
        f"fastest quarter of their process, in the worst process {max(shares):.0%}."
    )


def planted() -> str:
    """Return what the estimator reads where a busy loop of known length was added."""
    lines = []
    for found in read("planted")["loops"].values():
        known, estimate = fmean(found["alone_us"]), interval(found["added_us"])
        lines.append((f"{known:.1f}", f"{estimate.value:.1f} ± {estimate.half_width:.1f}"))
    return table(("loop by itself, us", "added us"), lines)


def instructions() -> str:
    """Return the committed table of instructions, one entry an interpreter and its versions."""
    return "\n\n".join(_counted(entry) for entry in json.loads((RESULTS / "instructions.json").read_text()))


def _counted(entry: Json) -> str:
    versions = ", ".join(f"{package} {version}" for package, version in entry["key"]["versions"].items())
    rungs = {rung.name: rung for rung in LADDER}
    lines = [
        (rungs[name].label, f"{added:,}", f"{added / entry['untraced']:.1%}")
        for name, added in entry["added"].items()
    ]
    counts = table(("rung", "added instructions", "of the untraced request"), lines)
    return f"{entry['key']['python']}; {versions}; untraced {entry['untraced']:,}.\n\n{counts}"


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; all columns but the first hold figures."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def _spreads(runs: Sequence[Json]) -> str:
    """Compare, rung by rung, the lowest and the highest of what each way said in all runs."""
    lines = []
    for rung in SHOWN:
        mine = [row for run in runs for row in run["quick"]["rows"] if _is(row, rung)]
        ours, paired = ([row[name] for row in mine] for name in ("added_us", "median_added_us"))
        means, medians = (
            [
                run["pytest_benchmark"][rung.name][statistic]
                - run["pytest_benchmark"]["untraced-untraced"][statistic]
                for run in runs
            ]
            for statistic in ("mean", "median")
        )
        lines.append((rung.label, *map(_range, (ours, paired, means, medians))))
    heads = (
        *("rung", "this estimator, us", "median of paired differences, us"),
        *("pytest-benchmark's mean, us", "pytest-benchmark's median, us"),
    )
    return table(heads, lines)


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.0f} to {max(values):.0f}"


def _is(row: Json, rung: Rung) -> bool:
    return (row["shape"], row["variant"], row["rung"], row["exporter"]) == (
        "in-process",
        rung.variant,
        rung.level.value,
        rung.exporter,
    )


def _estimate(row: Json) -> Estimate:
    return Estimate(row["added_us"], row["low_us"], row["high_us"])


def _aim(reached: float, aim: float) -> str:
    return f"{aim:.1f}, {'met' if reached <= aim else 'missed'}"
