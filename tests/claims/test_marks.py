"""Every claim of the documents has its test, and every test of a claim its claim."""

from __future__ import annotations

import importlib
import re
from inspect import isfunction
from pathlib import Path

from tests.conftest import ROOT

HERE = Path(__file__).parent
# [✓](../tests/claims/test_kind.py "shim-kind")
MARK = re.compile(r"\[✓\]\(\S*tests/claims/(\w+)\.py \"([\w-]+)\"\)")


def claimed() -> set[tuple[str, str]]:
    """Return the claims in the documents, as the module and the id of each."""
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    return {mark for document in documents for mark in MARK.findall(document.read_text(encoding="utf-8"))}


def borne() -> list[tuple[str, str]]:
    """Return the claims that bear tests, as the module and the id of each."""
    found = []
    for path in HERE.glob("test_*.py"):
        module = importlib.import_module(f"tests.claims.{path.stem}")
        for test in filter(isfunction, vars(module).values()):
            marks = getattr(test, "pytestmark", ())
            found += [(path.stem, mark.args[0]) for mark in marks if mark.name == "claim"]
    return found


def test_every_claim_is_tested_and_every_tested_claim_is_made() -> None:
    assert claimed() ^ set(borne()) == set()


def test_no_two_tests_bear_the_same_claim() -> None:
    ids = [claim for _, claim in borne()]

    assert sorted(ids) == sorted(set(ids))


def test_there_are_as_many_claims_as_promised() -> None:
    assert len(borne()) >= 40
