"""Counts the instructions that each rung adds to a request: `python -m benchmarks.instructions [--update]`.

Instruction counts do not depend on other programs, so a change that makes tracing dearer shows here at once.
They are a gate and not the answer: an instruction may take long or no time at all.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import click

from ot2otel.lab.overhead import child
from ot2otel.lab.overhead.ladder import BASELINE, LADDER, Level, Rung
from ot2otel.lab.overhead.measure import circumstances, missing
from ot2otel.lab.overhead.programs.counted import REQUESTS

TABLE = Path(__file__).parent / "results" / "instructions.json"
TOLERANCE = 0.02
TOOLS = ("valgrind", "callgrind_control")

Added = Mapping[str, int]


def counted_rungs() -> list[Rung]:
    """Return the rungs to count; those that export depend on the collector's timing."""
    levels = (Level.UNTRACED, Level.REPEATED, Level.REAL)
    return [rung for rung in LADDER if rung.level not in levels and not missing(rung)]


def instructions(rung: Rung, counted: Rung) -> int:
    """Return the instructions of a request through `counted`: `rung`, or the untraced program beside it.

    Both are opened and warmed up in either case. The place of objects in memory decides how often the
    interpreter's caches miss, which costs up to 0.3%; so it costs both the same. Raises ChildFailedError
    if valgrind fails.
    """
    opened = [BASELINE, rung]
    task = {
        "rungs": [
            {
                "variant": each.variant,
                "level": each.level.value,
                "flow": "hello",
                # No batch may be exported in the middle of the count.
                "environment": {"OTEL_BSP_SCHEDULE_DELAY": "3600000"},
            }
            for each in opened
        ],
        "counted": opened.index(counted),
    }
    with subprocess.Popen(
        [
            *(
                str(shutil.which("valgrind")),
                "--tool=callgrind",
                "--instr-atstart=no",
                "--callgrind-out-file=/dev/null",
            ),
            *(sys.executable, "-m", "ot2otel.lab.overhead.programs.counted"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=_fixed_variables(),
    ) as process:
        with suppress(BrokenPipeError):  # it ended; its log has the reason
            _send(process, json.dumps(task))
            for counting in ("on", "off"):
                _control(process, counting)
        _, log = process.communicate()
    found = re.search(r"Collected : (\d+)", log)
    if process.returncode or not found:
        raise child.ChildFailedError(f"valgrind ended with {process.returncode}: {log[-2000:]}")
    return int(found[1]) // REQUESTS


def _fixed_variables() -> dict[str, str]:
    """Return the same environment everywhere: `requests` reads all of it, each letter, at every request."""
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"} | needed


def _control(process: subprocess.Popen[str], counting: str) -> None:
    """Wait until the process waits, switch callgrind's counting on or off, and let the process go on."""
    if process.stdout is None or not process.stdout.readline():
        raise BrokenPipeError
    subprocess.run(
        ["callgrind_control", f"--instr={counting}", str(process.pid)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # only progress
    )
    _send(process, "")


def _send(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def moved(committed: Added, counted: Added) -> dict[str, float]:
    """Return the relative change of each rung's added instructions, if it is more than the tolerance.

    A rung that only one table has moved by infinity.
    """
    changes = {
        name: counted[name] / committed[name] - 1 if name in committed and name in counted else float("inf")
        for name in (*committed, *(name for name in counted if name not in committed))
    }
    return {name: change for name, change in changes.items() if abs(change) > TOLERANCE}


def key(rungs: Sequence[Rung]) -> dict[str, Any]:  # Any: JSON
    """Return the circumstances of the counts, beside the code: the interpreter's build and the versions."""
    found = circumstances(rungs)
    return {
        "python": f"{found['python_build']} {platform.machine()}",
        "versions": {name: version for name, version in found["versions"].items() if name != "python"},
    }


def read_table() -> list[dict[str, Any]]:  # Any: JSON
    """Return the committed counts: an entry for each interpreter and its versions."""
    return list(json.loads(TABLE.read_text())) if TABLE.exists() else []


@click.command()
@click.option("--update", is_flag=True, help="Write this machine's counts into the committed table.")
def main(update: bool) -> None:
    """Compare the instructions that each rung adds to a request with the committed table.

    Exits with 1 if one moved by more than 2%. Compares nothing, with a message, if valgrind is missing or
    the table has no entry for this interpreter and these versions.
    """
    if lacking := [tool for tool in TOOLS if shutil.which(tool) is None]:
        click.echo(f"Skipped: {' and '.join(lacking)} not found. Install the package valgrind.")
        return
    rungs = counted_rungs()
    entries = read_table()
    mine = key(rungs)
    known = next((entry for entry in entries if entry["key"] == mine), None)
    if known is None and not update:
        click.echo(
            "Skipped: the committed table has no counts for this interpreter and these versions. "
            "--update counts them and adds an entry."
        )
        return
    of_each = [(rung, counted) for rung in rungs for counted in (BASELINE, rung)]
    # Other programs do not change the counts, so several may run at once.
    with ThreadPoolExecutor(os.cpu_count()) as running:
        counts = running.map(instructions, *zip(*of_each, strict=True))
        with click.progressbar(counts, len(of_each), "counting", file=sys.stderr) as bar:
            found = list(bar)
    untraced, traced = found[::2], found[1::2]
    base = round(median(untraced))
    added = {rung.name: mine - its for rung, mine, its in zip(rungs, traced, untraced, strict=True)}
    click.echo(f"{'untraced':30}{base:>12,} instructions a request")
    for name, count in added.items():
        was = known["added"].get(name) if known else None
        click.echo(f"{name:30}{count:>+12,}  {count / base:+.1%}" + (f"  was {was:+,}" if was else ""))
    if update:
        others = [entry for entry in entries if entry["key"] != mine]
        TABLE.write_text(
            json.dumps([*others, {"key": mine, "untraced": base, "added": added}], indent=1) + "\n"
        )
        return
    if known and (changes := moved(known["added"], added)):
        listed = ", ".join(f"{name} {change:+.1%}" for name, change in changes.items())
        click.echo(f"Moved by more than {TOLERANCE:.0%}: {listed}. If that is meant, --update the table.")
        sys.exit(1)


if __name__ == "__main__":
    main()
