"""The structure that import-linter does not check.

It knows no tests and no functions, and of another package the top-level name alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path

import pytest
from importlinter.api import read_configuration
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ot2otel import __version__
from tests.support.runs import ROOT

LOWEST = "3.10"  # requires-python of pyproject.toml


def imported(source: str) -> Iterator[str]:
    """Yield the full name of each module, or name in a module, that the source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def imports_below(*directories: str) -> list[tuple[Path, str]]:
    """Return the imports of all sources below these directories, each with its source's path."""
    return [
        (path.relative_to(ROOT), name)
        for directory in directories
        for path in sorted((ROOT / directory).rglob("*.py"))
        for name in imported(path.read_text(encoding="utf-8"))
    ]


def is_of_a_test(name: str) -> bool:
    return any(part == "conftest" or part.startswith("test_") for part in name.split("."))


def is_of_a_tracer(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "opentelemetry" and parts[1:2] != ["proto"]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param("import a.b, c as d", ["a.b", "c"], id="modules"),
        pytest.param("from a.b import c, d as e", ["a.b.c", "a.b.d"], id="things of a module"),
        pytest.param("from . import a\nfrom .a import b", [".a", "a.b"], id="of the same package"),
        pytest.param("def f():\n    if True:\n        from a import b", ["a.b"], id="in a function"),
        pytest.param("a = 'import b'  # import c", [], id="words"),
    ],
)
def test_the_imports_of_a_source_are_found(source: str, names: Sequence[str]) -> None:
    assert list(imported(source)) == names


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("tests.program.test_events.LIFECYCLE", True),
        ("tests.compare.rules.test_shim", True),
        ("tests.conftest.recordings", True),
        (".test_events", True),
        ("tests.support.events.wait_until", False),
        ("unittest.mock", False),
    ],
)
def test_a_test_module_is_known_by_its_name(name: str, is_one: bool) -> None:
    assert is_of_a_test(name) is is_one


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("opentelemetry.trace", True),
        ("opentelemetry", True),
        ("opentelemetry.protocol", True),
        ("opentelemetry.proto.trace.v1.trace_pb2", False),
        ("google.protobuf.message", False),
    ],
)
def test_all_of_opentelemetry_but_its_messages_is_a_tracers(name: str, is_one: bool) -> None:
    assert is_of_a_tracer(name) is is_one


def test_nothing_imports_from_a_test_module_or_a_conftest() -> None:
    found = imports_below("tests", "docs", "benchmarks")

    assert found
    assert [each for each in found if is_of_a_test(each[1])] == []


def test_the_instrument_decodes_and_receives_with_the_messages_of_opentelemetry_alone() -> None:
    found = [each for each in imports_below("ot2otel/wire", "ot2otel/receive") if "opentelemetry" in each[1]]

    assert found
    assert [each for each in found if is_of_a_tracer(each[1])] == []


def test_the_contracts_name_every_part_of_the_instrument() -> None:
    parts = {path.stem for path in (ROOT / "ot2otel").iterdir() if path.suffix == ".py" or path.is_dir()}
    instrument = {f"ot2otel.{part}" for part in parts - {"__init__", "__main__", "__pycache__", "cli", "lab"}}
    contracts = read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]

    named = {
        contract["name"]: set(contract["source_modules"])
        for contract in contracts
        if contract["name"].startswith(("Only the command line", "The instrument"))
    }
    assert named == dict.fromkeys(named, instrument)
    assert len(named) == 2


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many parameters a caller of the function has to think of."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    own = positional[1:] if positional and positional[0].arg in ("self", "cls") else positional
    return len([*own, *given.kwonlyargs]) + bool(given.vararg) + bool(given.kwarg)


def test_no_function_takes_more_than_eight_parameters() -> None:
    counted = {
        f"{path.relative_to(ROOT)}: {node.name}": parameters(node)
        for directory in ("ot2otel", "ot2otel_flows", "legacy_opentracing", "otel_native", "shim_bridge")
        for path in sorted((ROOT / directory).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert max(counted.values()) > 5
    assert {name: number for name, number in counted.items() if number > 8} == {}


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    """The date is written when the version is tagged; a section for later changes may stand above."""
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    versions = [heading for heading in headings if heading != "[Unreleased]"]
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - (unreleased|\d{{4}}-\d\d-\d\d)", versions[0])


def pins(text: str) -> Iterator[Requirement]:
    """Yield the requirements of a file of constraints that hold for the lowest Python."""
    for line in text.splitlines():
        pin = Requirement(line.partition("#")[0]) if line.partition("#")[0].strip() else None
        if pin and (pin.marker is None or pin.marker.evaluate({"python_version": LOWEST})):
            yield pin


def test_pins_of_the_lowest_python_are_those_without_a_marker_that_says_otherwise() -> None:
    text = '# made by hand\na==1\nb==2; python_version < "3.11"\nb==3; python_version >= "3.11"  # new\n'

    assert [str(pin) for pin in pins(text)] == ["a==1", 'b==2; python_version < "3.11"']


@pytest.mark.parametrize("file", sorted(ROOT.glob("constraints*.txt")), ids=lambda file: file.name)
def test_no_pin_asks_for_a_newer_python_than_the_package_does(file: Path) -> None:
    """The installed distributions tell; of a pin of another version nothing is known here."""
    asked = {
        (canonicalize_name(each.metadata["Name"]), each.version): each.metadata["Requires-Python"]
        for each in distributions()
        if "Requires-Python" in each.metadata
    }
    wanted = {
        str(pin): asked.get((canonicalize_name(pin.name), f"{pin.specifier}".removeprefix("==")))
        for pin in pins(file.read_text(encoding="utf-8"))
    }

    known = {pin: SpecifierSet(pythons) for pin, pythons in wanted.items() if pythons}
    assert known
    assert [pin for pin, pythons in known.items() if not pythons.contains(f"{LOWEST}.19")] == []


def is_of_a_face(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, an import or the assignment of a name like `__all__`."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.startswith("__")
    return False


def test_a_package_is_a_face_and_nothing_else() -> None:
    packages = [
        path
        for directory in ("ot2otel", "ot2otel_flows", "legacy_opentracing", "otel_native", "shim_bridge")
        for path in (ROOT / directory).rglob("__init__.py")
    ]
    logic = [
        str(path.relative_to(ROOT))
        for path in packages
        if not all(map(is_of_a_face, ast.parse(path.read_text(encoding="utf-8")).body))
    ]

    assert len(packages) > 10
    assert logic == []
