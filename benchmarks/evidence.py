"""Measures the evidence for the estimator, and saves it: `python -m benchmarks.evidence NAME`.

The README's tables are made of the saved files. Each run needs a quiet machine.
"""

from __future__ import annotations

import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from benchmarks import simulation
from benchmarks.populations import POPULATIONS, TRACES_PER_LINE, Values, write_lines
from benchmarks.receiving import measure as measure_receivers
from benchmarks.saving import saved
from benchmarks.span_files import write_files
from ot2otel.lab.overhead import child, in_process
from ot2otel.lab.overhead.estimate import difference, undisturbed
from ot2otel.lab.overhead.ladder import BASELINE, LADDER, Rung, Shape
from ot2otel.lab.overhead.measure import QUICK, REPORT, circumstances, measure, missing
from ot2otel.lab.overhead.report.json import document
from ot2otel.lab.overhead.result import Overhead, baseline_range_us, baseline_us, rows
from ot2otel.lab.overhead.sample import Sample

LOOPS = (250, 750, 2500)
BUSY_PROCESSES = 3

# On each core, for each measured process anew: the share of each 250 us that another process takes.
SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
# A pause this short lets the measured process run between two slices, so all of its time is stretched evenly.
SLOWING = """
import os, sys, time
core, share, period = int(sys.argv[1]), float(sys.argv[2]), 250e-6
os.sched_setaffinity(0, {core})
while True:
    end = time.perf_counter() + share * period
    while time.perf_counter() < end:
        pass
    time.sleep((1 - share) * period)
"""

CLICK = "Python and the import of click"
# Arguments of Python, by their name in the README's table.
STARTUPS = {
    "the version": ("-m", "ot2otel", "--version"),
    "the help text of diff": ("-m", "ot2otel", "diff", "--help"),
    CLICK: ("-c", "import click"),
    "Python alone": ("-c", "pass"),
}

Json = dict[str, Any]  # Any: JSON


@click.group()
def main() -> None:
    """Measure, and save as benchmarks/results/NAME.json."""
    # Like Ctrl-C, so that the measured servers are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@main.command()
def report() -> None:
    """Measure everything, with the most processes, like `ot2otel overhead --report`."""
    with saved("report") as found:
        found |= document(measure(REPORT, _print_activity))


@main.command()
@click.option("--times", default=10, show_default=True)
def repeats(times: int) -> None:
    """Repeat the quick run, each time with pytest-benchmark's request table after it."""
    with saved("repeats") as found:
        found["runs"] = []
        for number in range(times):
            _print_activity(f"repeat {number + 1} of {times}", 0)
            found["runs"].append(
                {"quick": document(measure(QUICK, _print_activity)), "pytest_benchmark": _pytest_table()}
            )


@main.command()
@click.option("--processes", default=60, show_default=True)
def pool(processes: int) -> None:
    """Measure many processes, to draw runs from them."""
    with saved("pool") as found:
        samples = [_sample(number) for number in range(processes)]
        found["circumstances"] = circumstances(_rungs())
        found["disturbed"] = [_disturbed(sample.rungs[BASELINE.name].wall) for sample in samples]
        found["added_us"] = {
            row.rung.name: [round(us, 3) for us in row.per_process]
            for row in rows(Shape.IN_PROCESS, _rungs(), samples, {})
        }


@main.command()
@click.option("--processes", default=40, show_default=True)
def changing(processes: int) -> None:
    """Measure many processes on cores that others slow down, each process at another speed."""
    with saved("changing") as found:
        found["circumstances"] = circumstances(_rungs())
        samples = []
        for number in range(processes):
            with _slowed_down(random.choice(SHARES)):
                samples.append(_sample(number))
        found["load_at_end"] = os.getloadavg()[0]
        found["us"] = {
            rung.name: [round(undisturbed(sample.rungs[rung.name].wall), 2) for sample in samples]
            for rung in _rungs()
        }


@main.command()
@click.option("--runs", default=20_000, show_default=True)
def coverage(runs: int) -> None:
    """Simulate runs on hosts whose speed changes: no process is measured."""
    with saved("coverage") as found:
        found["circumstances"] = circumstances([BASELINE])
        found["runs"] = runs
        found["hosts"] = {}
        for number, host in enumerate(simulation.HOSTS):
            _print_activity(host, number / len(simulation.HOSTS))
            found["hosts"][host] = {
                name: round(figure, 5) for name, figure in asdict(simulation.found(host, runs)).items()
            }


