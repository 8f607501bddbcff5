"""Tests of `ot2otel.capture.distributions`."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from ot2otel.capture.distributions import tracing_distributions


def _environment(prefix: Path, *distributions: str, python: str = "python3.11") -> str:
    """Make the layout of a virtual environment; return its program."""
    program = prefix / "bin" / "gunicorn"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("")
    program.chmod(0o755)
    for distribution in distributions:
        name, version = distribution.split("==")
        directory = (
            prefix / "lib" / python / "site-packages" / f"{name.replace('-', '_')}-{version}.dist-info"
        )
        directory.mkdir(parents=True)
        (directory / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return str(program)


def test_the_interpreter_of_these_tests_has_the_sdk() -> None:
    found = tracing_distributions(sys.executable)
    assert found["opentelemetry-sdk"] == metadata.version("opentelemetry-sdk")
    assert "flask" not in found


def test_only_tracing_libraries_are_named(tmp_path: Path) -> None:
    program = _environment(
        tmp_path,
        "Flask_OpenTracing==1.1.0",
        "jaeger-client==4.8.0",
        "Flask==3.0.0",
        "opentelemetry_api==1.39.1",
    )
    assert tracing_distributions(program) == {
        "flask-opentracing": "1.1.0",
        "jaeger-client": "4.8.0",
        "opentelemetry-api": "1.39.1",
    }


def test_a_program_is_looked_for_on_the_path(tmp_path: Path) -> None:
    _environment(tmp_path, "jaeger-client==4.8.0")
    assert tracing_distributions("gunicorn", str(tmp_path / "bin")) == {"jaeger-client": "4.8.0"}


def test_a_program_that_is_not_there_or_of_two_pythons_tells_nothing(tmp_path: Path) -> None:
    assert tracing_distributions("no-such-program", str(tmp_path)) == {}
    program = _environment(tmp_path, "jaeger-client==4.8.0")
    (tmp_path / "lib" / "python3.12").mkdir()
    assert tracing_distributions(program) == {}


def test_records_of_older_installers_are_read_and_other_files_are_not(tmp_path: Path) -> None:
    program = _environment(tmp_path, "opentelemetry-sdk==1.39.1")
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / "jaeger_client-4.8.0-py3.11.egg-info").write_text("")
    (packages / "broken.dist-info").mkdir()
    assert tracing_distributions(program) == {"jaeger-client": "4.8.0", "opentelemetry-sdk": "1.39.1"}
