"""Writes what the results say into tests/compare/survivors.md; the reasons there are written by hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.support.mutants.mutations import Mutant
from tests.support.mutants.results import Result, left, of, table
from tests.support.runs import ROOT

FILE = ROOT / "tests" / "compare" / "survivors.md"
_REASONS = "## Left, by reason"
_STRICT = re.compile(r",\s*strict=\w+|,\s*(?=\))|\s")
_NAMED = re.compile(r"`(?P<function>[\w.]+)` (?P<numbers>\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*)")


def write(modules: Mapping[Path, list[Mutant]], results: Mapping[str, Result]) -> None:
    """Write the sum, the table, and the mutants that are left and have no reason in the document."""
    text = FILE.read_text(encoding="utf-8")
    reasons = set(named(text.partition(_REASONS)[2]))
    unnamed = [
        mutant
        for mutant, _ in left(modules, results)
        if (function(mutant), mutant.number) not in reasons and not is_of_strict(mutant)
    ]
    text = _between(text, "counts", f"{_sum(modules, results)}\n\n{table(modules, results)}")
    FILE.write_text(_between(text, "unnamed", _list(unnamed)), encoding="utf-8")


def function(mutant: Mutant) -> str:
    """Return what the document calls a function: its module's last name, its class and its own name."""
    return ".".join((mutant.path.stem, *mutant.function))


def is_of_strict(mutant: Mutant) -> bool:
    """Tell whether a mutant differs in the argument `strict` of a call alone."""
    old, new = (_STRICT.sub("", text) for text in (mutant.path.read_text(encoding="utf-8"), mutant.source))
    return old == new


def named(text: str) -> Iterator[tuple[str, int]]:
    """Yield each mutant that a text names, as in "`noise._look` 4, 11-14", by function and number."""
    for found in _NAMED.finditer(text):
        for part in found["numbers"].split(", "):
            first, _, last = part.partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield found["function"], number


def _sum(modules: Mapping[Path, list[Mutant]], results: Mapping[str, Result]) -> str:
    found = [of(mutant, results) for mutants in modules.values() for mutant in mutants]
    run = [one for one in found if one is not None]
    killed = sum(one.is_killed for one in run)
    hanging = sum(one.outcome == "timeout" for one in run)
    partly = sum(not one.is_killed and one.chosen < one.reaching for one in run)
    strict = sum(is_of_strict(mutant) for mutant, _ in left(modules, results))
    share = 100 * killed / len(run) if run else 0.0
    lines = [
        f"**{killed} of {len(run)} mutants that were run are killed: {share:.1f} %.** On {hanging} of them",
        f"a test hangs. {len(run) - killed} are left: {partly} of these were run with a part of the tests",
        f"that reach them, and {strict} differ in `strict=` of a `zip` alone. {len(found) - len(run)} of all",
        f"{len(found)} mutants have not been run.",
    ]
    return "\n".join(lines)


def _list(mutants: Iterable[Mutant]) -> str:
    numbers: dict[str, list[int]] = defaultdict(list)
    for mutant in mutants:
        numbers[function(mutant)].append(mutant.number)
    return (
        "\n".join(f"- `{name}` {', '.join(map(str, sorted(each)))}" for name, each in numbers.items())
        or "None."
    )


def _between(text: str, mark: str, inner: str) -> str:
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"{FILE.name} has no {begin} and {end}; put them around what is to be replaced.")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{inner}\n{end}{rest.partition(end)[2]}"
