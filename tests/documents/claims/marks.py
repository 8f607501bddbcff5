"""The marks of claims in the documents, and of tests in their files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Test:
    """The test of a claim: the function `name` in the file `path`, which enters each object of `through`."""

    __test__ = False  # it is no test class, whatever its name begins with

    path: Path
    name: str
    through: tuple[str, ...]

    @property
    def node(self) -> str:
        """The name by which pytest runs it alone."""
        return f"{self.path}::{self.name}"


def claim(name: str, *through: str) -> pytest.MarkDecorator:
    """Mark the test of a claim; it fails unless it enters each object of `through`, named as in `witness`."""
    if not through:
        raise ValueError(f"name an object that the test of {name} must go through")
    return pytest.mark.claim(name, *through)


def made(text: str) -> set[str]:
    """Return the claims that a document makes, each marked as `[✓][id]`."""
    return set(re.findall(r"\[✓\]\[([\w-]+)\]", text))


@cache  # the tests ask for each claim, and the files do not change meanwhile
def found() -> Mapping[str, Test]:
    """Return the tests by claim; raise ValueError if two tests have the same claim."""
    tests: dict[str, Test] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for claim, test in _marked(path):
            if claim in tests:
                raise ValueError(f"{path.name} and {tests[claim].path.name} both test {claim}")
            tests[claim] = test
    return tests


def tests() -> Mapping[str, Path]:
    """Return the files of the tests by claim; raise ValueError if two tests have the same claim."""
    return {claim: test.path for claim, test in found().items()}


def _marked(path: Path) -> Iterator[tuple[str, Test]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "claim":
                claim, *through = (ast.literal_eval(argument) for argument in mark.args)
                yield claim, Test(path, node.name, tuple(through))
