"""docs/repair.md: its commands run as printed, and the Collector's kept answers are repaired."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from docs.makers import collector
from ot2otel import recording_file
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.model import Kind, Span, StatusCode
from ot2otel.recording import Recording
from ot2otel.wire.jaeger_translation import status
from tests.golden import DIRECTORY, RECORDINGS
from tests.golden.capture_collector import COLLECTOR, TAGGED, TUTORIAL, before
from tests.support import shim_tags
from tests.support.repaired import LEFT, losses
from tests.support.runs import ROOT, SDK

DOCUMENT = (ROOT / "docs" / "repair.md").read_text(encoding="utf-8")
COMMANDS = [line for line in re.findall(r"^\$ (.+)$", DOCUMENT, re.MULTILINE) if line.startswith("ot2otel ")]
FLOWS = sorted({flow for flow, _ in LEFT})


def run(command: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_as_printed_and_nothing_but_what_the_text_names_is_lost(command: str) -> None:
    done = run(command)

    assert done.returncode == 0, done.stdout + done.stderr
    assert ("kinds 5/5" if "diff" in command else "kinds 8/8, errors 4/4") in done.stdout


def test_the_shown_line_is_the_one_of_the_variant() -> None:
    [line] = re.findall(r"^```python\n(.*)\n```", DOCUMENT, re.MULTILINE)

    assert f"    {line}\n" in (ROOT / "shim_bridge" / "repaired.py").read_text(encoding="utf-8")


def test_the_file_for_the_collector_is_what_its_command_makes() -> None:
    assert (ROOT / collector.FILE).read_text(encoding="utf-8") == collector.configuration()


def test_the_file_for_the_collector_holds_the_statements_for_the_shims_spans_alone() -> None:
    found = YAML(typ="safe").load((ROOT / collector.FILE).read_text(encoding="utf-8"))

    assert found == {
        "processors": {
            "transform/shim_repair": {
                "error_mode": "ignore",
                "trace_statements": [
                    {
                        "conditions": ['scope.name == "opentelemetry.shim.opentracing_shim"'],
                        "statements": collector.statements(),
                    }
                ],
            }
        }
    }


def test_each_statement_sets_a_fact_or_takes_the_tag_that_says_the_same() -> None:
    assert collector.statements()[:2] + collector.statements()[-2:] == [
        "set(span.kind, SPAN_KIND_SERVER) "
        'where span.kind == SPAN_KIND_INTERNAL and span.attributes["span.kind"] == "server"',
        'delete_key(span.attributes, "span.kind") '
        'where span.kind == SPAN_KIND_SERVER and span.attributes["span.kind"] == "server"',
        "set(span.status.code, STATUS_CODE_ERROR) "
        'where span.status.code == STATUS_CODE_UNSET and span.attributes["error"] == true',
        'delete_key(span.attributes, "error") '
        'where span.status.code == STATUS_CODE_ERROR and span.attributes["error"] == true',
    ]
    assert len(collector.statements()) == 10


def spans_of(name: str) -> tuple[Span, ...]:
    return recording_file.read(COLLECTOR / f"{name}.jsonl").spans


@cache
def legacy(flow: str) -> Recording:
    return recording_file.read(RECORDINGS / f"{flow}-legacy-jaeger.json")


def through_the_collector(flow: str) -> Verdict:
    """Judge jaeger-client's recording and the shim's, whose spans went through the Collector."""
    shim = recording_file.read(RECORDINGS / f"{flow}-shim-otlp.json")
    return judge(legacy(flow), replace(shim, spans=spans_of(f"{flow}-after")))


def test_the_collector_got_the_shims_spans_of_the_recordings() -> None:
    sent = {name: json.dumps(document) + "\n" for name, document in before().items()}

    kept = {name: Path(COLLECTOR, f"{name}-before.jsonl").read_text(encoding="utf-8") for name in sent}
    assert kept == sent


@pytest.mark.parametrize("flow", FLOWS)
def test_behind_the_collector_only_what_no_repair_can_bring_back_is_lost(flow: str) -> None:
    verdict = through_the_collector(flow)

    assert (verdict.outcome, losses(verdict)) == LEFT[flow, "otlp"]


@pytest.mark.parametrize("flow", FLOWS)
def test_the_collector_and_the_processor_make_the_same_of_a_flow(flow: str) -> None:
    processor = recording_file.read(RECORDINGS / f"{flow}-shim+repair-otlp.json")
    shim = recording_file.read(RECORDINGS / f"{flow}-shim-otlp.json")

    verdict = judge(processor, replace(shim, spans=spans_of(f"{flow}-after")))

    assert verdict.outcome is Outcome.IDENTICAL


def test_the_collector_repairs_a_strangers_spans() -> None:
    before_it = recording_file.read(DIRECTORY / "own" / f"{TUTORIAL}-legacy.jsonl")
    after_it = recording_file.read(COLLECTOR / f"{TUTORIAL}-after.jsonl")

    verdict = judge(before_it, after_it)

    lost = {finding.field for finding in verdict.findings if finding.grade is Grade.DEGRADED}
    assert (verdict.outcome, lost) == (Outcome.DEGRADED, {"resource.host.name"})


@pytest.mark.parametrize("case", shim_tags.TAGGED, ids=lambda case: case.name)
def test_the_collector_makes_of_each_tag_what_the_processor_makes(case: shim_tags.Tagged) -> None:
    [span] = [span for span in spans_of(f"{TAGGED}-after") if span.name == case.name]

    assert (span.kind, span.status.code, span.attributes) == (case.kind, case.status, case.left)


def test_the_collector_leaves_a_span_of_another_scope_as_it_is() -> None:
    [sent], [got] = (
        [span for span in spans_of(f"{TAGGED}-{side}") if span.name == shim_tags.OF_ANOTHER_SCOPE]
        for side in ("before", "after")
    )

    assert (got.kind, got.status, got.attributes) == (sent.kind, sent.status, sent.attributes)
    assert sent.attributes == {"span.kind": "server", "error": True}


def test_jaeger_takes_an_error_from_the_http_status_code_alone() -> None:
    assert status({"http.status_code": 500}, Kind.SERVER).code is StatusCode.ERROR


def test_the_versions_that_the_processor_was_tested_with_are_those_of_the_lanes() -> None:
    assert ".".join(map(str, SDK)) in DOCUMENT
