"""The packages that a library needs beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

from tests.documents.claims.marks import claim
from tests.documents.claims.processes import python
from tests.documents.claims.tracers import HAS_THRIFT_EXPORTER, needs_thrift_exporter
from tests.support.runs import SDK


def importing(module: str, without: str) -> str:
    """Return the last line that Python prints on importing `module` with `without` not installed."""
    return last_error(f"import sys; sys.modules[{without!r}] = None; import {module}")


def last_error(code: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the last line of the errors that a program prints, "" for none."""
    return python("-c", code, environment=environment).stderr.strip().rpartition("\n")[2]


def required(distribution: str) -> str:
    return " ".join(metadata.requires(distribution) or ())


@claim("install-six", "jaeger_client")
def test_jaeger_client_needs_six_and_does_not_declare_it() -> None:
    assert "six" not in required("jaeger-client")
    assert importing("jaeger_client", without="six").startswith("ModuleNotFoundError: import of six")


@needs_thrift_exporter
@claim("install-deprecated", "opentelemetry.exporter.jaeger.thrift")
def test_the_thrift_exporter_needs_deprecated_and_does_not_declare_it() -> None:
    module = "opentelemetry.exporter.jaeger.thrift"

    assert "deprecated" not in required("opentelemetry-exporter-jaeger-thrift").lower()
    assert importing(module, "deprecated").startswith("ModuleNotFoundError: import of deprecated")


@claim("install-thrift-exporter", "opentelemetry.sdk.environment_variables")
def test_the_name_that_the_thrift_exporter_imports_is_gone_from_sdk_1_40() -> None:
    settings, name = "opentelemetry.sdk.environment_variables", "OTEL_EXPORTER_JAEGER_AGENT_HOST"
    gone = f"ImportError: cannot import name '{name}' from '{settings}'"

    found = last_error(f"from {settings} import {name}")

    assert found == "" if SDK < (1, 40) else found.startswith(gone)
    if HAS_THRIFT_EXPORTER:
        without = (
            f"import {settings} as settings; del settings.{name}; import opentelemetry.exporter.jaeger.thrift"
        )
        assert last_error(without).startswith(gone)


@claim("install-propagators", "opentelemetry.propagate")
def test_jaegers_and_b3s_propagators_are_packages_of_their_own() -> None:
    propagators = metadata.entry_points(group="opentelemetry_propagator")
    home = {entry.name: entry.dist.name for entry in propagators if entry.dist}
    modules = {"jaeger": "jaeger", "b3": "b3", "b3multi": "b3"}
    ended = {}
    for name, module in modules.items():
        without = f"import sys; sys.modules['opentelemetry.propagators.{module}'] = None; "
        ended[name] = last_error(without + "import opentelemetry.propagate", {"OTEL_PROPAGATORS": name})

    assert {name: home[name] for name in ("tracecontext", "baggage", *modules)} == {
        "tracecontext": "opentelemetry-api",
        "baggage": "opentelemetry-api",
        "jaeger": "opentelemetry-propagator-jaeger",
        "b3": "opentelemetry-propagator-b3",
        "b3multi": "opentelemetry-propagator-b3",
    }
    assert "opentelemetry-propagator" not in required("opentelemetry-sdk") + required("opentelemetry-api")
    assert [line.partition(":")[0] for line in ended.values()] == ["ModuleNotFoundError"] * 3
