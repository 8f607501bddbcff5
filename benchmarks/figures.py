"""Makes the README's tables from the saved evidence; cog calls these functions (`make docs`)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from ot2otel.lab.overhead.estimate import interval, ratio
from ot2otel.lab.overhead.ladder import BASELINE, LABELS, LADDER, REPEATED_BASELINE, Level, Rung, Shape
from ot2otel.lab.overhead.report.cells import FIGURES, NAME, baseline, cells, plus_minus
from ot2otel.lab.overhead.report.json import read_document
from ot2otel.lab.overhead.result import Overhead, Row

RESULTS = Path(__file__).parent / "results"
RUN = 10  # processes
DRAWS = 2000

Json = dict[str, Any]  # Any: JSON

# The rungs that people compare, and the program against itself.
SHOWN = tuple(rung for rung in LADDER if rung.level in (Level.REPEATED, Level.NULL, Level.REAL))


def measured(name: str) -> bool:
    """Return whether `python -m benchmarks.evidence NAME` saved figures that may be believed."""
    return (RESULTS / f"{name}.json").is_file() and not read(name).get("withheld")


def read(name: str) -> Json:
    """Return the saved result of `python -m benchmarks.evidence NAME`."""
    found: Json = json.loads((RESULTS / f"{name}.json").read_text())
    return found


def report() -> Overhead:
    """Return the result of the saved report run."""
    return read_document(read("report"))


def circumstances(name: str) -> str:
    """Describe the machine and the duration of a run; only the report, the first one, lists all versions."""
    saved, found = read(name), _circumstances(name)
    same = name != "report" and found["versions"] == _circumstances("report")["versions"]
    versions = ", ".join(f"{package} {version}" for package, version in found["versions"].items())
    return (
        f"`{_command(name)}`: {saved['seconds']} s on {found['cores']} cores "
        f"({found['cpu']}), load {saved['load_at_start']:.1f} at the start, switch interval "
        f"{found['switch_interval_s'] * 1e3:g} ms; {'versions as above' if same else versions}."
    )


def _circumstances(name: str) -> Json:
    saved = read(name)
    found: Json = saved.get("circumstances") or saved["runs"][0]["quick"]["circumstances"]
    return found


def _command(name: str) -> str:
    own = name in ("soak", "grouping")
    return f"python -m benchmarks.{name}" if own else f"python -m benchmarks.evidence {name}"


def section(name: str, *tables: Callable[[], str]) -> str:
    """Return the circumstances and the tables of a saved run, or the command that measures it."""
    if not measured(name):
        return f"Not measured yet: run `{_command(name)}`."
    return "\n\n".join([circumstances(name), *(make() for make in tables)])


def ladders() -> str:
    """Return the rows of the saved report run in both shapes."""
    in_process, two_process = ladder(Shape.IN_PROCESS), ladder(Shape.TWO_PROCESS)
    return (
        f"Both services in one process, {reference(Shape.IN_PROCESS)}:\n\n{in_process}\n\n"
        f"Two processes over loopback, {reference(Shape.TWO_PROCESS)}:\n\n{two_process}"
    )


def reference(shape: Shape) -> str:
    """Return the untraced request of the saved report run, whose time states the speed of its times."""
    return f"beside {baseline(report(), shape)}"


def ladder(shape: Shape) -> str:
    """Return the rows of the saved report run."""
    return table((NAME, *FIGURES), [cells(row) for row in report().rows_of(shape)])


def added(shape: Shape) -> str:
    """Return the ratio of each rung and the time that it adds to a request, in the saved report run."""
    lines = [
        (
            row.rung.variant,
            LABELS[row.rung.level],
            row.rung.exporter,
            f"{row.ratio.value:.3f}",
            plus_minus(row.added, 1),
        )
        for row in report().rows_of(shape)
    ]
    return table(("variant", "rung", "exporter", "ratio", "added us"), lines)


def repeats() -> str:
    """Return the estimates of ten quick runs, beside pytest-benchmark's mean and median."""
    return _spreads("repeats")


def withheld() -> str:
    """Return the number of quick runs that withheld their answer, and the reasons."""
    # As saved: the quick run judged its figures while they were not rounded yet.
    runs = [run["quick"]["withheld"] for run in read("repeats")["runs"]]
    refused = [reasons for reasons in runs if reasons]
    reasons = "".join(f"\n- {reason}" for reasons in refused for reason in reasons)
    return f"{len(refused)} of {len(runs)} quick runs withheld their answer{':' if refused else '.'}{reasons}"


