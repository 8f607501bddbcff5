"""Runs the test of each claim under each of its plants: `python -m tests.documents.plants [--claim NAME]`.

A plant that its test does not notice shows a sentence that nothing proves. Exit 1 if there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.documents.claims import marks, witness
from tests.documents.plants.plant import VARIABLE, Plant
from tests.documents.plants.planting import plant_named_by_environment
from tests.documents.plants.table import PLANTS, UNPLANTED

NOTICED, UNNOTICED, OTHERWISE, SKIPPED = "noticed", "NOT NOTICED", "FAILED OTHERWISE", "skipped"
# A busy machine takes its time; a module that was imported before the fork is no test module.
_OPTIONS = (
    "--timeout=600",
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *(f"-pno:{plugin}" for plugin in ("cacheprovider", "xdist", "benchmark")),
)
# What each test imports and no plant changes: each forked process has it already.
_BEFORE = ("flask", "hypothesis", "requests", "trustme", "ot2otel.lab.run", "ot2otel.receive.collector")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a test under a plant: a word, and the first line of what the test failed with."""

    plant: Plant
    word: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.word:16} {self.plant.name}" + (f"\n{'':17}{self.line}" if self.line else "")


def run(plant: Plant) -> Outcome:
    """Run the test of the plant's claim with the plant in each process; call it in a process of its own."""
    os.environ[VARIABLE] = plant.name
    plant_named_by_environment()
    passed, messages = _tested([marks.found()[plant.claim]])
    unexpected = [message for message in messages if not plant.noticed(message)]
    if unexpected:
        return Outcome(plant, OTHERWISE, unexpected[0].partition("\n")[0])
    if messages:
        return Outcome(plant, NOTICED, messages[0].partition("\n")[0])
    return Outcome(plant, UNNOTICED if passed else SKIPPED)


def _tested(tests: Sequence[marks.Test]) -> tuple[bool, list[str]]:
    """Run tests in this process; tell whether one was not skipped, and the messages of those that failed."""
    os.environ |= witness.hook(os.environ.get("PYTHONPATH", ""))
    os.chdir(witness.ROOT)
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        _silently([*_OPTIONS, f"--junitxml={report}", *(test.node for test in tests)])
        cases = list(ElementTree.parse(report).iter("testcase"))  # pytest has written the file
    messages = [message for case in cases for message in _failures(case)]
    return any(case.find("skipped") is None for case in cases), messages


def _silently(arguments: list[str]) -> None:
    """Run pytest with its output nowhere; it belongs to the process, which ends after it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    pytest.main(arguments)


def _failures(case: ElementTree.Element) -> Iterator[str]:
    for element in (*case.iter("failure"), *case.iter("error")):
        yield element.get("message", "")


def _chosen(arguments: argparse.Namespace) -> list[Plant]:
    sdk = tuple(int(part) for part in version("opentelemetry-sdk").split(".")[:2])
    lane = "pinned" if sdk < (1, 40) else "newest"
    claims = set(arguments.claim or marks.found())
    return [plant for plant in PLANTS if plant.lane in ("", lane) and plant.claim in claims]


def main() -> int:
    """Print each plant and whether it was noticed; return 1 if one was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claim", action="append", choices=sorted(marks.found()), help="of this claim alone")
    parser.add_argument("--jobs", type=int, default=2, help="tests at once (2)")
    arguments = parser.parse_args()
    chosen = _chosen(arguments)

    for name in _BEFORE:
        import_module(name)
    outcomes = []
    with multiprocessing.get_context("fork").Pool(arguments.jobs, maxtasksperchild=1) as pool:
        tests = {plant.claim: marks.found()[plant.claim] for plant in chosen}
        _, failures = pool.apply(_tested, (list(tests.values()),))
        if failures:
            print("Without a plant, claims fail already:", *failures, sep="\n")
            return 1
        for outcome in pool.imap(run, chosen, chunksize=1):
            print(outcome, flush=True)
            outcomes.append(outcome)
    counts = Counter(outcome.word for outcome in outcomes)
    proven = {outcome.plant.claim for outcome in outcomes if outcome.word == NOTICED}
    print(f"\n{len(outcomes)} plants: " + ", ".join(f"{counts[word]} {word}" for word in sorted(counts)))
    print(f"{len(proven)} of {len(marks.found())} claims notice a plant; {len(UNPLANTED)} have none:")
    for claim, reason in UNPLANTED.items():
        print(f"  {claim}: {reason}")
    return 0 if not counts[UNNOTICED] + counts[OTHERWISE] else 1


if __name__ == "__main__":
    sys.exit(main())