@main.command()
@click.option("--times", default=3, show_default=True)
def busy(times: int) -> None:
    """Measure beside processes that compute without a pause."""
    with saved("busy") as found, _busy_processes():
        found["busy_processes"] = BUSY_PROCESSES
        found["circumstances"] = circumstances(_rungs())
        found["runs"] = []
        for _ in range(times):
            samples = [_sample(number) for number in range(QUICK.processes)]
            overhead = Overhead(
                rows(Shape.IN_PROCESS, _rungs(), samples, {}),
                {Shape.IN_PROCESS: baseline_us(samples)},
                {},
                baseline_ranges={Shape.IN_PROCESS: baseline_range_us(samples)},
            )
            found["runs"].append({"quick": document(overhead), "pytest_benchmark": _pytest_table()})


@main.command()
@click.option("--processes", default=QUICK.processes, show_default=True)
def planted(processes: int) -> None:
    """Measure busy loops of known length."""
    task = {
        "loops": LOOPS,
        "warm_up": in_process.WARM_UP,
        "rounds": in_process.ROUNDS,
        "block": in_process.BLOCK,
    }
    with saved("planted") as found:
        found["circumstances"] = circumstances([BASELINE])
        answers = [child.ask("ot2otel.lab.overhead.programs.planted", task) for _ in range(processes)]
        found["loops"] = {
            str(loops): {
                "alone_us": [answer["alone_us"][str(loops)] for answer in answers],
                "added_us": [
                    difference(answer["wall"][str(loops)], answer["wall"]["untraced"])
                    / in_process.BLOCK
                    / 1e3
                    for answer in answers
                ],
            }
            for loops in LOOPS
        }


@main.command()
@click.option("--times", default=30, show_default=True)
def startup(times: int) -> None:
    """Measure the time of `ot2otel --version`, beside the import of click and of nothing."""
    with saved("startup") as found:
        found["circumstances"] = circumstances([BASELINE])
        taken: dict[str, list[float]] = {name: [] for name in STARTUPS}
        for number in range(times):
            _print_activity(f"round {number + 1} of {times}", number / times)
            for name, command in STARTUPS.items():
                started = time.perf_counter_ns()
                subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
                taken[name].append((time.perf_counter_ns() - started) / 1e6)
        found["ms"] = {name: [round(ms, 2) for ms in each] for name, each in taken.items()}


@main.command()
@click.option("--traces", default=20_000, show_default=True)
@click.option("--times", default=5, show_default=True)
def reading(traces: int, times: int) -> None:
    """Measure the CPU time and the memory of reading files of spans, each time in a fresh process."""
    with saved("reading") as found, tempfile.TemporaryDirectory() as directory:
        found["circumstances"] = circumstances([BASELINE])
        _print_activity("writing the files", 0)
        files = write_files(Path(directory), traces)
        found["traces"] = traces
        found["megabytes"] = {name: round(path.stat().st_size / 1e6, 1) for name, path in files.items()}
        parsers = ["json"]
        with suppress(metadata.PackageNotFoundError):
            found["circumstances"]["versions"]["orjson"] = metadata.version("orjson")
            parsers.append("orjson")
        taken: dict[str, dict[str, list[Json]]] = {name: {parser: [] for parser in parsers} for name in files}
        for number in range(times):
            _print_activity(f"round {number + 1} of {times}", number / times)
            for name, path in files.items():
                for parser in parsers:
                    task = {"path": str(path), "parser": parser}
                    taken[name][parser].append(child.ask("benchmarks.reading", task))
        found["read"] = taken


# (name in the table, task), in memory.
COMPARISONS: Sequence[tuple[str, Json]] = (
    *(
        (f"OpenTracing → OpenTelemetry, {traces:,} traces, {values.value} values", task)
        for values in Values
        for traces in (1_000, 10_000, 100_000)
        for task in ({"case": "populations", "traces": traces, "values": values.value},)
    ),
    ("recorded twice, 10,000 traces, unique values", {"case": "again", "traces": 10_000, "values": "unique"}),
    ("recorded twice, 10,000 traces, few values", {"case": "again", "traces": 10_000, "values": "few"}),
    ("one trace, 5,000 deep", {"case": "deep", "traces": 5_000}),
    ("one trace, 10,000 siblings, one lost", {"case": "siblings", "traces": 10_000}),
    ("one trace of 200,000 spans", {"case": "one_trace", "traces": 200_000}),
)


