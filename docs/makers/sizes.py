"""The size of things: `python -m docs.makers.sizes` writes sizes.json, and `table` shows it.

Minutes of a target are given, as in `python -m docs.makers.sizes "make test=12"`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
SIZES = Path(__file__).with_name("sizes.json")
PACKAGES = (
    *("ot2otel", "ot2otel_flows", "legacy_opentracing", "legacy_integrations", "shim_bridge", "otel_native"),
    *("otel_auto", "benchmarks", "docs", "tests"),
)
# What the minutes of a target hold.
TARGETS = {
    "make test": "",
    "make peers": ", Debian's packages installed before, without `peers-pythons`",
    "make peers-pythons": ": the first ring with each of three Pythons, beside other work",
}
_RUNS = 10

Sizes = Mapping[str, Any]  # Any: a JSON document


def table() -> str:
    """Return the sizes as a table, and the day on which they were taken."""
    sizes: Sizes = json.loads(SIZES.read_text(encoding="utf-8"))
    rows = ["| what | size |", "|---|---|"]
    (_, base), *extras = sizes["dependencies"].items()
    rows.append(f"| direct dependencies of `ot2otel` | {base} |")
    each_extra = ", ".join(f"`{name}` {count}" for name, count in extras)
    rows.append(f"| direct dependencies of an extra, beside those | {each_extra} |")
    rows.append(f"| seconds of `ot2otel --version`, the least of {_RUNS} | {sizes['version_seconds']} |")
    rows += [
        f"| minutes of `{target}`{content} | {sizes['minutes'].get(target, 'not measured yet')} |"
        for target, content in TARGETS.items()
    ]
    rows += [f"| lines of Python in `{name}/` | {count:,} |" for name, count in sizes["lines"].items()]
    return "\n".join([*rows, "", f"Taken on {sizes['date']} by `python -m docs.makers.sizes`."])


def dependencies() -> dict[str, int]:
    """Return the number of direct dependencies by extra, `""` for none; extras of ours are opened."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    return {"": len(project["dependencies"]), **{name: len(_direct(name, extras)) for name in extras}}


def _direct(extra: str, extras: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    for requirement in extras[extra]:
        if requirement.startswith("ot2otel["):
            inner = requirement.partition("[")[2].partition("]")[0].split(",")
            found = found.union(*(_direct(name, extras) for name in inner))
        else:
            found.add(requirement)
    return found


def lines(package: str) -> int:
    """Return the number of lines of the committed Python files of a package."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", f"{package}/*.py"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return sum(len((ROOT / name).read_bytes().splitlines()) for name in listed.split("\0") if name)


def version_seconds() -> float:
    """Return the least time of several runs of `ot2otel --version`."""
    return round(min(_seconds([sys.executable, "-m", "ot2otel", "--version"]) for _ in range(_RUNS)), 2)


def _seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def main(given: Sequence[str]) -> None:
    """Take all sizes anew; minutes that are not given stay as they are."""
    before: Sizes = json.loads(SIZES.read_text(encoding="utf-8")) if SIZES.exists() else {"minutes": {}}
    minutes = {target: number for target, _, number in (each.partition("=") for each in given)}
    if unknown := minutes.keys() - set(TARGETS):
        sys.exit(
            f"No minutes are shown of {', '.join(sorted(unknown))}; give those of {' or '.join(TARGETS)}."
        )
    sizes = {
        "date": date.today().isoformat(),
        "dependencies": dependencies(),
        "version_seconds": version_seconds(),
        "minutes": {**before["minutes"], **minutes},
        "lines": {package: lines(package) for package in PACKAGES},
    }
    SIZES.write_text(json.dumps(sizes, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
