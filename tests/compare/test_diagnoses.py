"""Troubles of a set-up: each is seen in a real program that has it, with its way out, and in no sound one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import distributions, version
from pathlib import Path

import pytest

from ot2otel import recording_file
from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.compare.diagnoses import Note, diagnoses
from ot2otel.compare.forms import Forms
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.golden import LIBRARIES, RECORDINGS
from tests.support.runs import ROOT

FLASK = "opentelemetry-instrumentation-flask"


def is_missing(distribution: str) -> bool:
    return not any(True for _ in distributions(name=distribution))


needs_flask = pytest.mark.skipif(
    is_missing(FLASK), reason="ot2otel[instrumentation] is not installed in this lane"
)


def spans_of(module: str, *arguments: str, agent: bool = False, **settings: str) -> tuple[Span, ...]:
    """Run a planted program and return its spans."""
    with Collector() as collector:
        environment = {**untraced(), **reporting_to(collector, "otlp", {}), **settings}
        quiet = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
        command = [sys.executable, "-m", f"tests.support.planted.{module}", *arguments]
        if agent:
            command.insert(0, str(Path(sys.executable).with_name("opentelemetry-instrument")))
        subprocess.run(command, env=environment | quiet, cwd=ROOT, check=True, timeout=60)
    return collector.spans


def notes(*spans: Span, versions: Mapping[str, str] | None = None) -> list[Note]:
    return list(diagnoses(Forms().side(spans), versions or {}))


@needs_flask
def test_a_span_by_hand_beside_the_frameworks_is_two_servers_for_a_request() -> None:
    [note] = notes(*spans_of("two_providers", "manual", OTEL_SEMCONV_STABILITY_OPT_IN="http"))

    assert note == Note(
        "double SERVER spans",
        1,
        "1 request has two SERVER spans in one service, one by hand and one by an instrumentation: remove "
        "the one by hand, or leave the framework out with OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
    )


@needs_flask
def test_a_framework_with_a_provider_of_its_own_is_told_as_two_and_as_unnamed() -> None:
    found = notes(*spans_of("two_providers", "apart", OTEL_SEMCONV_STABILITY_OPT_IN="http"))

    assert [(note.name, note.count) for note in found] == [("unknown service", 1), ("two providers", 1)]
    assert "OTEL_SERVICE_NAME" in found[0].sentence
    assert "get_tracer_provider()" in found[1].sentence


@needs_flask
def test_old_names_by_hand_beside_the_libraries_new_ones_are_two_generations() -> None:
    [note] = notes(*spans_of("two_providers", "old", OTEL_SEMCONV_STABILITY_OPT_IN="http"))

    assert (note.name, note.count) == ("two generations", 1)
    assert note.sentence.startswith("shop: some spans follow old and some new HTTP conventions")


@needs_flask
def test_a_library_without_a_global_provider_is_silent() -> None:
    spans = spans_of("two_providers", "silent")

    [note] = notes(*spans, versions={FLASK: version(FLASK)})

    assert (note.name, note.count) == ("silent instrumentation", 1)
    assert note.sentence.startswith(
        "instrumentation of flask is installed, and makes no span of requests to a server, of which 1 span "
        "by hand tells: register the provider with set_tracer_provider()"
    )


@needs_flask
@pytest.mark.skipif(is_missing("opentelemetry-distro"), reason="there is no agent in this lane")
def test_a_library_of_a_version_that_is_not_instrumented_is_silent(tmp_path: Path) -> None:
    # The agent asks for the version of the distribution, and finds this one first.
    other = tmp_path / "flask-0.5.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: flask\nVersion: 0.5\n")

    [*_, note] = notes(
        *spans_of("silent_agent", agent=True, PYTHONPATH=f"{tmp_path}:{ROOT}", OTEL_SERVICE_NAME="shop")
    )

    assert (note.name, note.count) == ("silent instrumentation", 1)
    assert "OpenTelemetry's agent runs" in note.sentence
    assert "DependencyConflict" in note.sentence


@pytest.mark.skipif(
    is_missing("opentelemetry-instrumentation-grpc"), reason="gRPC is not instrumented in this lane"
)
def test_an_exception_in_a_grpc_server_ends_without_an_error() -> None:
    [note] = notes(*spans_of("failing_grpc"))

    assert (note.name, note.count) == ("errors without status", 1)
    assert "alerts on the status ERROR miss" in note.sentence


def _is_odd(name: str) -> bool:
    """Tell whether a recording has both generations, or exceptions that end UNSET in a gRPC server."""
    return "-dup" in name or (name.startswith("grpc") and not name.endswith("opentracing"))


SOUND = [
    *sorted(RECORDINGS.glob("*.json")),
    *(path for path in sorted(LIBRARIES.glob("*.json")) if not _is_odd(path.stem)),
]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_sound_recording_has_no_trouble(path: Path) -> None:
    recording = recording_file.read(path)

    assert notes(*recording.spans, versions=recording.versions) == []


def test_spans_with_both_generations_are_told_to_drop_the_old_one() -> None:
    [note] = notes(*recording_file.read(LIBRARIES / "flask-0-dup.json").spans)

    assert note.sentence.startswith("users: each span follows both old and new HTTP conventions")
    assert "take `/dup` out" in note.sentence