@main.command()
@click.option("--times", default=3, show_default=True)
@click.option("--traces", default=100_000, show_default=True, help="Of each of the two files.")
def comparing(times: int, traces: int) -> None:
    """Measure the CPU time and the memory of comparisons, each time in a fresh process."""
    with saved("comparing") as found, tempfile.TemporaryDirectory() as directory:
        found["circumstances"] = circumstances([BASELINE])
        _print_activity("writing the files", 0)
        pairs = dict(_pairs_of_files(Path(directory), traces))
        tasks = [*COMPARISONS, *((name, {"paths": paths}) for name, paths in pairs.items())]
        taken: dict[str, list[Json]] = {name: [] for name, _ in tasks}
        parsed: dict[str, list[float]] = {name: [] for name in pairs}
        for number in range(times):
            for done, (name, task) in enumerate(tasks):
                _print_activity(name, (number * len(tasks) + done) / (times * len(tasks)))
                taken[name].append(child.ask("benchmarks.comparing", task))
            for name, paths in pairs.items():
                parsed[name].append(child.ask("benchmarks.comparing", {"parsed": paths})["seconds"])
        found["parsed"] = parsed
        found["compared"] = taken


def _pairs_of_files(directory: Path, traces: int) -> Iterator[tuple[str, list[str]]]:
    """Write the populations, and yield the name of each pair of files in the table, with their paths."""
    for in_a_line in (1, TRACES_PER_LINE):
        paths = [directory / f"{name}-{in_a_line}.jsonl" for name in POPULATIONS]
        for path, make in zip(paths, POPULATIONS.values(), strict=True):
            write_lines(make(traces, Values.UNIQUE), path, traces_per_line=in_a_line)
        size = sum(path.stat().st_size for path in paths)
        name = f"two files of {traces:,} traces, {in_a_line} in a line, {size / 1e6:,.0f} MB"
        yield name, [str(path) for path in paths]


@main.command()
@click.option("--jaeger", metavar="PATH", help="Jaeger v2's program; without it Jaeger is not measured.")
@click.option("--ddapm", metavar="PATH", help="The program ddapm-test-agent; without it, it is not measured.")
def receiving(jaeger: str | None, ddapm: str | None) -> None:
    """Measure the CPU time of a span in this collector and in others, each in a process of its own."""
    with saved("receiving") as found:
        packages = {name: metadata.version(name) for name in ("h11", "protobuf", "thrift")}
        found["circumstances"] = circumstances([BASELINE]) | {
            "versions": packages | {"python": platform.python_version()}
        }
        found["receivers"] = measure_receivers(jaeger, ddapm, lambda activity: _print_activity(activity, 0))


def _rungs() -> list[Rung]:
    return [rung for rung in LADDER if not missing(rung)]


def _sample(number: int) -> Sample:
    _print_activity(f"process {number + 1}", 0)
    return in_process.measure(_rungs())


def _disturbed(blocks: Sequence[float]) -> float:
    """Return the share of blocks that took over a fifth more time than the undisturbed ones."""
    return round(fmean(block > 1.2 * undisturbed(blocks) for block in blocks), 3)


def _pytest_table() -> dict[str, dict[str, float]]:
    """Return pytest-benchmark's statistics of each rung in microseconds, from an ordinary run."""
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "table.json"
        subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--processes", "0"),
                *("--benchmark-json", str(written), str(Path(__file__).parent / "test_requests.py")),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            env=child.few_variables(),
        )
        table = json.loads(written.read_text())["benchmarks"]
    return {
        each["param"]: {name: round(each["stats"][name] * 1e6, 2) for name in ("mean", "median", "min")}
        for each in table
    }


def _busy_processes() -> AbstractContextManager[None]:
    return _beside([["while True: pass"]] * BUSY_PROCESSES)


def _slowed_down(share: float) -> AbstractContextManager[None]:
    cores = os.sched_getaffinity(0) if share else ()
    return _beside([[SLOWING, str(core), str(share)] for core in cores])


@contextmanager
def _beside(programs: Sequence[Sequence[str]]) -> Iterator[None]:
    """Run programs, each with its arguments, until the context ends."""
    processes = [subprocess.Popen([sys.executable, "-c", *program]) for program in programs]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _print_activity(activity: str, share: float) -> None:
    click.echo(activity, err=True)


if __name__ == "__main__":
    main()
