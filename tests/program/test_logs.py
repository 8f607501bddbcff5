"""Log lines carry the ids of the span that was active; a back end shows the span under them."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import requests

from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.receive.collector import Collector
from tests.support.running import services
from tests.support.runs import HAND_MADE, ROOT

IDS = re.compile(r"\[(?P<logger>[\w.]+)\] \[trace_id=(?P<trace>\w*) span_id=(?P<span>\w*)\] (?P<message>.*)")
CORRELATED = {"OTEL_PYTHON_LOG_CORRELATION": "true"}
NO_SPAN = ("0" * 32, "0" * 16)


def test_a_request_is_not_logged_by_default() -> None:
    lines: list[str] = []
    with Collector() as collector, services("hello", "native", "otlp", collector, show=lines.append) as run:
        requests.get(f"{run['server-1'].url}/Bryan", timeout=10)

    # On a busy machine waitress tells the depth of its queue.
    others = ("listening", "Task queue depth")
    assert [line for line in lines if not any(each in line for each in others)] == []


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_each_service_logs_its_request_with_the_ids_of_the_span_that_arrives(run: tuple[str, str]) -> None:
    lines: list[str] = []
    with Collector() as collector:
        with services("hello", *run, collector, settings=CORRELATED, show=lines.append) as running:
            requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
        spans = collector.wait_for(lambda spans: len(spans) >= 3)

    logged = {
        (found["trace"], found["span"], found["message"])
        for line in lines
        if (found := IDS.search(line)) and found["logger"].endswith(".incoming")
    }
    ids = {span.name: (span.trace_id, span.span_id) for span in spans}
    assert logged == {(*ids["server-1"], "GET '/Bryan'"), (*ids["server-2"], "POST '/'")}


def test_a_path_can_not_forge_a_line() -> None:
    lines: list[str] = []
    with (
        Collector() as collector,
        services("hello", "legacy", "jaeger", collector, settings=CORRELATED, show=lines.append) as run,
    ):
        requests.get(f"{run['server-1'].url}/a%0Aforged", timeout=10)

    assert [line for line in lines if line.startswith("forged")] == []
    assert [line for line in lines if line.endswith(r"GET '/a\nforged'")] != []


@pytest.mark.parametrize("variant", BY_HAND)
def test_ids_follow_into_tasks_and_into_threads_with_the_context(variant: str) -> None:
    package = VARIANTS[variant].package
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.planted.log_lines", package],
        cwd=ROOT,
        env={**os.environ, **CORRELATED, "OTEL_TRACES_EXPORTER": "none", "JAEGER_AGENT_HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    found = [match for line in ran.stderr.splitlines() if (match := IDS.search(line))]
    logged = [
        (place, tuple(expected.split(":")), (match["trace"], match["span"]))
        for match in found
        if match["logger"] == "planted"
        for place, _, expected in [match["message"].rpartition(" ")]
    ]
    right = [place for place, expected, ids in logged if expected == ids]
    without = [place for place, _, ids in logged if ids == NO_SPAN]
    assert (right, without) == (
        ["after an await", "after an await", "in a thread with the context"],
        ["in a thread of its own", "outside of"],
    )


def test_an_unknown_level_is_refused_with_one_line() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "otel_native", "hello", "server-2", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **CORRELATED, "OTEL_TRACES_EXPORTER": "none", "OTEL_PYTHON_LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr.splitlines()[-1]) == (
        2,
        "Error: server-2 can't be traced with the settings in the environment: Unknown level: 'LOUD'",
    )