def against_itself() -> str:
    """Return the number of quick runs in which the untraced program came within 2 us of itself, the aim."""
    found = [run.repeated_baseline(Shape.IN_PROCESS).added.value for run in _quick_runs("repeats")]
    within = sum(abs(added) <= 2 for added in found)
    return f"Against itself the untraced program came within 2 us, the aim, in {within} of {len(found)} runs."


def busy() -> str:
    """Return the same estimates, taken beside busy processes."""
    return _spreads("busy")


def report_half_widths() -> str:
    """Return the half-widths of the report run beside the aim."""
    estimates = {rung: _row(report(), rung).added for rung in SHOWN}
    lines = [
        (rung.label, f"{found.half_width:.1f}", _aim(found.half_width, max(0.015 * found.value, 3)))
        for rung, found in estimates.items()
    ]
    return table(("rung", "half-width, us", "aim, max(1.5%, 3 us)"), lines)


def quick_half_widths() -> str:
    """Return the median half-widths of the quick runs beside the aim."""
    runs = _quick_runs("repeats")
    lines = []
    for rung in SHOWN:
        found = [_row(run, rung).added for run in runs]
        reached = median(run.half_width for run in found)
        aim = max(0.03 * fmean(run.value for run in found), 6)
        lines.append((rung.label, f"{reached:.1f}", _aim(reached, aim)))
    return table(("rung", "half-width, median, us", "aim, max(3%, 6 us)"), lines)


def coverage() -> str:
    """Return how often the interval of ten processes drawn from the pool contains the pool's own mean."""
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


def changing() -> str:
    """Return the half-widths and the coverage of ten processes drawn from those of a changing speed."""
    chance = random.Random(1)
    us: dict[str, list[float]] = read("changing")["us"]
    base = [fmean(each) for each in zip(us[BASELINE.name], us[REPEATED_BASELINE.name], strict=True)]
    lines = []
    for rung in SHOWN:
        if rung == REPEATED_BASELINE:
            continue
        pairs = list(zip(us[rung.name], base, strict=True))
        truth = ratio(*zip(*pairs, strict=True))
        added = truth.value - 1
        drawn = [chance.choices(pairs, k=RUN) for _ in range(DRAWS)]
        runs = [ratio(*zip(*each, strict=True)) for each in drawn]
        differences = [interval([time - untraced for time, untraced in each]) for each in drawn]
        lines.append(
            (
                rung.label,
                f"{truth.value:.3f}",
                f"{median(run.half_width for run in runs) / added:.1%}",
                f"{median(run.half_width / run.value for run in differences):.1%}",
                f"{fmean(run.low <= truth.value <= run.high for run in runs):.3f}",
            )
        )
    heads = (
        *("rung", f"{len(base)} processes, ratio", "± of the added time, by ratios"),
        *("by differences in us", "coverage"),
    )
    return (
        f"The untraced request took {min(base):.0f} to {max(base):.0f} us by process; load "
        f"{read('changing')['load_at_end']:.1f} at the end.\n\n{table(heads, lines)}"
    )


def simulated() -> str:
    """Return the coverage in simulated runs on hosts whose speed changes."""
    lines = [
        (
            host,
            f"{each['coverage']:.3f}",
            f"{each['silent']:.3f}",
            f"{round(each['bias'], 3) + 0.0:+.1%}",
            f"{each['half_width']:.1%}",
            f"{each['half_width_of_differences']:.1%}",
        )
        for host, each in read("coverage")["hosts"].items()
    ]
    heads = (
        *("the host", "coverage", "of the program against itself", "bias"),
        *("± of the added time, by ratios", "by differences in us"),
    )
    return f"{read('coverage')['runs']} runs on each host:\n\n{table(heads, lines)}"


def disturbed() -> str:
    """Return the share of the untraced program's blocks that were disturbed in the pool."""
    shares: list[float] = read("pool")["disturbed"]
    return (
        f"In this run {fmean(shares):.0%} of the untraced program's blocks took a fifth more time than the "
        f"fastest quarter of their process, in the worst process {max(shares):.0%}."
    )


