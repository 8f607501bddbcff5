"""Command: `python -m tests.support.mutants run|show|write`; `make mutants` runs it."""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.mutants import document, results
from tests.support.mutants.campaign import Bounds, Campaign
from tests.support.mutants.forks import forked
from tests.support.mutants.mutations import Mutant, module_of, mutants
from tests.support.mutants.reach import Reach, measured
from tests.support.mutants.served import Served
from tests.support.runs import ROOT

DIRECTORY = ROOT / "mutants"
ENGINE = ROOT / "ot2otel" / "compare"
_ARGUMENTS = [
    "--hypothesis-profile=mutants",
    "--assert=plain",
    "--tb=no",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-o",
    "timeout=0",
    # Each takes seconds, and its subject has small tests as well.
    "-k",
    "not overlap and not thousand and not meet_themselves and not large_trace and not too_much"
    " and not whatever_a_wire_brings and not 40- and not 400- and not length_of_a_verdict",
]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.mutants", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run mutants that have no result yet")
    run.add_argument(
        "modules", nargs="*", default=["*"], help="patterns of names, such as 'ot2otel.compare.noise:*'"
    )
    run.add_argument("--left", action="store_true", help="run those again that are left without a reason")
    run.add_argument("--seconds", type=float, default=10.0, help="CPU time of the tests of one mutant")
    run.add_argument("--at-once", type=int, default=2, help="processes that run at the same time")
    run.add_argument("--tests", nargs="+", default=["tests/compare"], help="what pytest collects")
    show = commands.add_parser("show", help="print mutants that are left, as differences")
    show.add_argument("modules", nargs="*", default=["*"], help="patterns of names")
    commands.add_parser("write", help="write the counts and what is left into tests/compare/survivors.md")
    given = parser.parse_args()
    if given.command == "run":
        _run(given)
    elif given.command == "show":
        for mutant, result in results.left(_modules(given.modules), results.kept()):
            print(f"{mutant.name}: {result.outcome}, {result.chosen} of {result.reaching} tests")
            print(mutant.difference())
    else:
        document.write(_modules(["*"]), results.kept())


def _modules(patterns: Sequence[str]) -> Mapping[Path, list[Mutant]]:
    return {
        path: [
            mutant
            for mutant in _mutants(path)
            if any(fnmatch(mutant.name, pattern) or fnmatch(mutant.module, pattern) for pattern in patterns)
        ]
        for path in sorted(ENGINE.rglob("*.py"))
        if path.name != "__init__.py"
        if any(fnmatch(module_of(path), pattern.partition(":")[0]) for pattern in patterns)
    }


def _mutants(path: Path) -> list[Mutant]:
    """Return the mutants of a module, from a file if they were made before; 150 take a second."""
    file = DIRECTORY / f"mutants-{path.stem}-{_digest([path], '')}.pickle"
    if not file.exists():
        DIRECTORY.mkdir(exist_ok=True)
        file.write_bytes(pickle.dumps(list(mutants(path))))
    found: list[Mutant] = pickle.loads(file.read_bytes())
    return found


def _digest(paths: Iterable[Path], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for path in paths:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _run(given: argparse.Namespace) -> None:
    before = results.kept()
    wanted = []
    has_reason = document.reasoned()
    for found in _modules(given.modules).values():
        for mutant in found:
            result = results.of(mutant, before)
            again = result and not result.is_killed and not has_reason(mutant)
            if again if given.left else result is None:
                wanted.append(mutant)
    arguments = [*_ARGUMENTS, *given.tests]
    reach = _reach(arguments)

    def work(items: Mapping[str, pytest.Item]) -> None:
        campaign = Campaign(items, reach, Bounds(given.seconds, given.at_once), _ARGUMENTS)
        _work(campaign, wanted)

    code = pytest.main(arguments, plugins=[Served(work)])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit("The tests cannot be collected; run pytest to see why.")


def _work(campaign: Campaign, wanted: Sequence[Mutant]) -> None:
    began = time.monotonic()
    counts: Counter[str] = Counter()
    for mutant, result in campaign.run(wanted):
        results.keep(mutant, result)
        counts[result.outcome] += 1
        if counts.total() % 100 == 0 or counts.total() == len(wanted):
            print(
                f"{counts.total()} of {len(wanted)} in {time.monotonic() - began:.0f} s: {dict(counts)}",
                flush=True,
            )


def _reach(arguments: Sequence[str]) -> Reach:
    """Return which tests reach which lines, from a file if no source has changed since it was written."""
    sources = [
        path for directory in ("ot2otel", "tests") for path in sorted((ROOT / directory).rglob("*.py"))
    ]
    sources = [path for path in sources if not path.is_relative_to(Path(__file__).parent)]
    file = DIRECTORY / f"reach-{_digest(sources, repr(arguments))}.pickle"
    if not file.exists():
        DIRECTORY.mkdir(exist_ok=True)

        def work(_: str) -> str:
            found = measured(arguments, ENGINE)
            file.write_bytes(pickle.dumps((found.seconds, found.tests)))
            return "done"

        for _ in forked([""], work, at_once=1, seconds=3600):
            print(f"Counted the lines that each test reaches: {file.name}", flush=True)
    return Reach(*pickle.loads(file.read_bytes()))


if __name__ == "__main__":
    main()
