"""Every flow has twins, a shim, commands and documented ports."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping

import pytest

from ot2otel.lab.catalog import FLOWS, VARIANTS, Service, Variant
from tests.support.runs import ROOT

LEGACY, NATIVE, SHIM = (ROOT / VARIANTS[name].package for name in ("legacy", "native", "shim"))
# The set-up of the tracer, the one module without a twin.
TRACING = "tracing.py"
MODULES = sorted(path.name for path in LEGACY.glob("*.py") if path.name != TRACING)
# For the HTTP conventions, which redact a URL and take it apart; OpenTracing's tags have the URL as it is.
URLS = "urls.py"


def functions(source: str) -> list[tuple[str, str]]:
    """Return the names and arguments of all functions, including those inside of others, in their order."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return [(node.name, ast.unparse(node.args)) for node in nodes]


def test_the_packages_have_the_same_modules() -> None:
    assert sorted(path.name for path in NATIVE.glob("*.py")) == sorted([*MODULES, TRACING, URLS])


@pytest.mark.parametrize("module", MODULES)
def test_twins_have_the_same_functions_with_the_same_arguments_in_the_same_order(module: str) -> None:
    legacy, native = ((package / module).read_text() for package in (LEGACY, NATIVE))

    assert functions(legacy) == functions(native)


def test_running_a_service_is_the_same_in_both_packages() -> None:
    legacy, native = ((package / "__main__.py").read_text() for package in (LEGACY, NATIVE))

    # The imports are sorted, so the lines are the same in another order.
    assert sorted(legacy.replace(LEGACY.name, NATIVE.name).splitlines()) == sorted(native.splitlines())


def test_the_shim_has_no_flow() -> None:
    # repair.py is a file to copy into any program.
    found = {path.name: functions(path.read_text()) for path in SHIM.glob("*.py") if path.name != "repair.py"}

    assert found == {
        "__init__.py": [],
        "__main__.py": [],
        "repaired.py": [("start_tracing", "service: str")],
        "tracing.py": [("start_tracing", "service: str")],
    }


def commands(package: str) -> Mapping[str, Mapping[str, Service]]:
    """Return the services of a package by flow and name, as its commands declare them."""
    main = importlib.import_module(f"{package}.__main__").main
    return {
        flow: {
            name: Service(
                name,
                next(option.default for option in command.params if option.name == "port"),
                {option.opts[0]: option.opts[0][2:] for option in command.params if "_url" in option.name},
            )
            for name, command in group.commands.items()
        }
        for flow, group in main.commands.items()
    }


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_each_variant_runs_the_services_of_the_catalog_on_their_documented_ports(
    variant: Variant,
) -> None:
    catalog = {flow.name: {service.name: service for service in flow.services} for flow in FLOWS.values()}

    assert commands(variant.package) == catalog


@pytest.mark.parametrize("package", [LEGACY.name, NATIVE.name])
def test_a_service_calls_the_next_one_on_its_documented_port(package: str) -> None:
    ports = {service.name: service.port for flow in FLOWS.values() for service in flow.services}
    main = importlib.import_module(f"{package}.__main__").main
    urls = {
        option.opts[0][2:]: option.default
        for group in main.commands.values()
        for command in group.commands.values()
        for option in command.params
        if option.name.endswith("_url")
    }

    assert urls == {
        name: f"http://127.0.0.1:{ports[name]}" for name in ("server-2", "backend", "user-service")
    }


def test_no_two_services_of_any_variant_share_a_port() -> None:
    ports = [
        variant.port(service)
        for variant in VARIANTS.values()
        for flow in FLOWS.values()
        for service in flow.services
    ]

    assert len(set(ports)) == len(ports)


def test_every_port_is_documented() -> None:
    rows = [
        " | ".join([f"| `{flow.name}`", service.name, *(str(v.port(service)) for v in VARIANTS.values())])
        for flow in FLOWS.values()
        for service in flow.services
    ]
    documented = (ROOT / "docs" / "ports.md").read_text().splitlines()

    assert [row for row in rows if f"{row} |" not in documented] == []
