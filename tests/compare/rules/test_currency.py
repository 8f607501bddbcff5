"""The currency of names: those that the after may have by a rule, and those that the native flows write.

They must not be deprecated in the package of semantic conventions of this lane.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from opentelemetry import semconv

import otel_native
from ot2otel import recording_file
from ot2otel.compare.facts import Place
from ot2otel.compare.rules.libraries import LIBRARIES
from ot2otel.compare.rules.rule import Added, Copied, Renamed
from tests.compare.rules.tables import OF_STEPS
from tests.golden import DIRECTORY

# Deprecated names that the after may have, or that the native flows write, each with its reason.
EXCEPTIONS = {
    "exception.escaped": "the SDK writes it into each exception that it records by itself",
    "otel.library.name": "the Jaeger thrift exporter writes it, for Jaegers of its time",
    "otel.library.version": "the Jaeger thrift exporter writes it, for Jaegers of its time",
}
# The tables of the rules for libraries.
OF_LIBRARIES = tuple(
    Path(__file__).parent / f"test_{name}.py"
    for name in ("libraries", "library_calls", "library_databases", "library_spans", "opting_in")
)
# These moved under the same names to conventions of their own, which are no part of the package.
MOVED = ("gen_ai.", "openai.")


@cache
def deprecated() -> frozenset[str]:
    """Return the attributes that the installed package deprecates: the texts below their names say so."""
    modules = [path for root in semconv.__path__ for path in Path(root).rglob("*_attributes.py")]
    return frozenset(name for module in modules for name in _deprecated(ast.parse(module.read_text())))


def _deprecated(module: ast.Module) -> Iterator[str]:
    for here, following in zip(module.body, module.body[1:], strict=False):
        match here, following:
            case (
                ast.AnnAssign(value=ast.Constant(value=str() as name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ) if text.strip().startswith(
                "Deprecated:"
            ):  # not "Deprecated in favor of stable ...", the same name
                yield name


def made_by_rules() -> Iterator[str]:
    """Yield the names that licences name as new, and those of the afters in the tables of cases.

    Without the rules for libraries: by default their instrumentations still write the older conventions.
    """
    of_libraries = {rule.name for rule in LIBRARIES}
    for rule in OF_STEPS.values():
        if rule.name in of_libraries:
            continue
        for licence in rule.licences:
            match licence:
                case Renamed(new=place) | Copied(place=place):
                    yield from key(place)
                case Added(places=places):
                    yield from (name for place in places for name in key(place))
    for path in sorted(set(Path(__file__).parent.glob("test_*.py")) - set(OF_LIBRARIES)):
        for table in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(table, ast.Assign) and ast.unparse(table.targets[0]) == "TRANSLATES":
                for case in getattr(table.value, "elts", ()):
                    before, after = (keys(side) for side in case.args[2:4])
                    yield from (name for name, value in after.items() if before.get(name) != value)


def key(place: Place) -> list[str]:
    return [str(place[-1])] if place[0] in ("attributes", "resource") or "attributes" in place else []


def keys(expression: ast.expr) -> dict[str, str]:
    """Return the keys of the maps in an expression, with the source of their values."""
    return {
        str(name.value): ast.unparse(value)
        for node in ast.walk(expression)
        if isinstance(node, ast.Dict)
        for name, value in zip(node.keys, node.values, strict=True)
        if isinstance(name, ast.Constant)
    }


def written_by_flows() -> Iterator[str]:
    """Yield the names in the recordings of the native flows, and all texts in their code."""
    for path in sorted((DIRECTORY / "recordings").glob("*-native-otlp.json")):
        for span in recording_file.read(path).spans:
            yield from (*span.attributes, *span.resource)
            yield from (name for event in span.events for name in event.attributes)
    for source in Path(otel_native.__path__[0]).glob("*.py"):
        yield from re.findall(r"\"([a-z_]+(?:\.[a-z_]+)+)\"", source.read_text(encoding="utf-8"))


def is_excepted(name: str) -> bool:
    return name in EXCEPTIONS or name.startswith(MOVED)


def test_the_package_deprecates_names() -> None:
    assert {"http.method", "net.peer.name", "db.user"} <= deprecated()


@pytest.mark.parametrize("names", [made_by_rules, written_by_flows])
def test_no_name_of_today_is_deprecated(names: Callable[[], Iterator[str]]) -> None:
    assert sorted({name for name in names() if name in deprecated() and not is_excepted(name)}) == []


def test_the_names_of_the_rules_and_of_the_flows_are_found() -> None:
    assert {"url.full", "http.request.method", "server.address", "rpc.method"} <= set(made_by_rules())
    assert {"http.request.method", "db.query.text", "messaging.system"} <= set(written_by_flows())


def test_each_exception_is_needed() -> None:
    assert set(EXCEPTIONS) <= {*made_by_rules(), *written_by_flows()} & deprecated()