def planted() -> str:
    """Return the estimates for busy loops of known length."""
    lines = []
    for found in read("planted")["loops"].values():
        known, estimate = fmean(found["alone_us"]), interval(found["added_us"])
        lines.append((f"{known:.1f}", plus_minus(estimate, 1)))
    return table(("loop by itself, us", "added us"), lines)


def startup() -> str:
    """Return the time that the command takes to start, beside the import of click in the same rounds."""
    taken: dict[str, list[float]] = read("startup")["ms"]
    click = taken["Python and the import of click"]
    lines = []
    for name, each in taken.items():
        ratios = [ms / base for ms, base in zip(each, click, strict=True)]
        lines.append((name, f"{median(each):.0f}", f"{median(ratios):.2f}"))
    return table(("shows", "median, ms", "times the import of click, median of rounds"), lines)


def reading() -> str:
    """Return the CPU time and the memory of reading the same traffic in each format."""
    saved = read("reading")
    lines = []
    for name, parsers in saved["read"].items():
        for parser, each in parsers.items():
            times = [one["us"] for one in each]
            peak = max(one["peak_mib"] for one in each)
            size = f"{saved['megabytes'][name]:.0f}"
            lines.append(
                (f"{name}, {parser}", size, f"{min(times):.1f}", f"{median(times):.1f}", f"{peak:.0f}")
            )
    return table(("format, parser", "MB", "CPU us a span, lowest", "median", "peak MiB"), lines)


def comparing() -> str:
    """Return the CPU time and the memory of comparisons, and what they found."""
    lines = []
    for name, each in read("comparing")["compared"].items():
        times = [one["seconds"] for one in each]
        first = each[0]
        word = first["verdict"]
        found = f"{word}, {first['gone']} gone, {first['new']} new" if first["gone"] or first["new"] else word
        lines.append(
            (
                name,
                f"{min(times):.2f}",
                f"{median(times):.2f}",
                f"{1e6 * min(times) / first['spans']:.0f}",
                f"{max(one['peak_mib'] for one in each):.0f}",
                found,
            )
        )
    heads = ("compared", "CPU s, lowest", "median", "us a span", "peak MiB", "verdict")
    return f"{table(heads, lines)}\n\n{_parsed()}"


def _parsed() -> str:
    """Return the sentence about the yardstick of a run that compared files."""
    found = read("comparing")
    times = [
        f"{min(each):.1f} s ({1e6 * min(each) / found['compared'][name][0]['spans']:.0f} us a span)"
        for name, each in found["parsed"].items()
    ]
    return (
        "The speed of a shared machine varies. `json.loads` of the lines of the two pairs of files, and"
        f" nothing else, took {' and '.join(times)} in this run."
    )


def receiving() -> str:
    """Return the CPU time of a span in each receiver, the median of the rounds and their range."""
    receivers: Json = read("receiving")["receivers"]
    columns = (
        *("OTLP, 1 connection", "OTLP, 1 connection, and read once"),
        *("OTLP, 4 connections", "OTLP, 4 connections, and read once", "Thrift over UDP"),
    )
    lines = []
    for name, found in receivers.items():
        if isinstance(found, str):
            lines.append((name, *[found] * len(columns)))
        else:
            lines.append((f"{name} {found['version']}".strip(), *(_rounds(found.get(c)) for c in columns)))
    return table(("CPU us a span", *columns), lines)


def _rounds(found: Sequence[float] | None) -> str:
    return f"{median(found):.1f} ({min(found):.1f} to {max(found):.1f})" if found else ""


def grouping() -> str:
    """Return what comparisons of populations take in each engine: medians of the runs.

    Only DuckDB runs in the measured process. The system counts the memory of the process that started it as
    its own, so a peak that is no larger with more traces is left out.
    """
    lines = []
    for engine, sizes in read("grouping")["engines"].items():
        started = min(run["peak_mib"] for runs in sizes.values() for run in runs)
        for traces, runs in sizes.items():
            seconds, cpu, peak, load = (
                median(run[figure] for run in runs)
                for figure in ("seconds", "cpu_seconds", "peak_mib", "load")
            )
            own = engine == "DuckDB"
            lines.append(
                (
                    *(engine, f"{int(traces):,}", f"{seconds:.1f}", f"{cpu:.1f}" if own else ""),
                    *(f"{peak:,.0f}" if own and peak > started else "", f"{load:.1f}"),
                )
            )
    shown = table(("engine", "traces a side", "seconds", "CPU seconds", "peak MiB", "load"), lines)
    return f"{shown}\n\n{_cost_of_a_trace()}"


