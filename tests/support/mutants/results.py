"""The results of runs: a file of JSON lines, and the table and the list that are made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.support.mutants.mutations import Mutant
from tests.support.mutants.served import KILLED, LEFT, TIMEOUT
from tests.support.runs import ROOT

FILE = ROOT / "mutants" / "results.jsonl"
# A mutant that ended in another way: by a signal, or after waiting for minutes.
UNCLEAR = "unclear"


class Result(NamedTuple):
    """What became of a mutant."""

    outcome: str
    # The test that decided it; the import, if it is empty.
    by: str
    # The function that was changed, as a digest.
    digest: str
    # How many tests reach the change, and how many of them were run at most; 0 for an import of its own.
    reaching: int
    chosen: int

    @property
    def is_killed(self) -> bool:
        """A test that hangs on the mutant notices it as well."""
        return self.outcome in (KILLED, TIMEOUT)


def keep(mutant: Mutant, result: Result) -> None:
    """Add a result to the file."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"mutant": mutant.name, **result._asdict()}) + "\n")


def kept() -> dict[str, Result]:
    """Return the result of each mutant by its name, none if there is no file.

    A test that killed a mutant counts until the function changes, also if others did not kill it since. Of
    runs that did not kill it the last one of those with most tests counts.
    """
    found: dict[str, Result] = {}
    if FILE.exists():
        for line in FILE.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            name = row.pop("mutant")
            result, known = Result(**row), found.get(name)
            is_known = known and known.digest == result.digest and not result.is_killed
            if not (is_known and known and (known.is_killed or known.chosen > result.chosen)):
                found[name] = result
    return found


def of(mutant: Mutant, results: Mapping[str, Result]) -> Result | None:
    """Return the result of a mutant, None if it was not run since its function has changed."""
    result = results.get(mutant.name)
    return result if result and result.digest == mutant.digest else None


def table(modules: Mapping[Path, Iterable[Mutant]], results: Mapping[str, Result]) -> str:
    """Return a table in Markdown, a row a module and one for all."""
    lines = ["| module | killed | left | not run | mutants |", "|---|---|---|---|---|"]
    total = [0, 0, 0, 0]
    for path, mutants in modules.items():
        found = [of(mutant, results) for mutant in mutants]
        killed = sum(one is not None and one.is_killed for one in found)
        counts = [killed, len(found) - killed - found.count(None), found.count(None), len(found)]
        total = [one + another for one, another in zip(total, counts, strict=True)]
        if found:
            lines.append(_row(f"`{path.relative_to(ROOT / 'ot2otel' / 'compare')}`", counts))
    return "\n".join([*lines, _row("all", total)])


def _row(name: str, counts: Iterable[int]) -> str:
    return f"| {name} | {' | '.join(map(str, counts))} |"


def left(
    modules: Mapping[Path, Iterable[Mutant]], results: Mapping[str, Result]
) -> list[tuple[Mutant, Result]]:
    """Return the mutants that were run and not killed."""
    found = [(mutant, of(mutant, results)) for mutants in modules.values() for mutant in mutants]
    return [(mutant, result) for mutant, result in found if result and not result.is_killed]


__all__ = ["FILE", "KILLED", "LEFT", "TIMEOUT", "UNCLEAR", "Result", "keep", "kept", "left", "of", "table"]
