"""Counts the mutants of `make mutants` by module, and lists those that no test killed.

mutmut leaves a file `<module>.py.meta` beside each module below `mutants/`, with the exit code of the tests
for each mutant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mutmut.stats import status_by_exit_code

from tests.support.runs import ROOT


class Counted(NamedTuple):
    """The mutants of one module by their status; `left` are those that were run and not killed."""

    module: str
    statuses: Mapping[str, int]
    left: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many mutants the module has."""
        return sum(self.statuses.values())

    @property
    def run(self) -> int:
        """How many of them were run."""
        return self.total - self.statuses.get("not checked", 0)


def counted(directory: Path) -> Iterator[Counted]:
    """Yield the modules that have mutants."""
    for path in sorted(directory.rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        statuses: dict[str, int] = {}
        left = []
        for name, code in codes.items():
            status = status_by_exit_code[code]
            statuses[status] = statuses.get(status, 0) + 1
            if status not in ("killed", "not checked"):
                left.append(f"{name}: {status}")
        if statuses:
            yield Counted(str(path.relative_to(directory))[: -len(".meta")], statuses, tuple(left))


def main() -> None:
    """Print the table, then the mutants that are left."""
    modules = list(counted(ROOT / "mutants" / "ot2otel"))
    print("| module | killed | run | mutants |\n|---|---|---|---|")
    for one in modules:
        print(f"| `{one.module}` | {one.statuses.get('killed', 0)} | {one.run} | {one.total} |")
    print(*(name for one in modules for name in one.left), sep="\n")


if __name__ == "__main__":
    main()