def _cost_of_a_trace() -> str:
    sizes = {int(traces): runs for traces, runs in read("grouping")["engines"]["DuckDB"].items()}
    fewest, most = (median(run["cpu_seconds"] for run in sizes[size]) for size in (min(sizes), max(sizes)))
    us = (most - fewest) / (2 * max(sizes)) * 1e6
    return (
        f"A trace costs DuckDB {us:.1f} CPU us, and a billion traces {us * 1e9 / 1e6 / 3600:.1f} core-hours."
    )


def soak() -> str:
    """Return the accounts of the saved soak."""
    return soak_tables(read("soak"))


def soak_tables(found: Json) -> str:
    """Return the accounts of a soak: the rates, the spans by client and cause, and the receiver's memory."""
    calibration = found["calibration"]
    causes = list(found["clients"][0]["lost"])
    lines = [
        (
            f"{each['variant']} over {each['exporter']}, {each['receiver']}",
            *(f"{each[name]:,}" for name in ("sent", "arrived", "duplicates")),
            f"{sum(each['lost'].values()):,}",
            *(f"{each['lost'][cause]:,}" if each["lost"][cause] else "" for cause in causes),
        )
        for each in found["clients"]
    ]
    heads = ("client, its receiver", "sent", "arrived", "twice", "lost", *causes)
    return "\n\n".join((_borne(calibration), table(heads, lines), _flatness(found)))


def _borne(calibration: Json) -> str:
    steps = "; ".join(
        f"{step['asked']:,.0f} spans/s ({step['made']:,} made, {step['arrived']:,} arrived, the slowest "
        f"client made {step['slowest_pace']:.0%} of its share)"
        for step in calibration["steps"]
    )
    rate = calibration["rate"]
    return f"Calibration: {steps}. Borne: {rate:,.0f} spans/s. The receiver gets {rate / 2:,.0f} spans/s."


def _flatness(found: Json) -> str:
    memory, line = found["memory"], found["memory"]["line"]
    receiver = found["receivers"]["restarted"]
    downs = ", ".join(f"{seconds:.1f}" for seconds in receiver["down_s"])
    told = f"The receiver was down for {downs} s; its memory was at most {receiver['peak_rss_mib']:.0f} MiB."
    if not line:
        return f"{told} The run was too short to tell whether that is flat."
    return (
        f"{told} In its longest life, after a warm-up of {memory['warm_up_s']:.0f} s, it was "
        f"{line['mean_mib']:.1f} MiB on average for {line['seconds']:.0f} s. Its slope was "
        f"{line['mib_per_minute']:+.3f} MiB a minute, {line['growth']:+.1%} in all; the bound is "
        f"{memory['bound']:.0%}."
    )


def instructions() -> str:
    """Return the committed table of instructions: an entry for each interpreter and its versions."""
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
    """Return a table in Markdown; all columns but the first have figures."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, rule, *lines))


def _spreads(name: str) -> str:
    """Compare, rung by rung, the lowest and the highest estimate of each method in all saved runs."""
    tables = [run["pytest_benchmark"] for run in read(name)["runs"]]
    runs = _quick_runs(name)
    lines = []
    for rung in SHOWN:
        rows = [_row(run, rung) for run in runs]
        estimates, medians_of_pairs = (
            [row.added.value for row in rows],
            [row.median_added.value for row in rows],
        )
        means, medians = (
            [found[rung.name][statistic] - found["untraced-untraced"][statistic] for found in tables]
            for statistic in ("mean", "median")
        )
        lines.append((rung.label, *map(_range, (estimates, medians_of_pairs, means, medians))))
    heads = (
        *("rung", "this estimator, us", "median of paired differences, us"),
        *("pytest-benchmark's mean, us", "pytest-benchmark's median, us"),
    )
    return table(heads, lines)


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.0f} to {max(values):.0f}"


def _quick_runs(name: str) -> list[Overhead]:
    return [read_document(run["quick"]) for run in read(name)["runs"]]


def _row(run: Overhead, rung: Rung) -> Row:
    return next(row for row in run.rows_of(Shape.IN_PROCESS) if row.rung == rung)


def _aim(reached: float, aim: float) -> str:
    return f"{aim:.1f}, {'met' if reached <= aim else 'missed'}"
