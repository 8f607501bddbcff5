"""The runner of `make mutants`; these tests need its extra, mutmut."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("mutmut")

from libcst import Module
from mutmut.mutation.file_mutation import create_mutations, deep_replace

from tests.support.mutants import document, mutations, served
from tests.support.mutants.document import Named
from tests.support.mutants.forks import forked
from tests.support.mutants.mutations import Mutant
from tests.support.mutants.swap import swap

SOURCE = '''"""A module."""

from __future__ import annotations


def sign(number: int, *, zero: str = "zero") -> str:
    if number < 0:
        return "minus"
    return (
        "plus"
        if number > 0
        else zero
    )


class Sum:
    def __init__(self) -> None:
        self.sum = 0

    def add(self, number: int) -> int:
        match number:
            case 0:
                pass
            case _:
                self.sum += (
                    number
                )
        return self.sum

    @staticmethod
    def of(numbers: list[int]) -> int:
        return sum(number for number in numbers if number not in (1, 2) and not (number == 7 or False))
'''


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module of a project below the root."""
    monkeypatch.setattr(mutations, "ROOT", tmp_path)
    (tmp_path / "small.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path / "small.py"


@pytest.fixture
def small(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The same module, imported."""
    spec = spec_from_file_location("small", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "small", module)
    return module


def changed(path: Path, line: str) -> Mutant:
    """Return the mutant that adds this line."""
    return next(one for one in mutations.mutants(path) if f"+{line}" in one.difference().splitlines())


def test_a_mutant_is_the_module_that_mutmut_makes(path: Path) -> None:
    module, made, _, _ = create_mutations(str(path), SOURCE)
    expected = [deep_replace(module, one.original_node, one.mutated_node) for one in made]

    sources = [ast.dump(ast.parse(one.source)) for one in mutations.mutants(path)]

    assert len(sources) > 20
    assert sorted(sources) == sorted(
        ast.dump(ast.parse(one.code)) for one in expected if isinstance(one, Module)
    )


def test_a_mutant_knows_its_function_and_the_lines_of_its_statement(path: Path) -> None:
    mutant = changed(path, "    if number < 1:")

    assert (mutant.name, mutant.body, mutant.lines) == ("small:sign 4", (7, 13), (7, 8))


def test_a_swapped_function_is_the_mutant_wherever_it_is_held(path: Path, small: ModuleType) -> None:
    held = small.sign

    swap(changed(path, "    if number <= 0:"))

    assert [held(number) for number in (-1, 0, 1)] == ["minus", "minus", "plus"]


def test_a_swapped_function_has_the_default_of_the_mutant(path: Path, small: ModuleType) -> None:
    swap(changed(path, 'def sign(number: int, *, zero: str = "XXzeroXX") -> str:'))

    assert small.sign(0) == "XXzeroXX"


def test_a_method_is_swapped_for_objects_that_exist_already(path: Path, small: ModuleType) -> None:
    held = small.Sum()

    swap(changed(path, "        self.sum = None"))

    assert held.sum == 0
    assert small.Sum().sum is None


def test_each_fork_works_alone() -> None:
    seen: list[int] = []

    def work(job: int) -> str:
        seen.append(job)
        return str(seen)

    assert sorted(forked([1, 2, 3], work)) == [(1, "[1]"), (2, "[2]"), (3, "[3]")]
    assert seen == []


def test_a_fork_that_fails_has_no_text() -> None:
    assert list(forked(["a"], lambda _: str(1 // 0))) == [("a", None)]


def test_a_test_that_takes_ten_times_its_time_hangs() -> None:
    def hang() -> None:
        while True:
            pass

    with pytest.raises(served.TimedOut), served.limit(0.0):
        hang()


REASONS = """### it is told later

- `noise._look`: `return None`
- `noise._pair`: `*`

### nobody asks

- `*`: `strict`
"""


def test_a_mutant_that_is_left_keeps_its_reason() -> None:
    found = Counter({Named("noise._look", "return None"): 1, Named("noise._pair", "a = 1"): 2})

    text, without = document.told(document.by_reason(REASONS), found)

    assert text == ("### it is told later\n\n- `noise._look`: `return None`\n- `noise._pair`: `*`, 2 mutants")
    assert without == {}


def test_a_mutant_without_a_reason_is_listed_as_such() -> None:
    found = Counter({Named("noise._look", "return 1"): 1, Named("rows._count", "strict"): 3})

    text, without = document.told(document.by_reason(REASONS), found)

    assert text == "### nobody asks\n\n- `*`: `strict`, 3 mutants"
    assert without == {Named("noise._look", "return 1"): 1}


def test_reasons_are_read_as_they_are_written() -> None:
    names = Counter({Named("noise._look", 'return f"`{name}`"'): 1, Named("rows.add", "x = [*a, **b][?]"): 2})
    text, _ = document.told({"a reason": list(names)}, names)

    again = document.told(document.by_reason(text), names)

    assert again == (text, {})


def test_the_change_of_a_mutant_is_the_line_it_has_instead(path: Path) -> None:
    mutant = changed(path, "    if number < 1:")

    assert document.name(mutant) == Named("small.sign", "if number < 1:")


def test_a_change_of_strict_alone_is_named_so(path: Path) -> None:
    path.write_text("def pairs(a, b):\n    return zip(a, b, strict=True)\n", encoding="utf-8")

    names = [document.name(mutant).change for mutant in mutations.mutants(path)]

    assert names == [
        "return zip(None, b, strict=True)",
        "return zip(a, None, strict=True)",
        "strict",
        "return zip(b, strict=True)",
        "return zip(a, strict=True)",
        "strict",
        "strict",
    ]
