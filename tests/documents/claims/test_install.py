"""The packages that a library needs beside itself."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from opentelemetry.sdk import environment_variables

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import needs_thrift_exporter
from tests.support.runs import SDK


def importing(module: str, without: str) -> str:
    """Return the last line that Python prints on importing `module` with `without` not installed."""
    code = f"import sys; sys.modules[{without!r}] = None; import {module}"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    return result.stderr.strip().rpartition("\n")[2]


def required(distribution: str) -> str:
    return " ".join(metadata.requires(distribution) or ())


@claim("install-six")
def test_jaeger_client_needs_six_and_does_not_declare_it() -> None:
    assert "six" not in required("jaeger-client")
    assert importing("jaeger_client", without="six").startswith("ModuleNotFoundError: import of six")


@needs_thrift_exporter
@claim("install-deprecated")
def test_the_thrift_exporter_needs_deprecated_and_does_not_declare_it() -> None:
    module = "opentelemetry.exporter.jaeger.thrift"

    assert "deprecated" not in required("opentelemetry-exporter-jaeger-thrift").lower()
    assert importing(module, "deprecated").startswith("ModuleNotFoundError: import of deprecated")


@claim("install-thrift-exporter")
def test_the_name_that_the_thrift_exporter_imports_is_gone_from_sdk_1_40() -> None:
    assert hasattr(environment_variables, "OTEL_EXPORTER_JAEGER_AGENT_HOST") == (SDK < (1, 40))


@claim("install-propagators")
def test_jaegers_and_b3s_propagators_are_packages_of_their_own() -> None:
    propagators = metadata.entry_points(group="opentelemetry_propagator")
    home = {entry.name: entry.dist.name for entry in propagators if entry.dist}

    assert {name: home[name] for name in ("tracecontext", "baggage", "jaeger", "b3", "b3multi")} == {
        "tracecontext": "opentelemetry-api",
        "baggage": "opentelemetry-api",
        "jaeger": "opentelemetry-propagator-jaeger",
        "b3": "opentelemetry-propagator-b3",
        "b3multi": "opentelemetry-propagator-b3",
    }
