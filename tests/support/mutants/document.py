"""Writes what the results say into tests/compare/survivors.md; the reasons there are written by hand.

Each mutant that is left is named by its function and by the line that it has instead, such as
"- `noise._look`: `return None`". Below a heading of "Left, by reason" it has that reason, and keeps it for as
long as it is left; `*` stands for any text. All others are listed as "Left, without a reason". A change of
`strict` of a `zip` alone is named `strict`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tests.support.mutants.mutations import Mutant
from tests.support.mutants.results import Result, left, of, table
from tests.support.runs import ROOT

FILE = ROOT / "tests" / "compare" / "survivors.md"
_HEADING = "### "
_STRICT = re.compile(r",\s*strict=\w+|,\s*(?=\))|\s")
_NAMED = re.compile(r"- `(?P<function>[^`]+)`: (?P<ticks>`+) ?(?P<change>.+?) ?(?P=ticks)")


class Named(NamedTuple):
    """What the document names: a function and a change, either with `*` for any text."""

    function: str
    change: str

    @property
    def is_pattern(self) -> bool:
        """Tell whether it may name several mutants, also of functions to come."""
        return "*" in self.function or self.change == "*"

    def matches(self, other: Named) -> bool:
        """Tell whether it names another one."""
        return self == other or all(map(fnmatchcase, other, map(_escaped, self)))


def write(modules: Mapping[Path, list[Mutant]], results: Mapping[str, Result]) -> None:
    """Write the sum, the table, and the mutants that are left, by reason, in the document."""
    text = FILE.read_text(encoding="utf-8")
    found = Counter(name(mutant) for mutant, _ in left(modules, results))
    reasons = by_reason(_inner(text, "reasons"))
    listed, unnamed = told(reasons, found)
    text = _between(
        text, "counts", f"{_sum(modules, results, sum(unnamed.values()))}\n\n{table(modules, results)}"
    )
    text = _between(text, "reasons", listed)
    FILE.write_text(_between(text, "unnamed", _lines(unnamed)), encoding="utf-8")


def name(mutant: Mutant) -> Named:
    """Return what the document calls a mutant: its module's last name, class and function, and its change."""
    old, new = ([line.strip() for line in text.splitlines()] for text in _texts(mutant))
    begin = _equal_at_first(old, new)
    end = _equal_at_first(old[begin:][::-1], new[begin:][::-1])
    lines = new[begin : len(new) - end]
    change = "strict" if _is_of_strict(mutant) else " ".join(lines) or "nothing instead"
    return Named(".".join((mutant.path.stem, *mutant.function)), change)


def _is_of_strict(mutant: Mutant) -> bool:
    """Tell whether a mutant differs in the argument `strict` of a call alone."""
    if "strict=" not in mutant.path.read_text(encoding="utf-8"):
        return False
    old, new = (_STRICT.sub("", text) for text in _texts(mutant))
    return old == new


def _equal_at_first(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines at the beginning of two texts are equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (line, another) in pairs if line != another), min(len(one), len(other)))


def _texts(mutant: Mutant) -> tuple[str, str]:
    return mutant.path.read_text(encoding="utf-8"), mutant.source


def reasoned() -> Callable[[Mutant], bool]:
    """Return the function that tells whether a mutant has a reason in the document."""
    text = _inner(FILE.read_text(encoding="utf-8"), "reasons")
    names = [named for each in by_reason(text).values() for named in each]

    def has_reason(mutant: Mutant) -> bool:
        own = name(mutant)
        return any(named.matches(own) for named in names)

    return has_reason


def by_reason(text: str) -> Mapping[str, Sequence[Named]]:
    """Return what a text names below each heading, in its order."""
    found: dict[str, list[Named]] = {}
    reason = ""
    for line in text.splitlines():
        if line.startswith(_HEADING):
            reason = line.removeprefix(_HEADING)
            found[reason] = []
        elif each := _NAMED.match(line):
            found[reason].append(Named(each["function"], each["change"]))
    return found


def told(reasons: Mapping[str, Sequence[Named]], found: Mapping[Named, int]) -> tuple[str, Counter[Named]]:
    """Return the mutants that have a reason as text, and the others; the first reason counts."""
    without = Counter(found)
    parts = []
    for reason, names in reasons.items():
        own: dict[Named, int] = defaultdict(int)
        for named in names:
            for each in [each for each in without if named.matches(each)]:
                own[named if named.is_pattern else each] += without.pop(each)
        if own:
            parts.append(f"{_HEADING}{reason}\n\n{_lines(own)}")
    return "\n\n".join(parts), without


def _lines(names: Mapping[Named, int]) -> str:
    return "\n".join(_line(*each) for each in sorted(names.items())) or "None."


def _line(named: Named, times: int) -> str:
    ticks = "``" if "`" in named.change else "`"
    space = " " if ticks == "``" else ""
    more = f", {times} mutants" if times > 1 else ""
    return f"- `{named.function}`: {ticks}{space}{named.change}{space}{ticks}{more}"


def _escaped(pattern: str) -> str:
    return re.sub(r"[\[?]", lambda found: f"[{found.group()}]", pattern)


def _sum(modules: Mapping[Path, list[Mutant]], results: Mapping[str, Result], unnamed: int) -> str:
    found = [of(mutant, results) for mutants in modules.values() for mutant in mutants]
    run = [one for one in found if one is not None]
    killed = sum(one.is_killed for one in run)
    hanging = sum(one.outcome == "timeout" for one in run)
    partly = sum(not one.is_killed and one.chosen < one.reaching for one in run)
    lines = [
        f"**{killed} of {len(found)} mutants are killed: {_share(killed, len(found))}.** On {hanging} of",
        f"them a test hangs. {len(run) - killed} are left: {unnamed} of these have no reason, and {partly}",
        f"were run with a part of the tests that reach them. {len(found) - len(run)} have not been run.",
    ]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _inner(text: str, mark: str) -> str:
    return text.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0]


def _between(text: str, mark: str, inner: str) -> str:
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"{FILE.name} has no {begin} and {end}; put them around what is to be replaced.")
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{inner}\n{end}{rest.partition(end)[2]}"
