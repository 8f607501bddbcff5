"""Measures the evidence for the estimator, and saves it: `python -m benchmarks.evidence NAME`.

The README's tables are made of the saved files. Each run needs a quiet machine.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from benchmarks.receiving import measure as measure_receivers
from ot2otel.lab.overhead import child, in_process
from ot2otel.lab.overhead.estimate import difference, undisturbed
from ot2otel.lab.overhead.ladder import BASELINE, LADDER, Rung, Shape
from ot2otel.lab.overhead.measure import QUICK, REPORT, circumstances, measure, missing
from ot2otel.lab.overhead.report.json import document
from ot2otel.lab.overhead.result import Overhead, baseline_us, rows
from ot2otel.lab.overhead.sample import Sample

RESULTS = Path(__file__).parent / "results"
LOOPS = (250, 750, 2500)
BUSY_PROCESSES = 3

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
    with _saved("report") as found:
        found |= document(measure(REPORT, _print_activity))


@main.command()
@click.option("--times", default=10, show_default=True)
def repeats(times: int) -> None:
    """Repeat the quick run, each time with pytest-benchmark's request table after it."""
    with _saved("repeats") as found:
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
    with _saved("pool") as found:
        samples = [_sample(number) for number in range(processes)]
        found["circumstances"] = circumstances(_rungs())
        found["disturbed"] = [_disturbed(sample.rungs[BASELINE.name].wall) for sample in samples]
        found["added_us"] = {
            row.rung.name: [round(us, 3) for us in row.per_process]
            for row in rows(Shape.IN_PROCESS, _rungs(), samples, {})
        }


@main.command()
@click.option("--times", default=3, show_default=True)
def busy(times: int) -> None:
    """Measure beside processes that compute without a pause."""
    with _saved("busy") as found, _busy_processes():
        found["busy_processes"] = BUSY_PROCESSES
        found["circumstances"] = circumstances(_rungs())
        found["runs"] = []
        for _ in range(times):
            samples = [_sample(number) for number in range(QUICK.processes)]
            overhead = Overhead(
                rows(Shape.IN_PROCESS, _rungs(), samples, {}), {Shape.IN_PROCESS: baseline_us(samples)}, {}
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
    with _saved("planted") as found:
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
    with _saved("startup") as found:
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
@click.option("--jaeger", metavar="PATH", help="Jaeger v2's program; without it Jaeger is not measured.")
@click.option("--ddapm", metavar="PATH", help="The program ddapm-test-agent; without it, it is not measured.")
def receiving(jaeger: str | None, ddapm: str | None) -> None:
    """Measure the CPU time of a span in this collector and in others, each in a process of its own."""
    with _saved("receiving") as found:
        packages = {name: version(name) for name in ("h11", "protobuf", "thrift")}
        found["circumstances"] = circumstances([BASELINE]) | {
            "versions": packages | {"python": platform.python_version()}
        }
        found["receivers"] = measure_receivers(jaeger, ddapm, lambda activity: _print_activity(activity, 0))


@contextmanager
def _saved(name: str) -> Iterator[Json]:
    """Yield a dictionary; save it, with the seconds that passed, unless an exception is raised."""
    started = time.monotonic()
    found: Json = {"load_at_start": os.getloadavg()[0]}
    yield found
    found["seconds"] = round(time.monotonic() - started)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")


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


@contextmanager
def _busy_processes() -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY_PROCESSES)]
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
