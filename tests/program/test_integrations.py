"""The flows on OpenTracing's integrations, and the step from them to `auto`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel import recording_file
from ot2otel.cli import main
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.errors import Ot2OtelError
from ot2otel.lab import catalog
from ot2otel.lab.catalog import INTEGRATIONS, VARIANTS
from ot2otel.lab.installed import check_runnable
from ot2otel.model import Kind, StatusCode, traces
from tests.golden import RECORDINGS
from tests.support.excuses import excuses, requests_of
from tests.support.runs import ROOT, RUNS
from tests.support.verdicts import rules_of, unexplained

PROTOCOLS = VARIANTS["auto"].exporters
OVER_EACH = pytest.mark.parametrize("exporter", PROTOCOLS)
OF_EACH_FLOW = pytest.mark.parametrize("flow", INTEGRATIONS.flows)


def installed() -> bool:
    try:
        check_runnable(INTEGRATIONS, "jaeger")
    except Ot2OtelError:
        return False
    return ("auto", "otlp-grpc") in RUNS


runs_here = pytest.mark.skipif(
    not installed(), reason="ot2otel[integrations,instrumentation] is not installed in this lane"
)


def lines(module: Path) -> list[str]:
    """Return the lines of code without their indentation and without the argument for tracing."""
    text = module.read_text(encoding="utf-8")
    for passed_on in ("tracing: Tracing, ", "tracing, "):
        text = text.replace(passed_on, "")
    return [line.strip() for line in text.splitlines() if line.strip()]


# Calls that the session of the integration makes, and a signature that is too long for one line.
OTHERWISE = {
    "hello": {"response = session.post(server_2_url, data=name.encode(), headers=headers, timeout=timeout)"},
    "orders": {
        "response = session.get(user_url, timeout=timeout)",
        "def get_user_from_user_service(",
        "user_service_url: str, user_id: str, timeout: float",
        ") -> object:",
    },
}
INTEGRATION = (
    "from flask_opentracing import FlaskTracing",
    "from requests_opentracing import SessionTracing",
    "from legacy_opentracing.tracing import Tracing",
    "FlaskTracing(tracing.tracer, True, app)",
    "with SessionTracing(tracing.tracer) as session:",
)


@OF_EACH_FLOW
def test_a_flow_is_the_untraced_one_with_the_two_integrations(flow: str) -> None:
    traced, auto = (lines(ROOT / name / f"{flow}.py") for name in ("legacy_integrations", "otel_auto"))

    assert {line for line in traced if line not in auto} == {*INTEGRATION, *OTHERWISE[flow]}


def test_a_request_to_hello_is_one_trace_of_the_integrations_spans() -> None:
    _, failed, _ = traces(recording_file.read(RECORDINGS / "hello-integrations-jaeger.json").spans)

    assert [
        (depth, node.span.service, node.span.kind, node.span.name, node.span.status.code)
        for root in failed.roots
        for depth, node in root.walk_with_depth()
    ] == [
        (0, "server-1", Kind.SERVER, "hello", StatusCode.ERROR),
        (1, "server-1", Kind.CLIENT, "requests.post", StatusCode.ERROR),
        (2, "server-2", Kind.SERVER, "greet", StatusCode.UNSET),
    ]


# All that the instrumentations tell otherwise.
TRANSLATED = {
    *("component", "url", "http.request.method", "http.response.status_code", "method-in-capitals"),
    *("route-as-name", "method-as-name", "exception-event", "traceback-tag"),
}


@OVER_EACH
@OF_EACH_FLOW
def test_the_step_to_auto_loses_nothing(flow: str, exporter: str) -> None:
    integrations, auto = (
        recording_file.read(RECORDINGS / f"{flow}-{run}.json")
        for run in ("integrations-jaeger", f"auto-{exporter}")
    )

    verdict = judge(integrations, auto)

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)
    assert rules_of(verdict, Effect.DEGRADED) == set()
    assert rules_of(verdict, Effect.TRANSLATED) == TRANSLATED


# The run's own, which its recording leaves out.
OF_THE_RUN = {
    (side, what, f"resource.{key}")
    for side in ("before", "after")
    for what in ("removed", "changed")
    for key in ("ot2otel.run", "service.namespace")
}
# New in the after, the tracer's own, or an address, another of which is noise: any value may stand there.
ANY_VALUE = {
    *("client.address", "client.port", "host.name", "network.peer.address", "network.peer.port"),
    *("network.protocol.version", "user_agent.original"),
    *(
        "host.arch",
        "telemetry.auto.version",
        "telemetry.sdk.language",
        "telemetry.sdk.version",
        "scope.version",
    ),
}


@pytest.mark.slow
@OF_EACH_FLOW
def test_no_rule_excuses_more_than_it_should_in_this_step(flow: str) -> None:
    """The rules were written from other requests to other services."""
    before, after = (
        requests_of(RECORDINGS / f"{flow}-{run}.json") for run in ("integrations-jaeger", "auto-otlp")
    )

    found = excuses(before, after, OF_THE_RUN)

    changed = {edit for edit in found.excused if edit[:2] == ("after", "changed")} - OF_THE_RUN
    fields = {field.removeprefix("attributes.").removeprefix("resource.") for _, _, field in changed}
    assert (found.unseen, found.better) == (set(), set())
    assert fields - ANY_VALUE == set()


@runs_here
@OF_EACH_FLOW
def test_it_is_a_step_that_compare_runs(flow: str) -> None:
    arguments = ["--flow", flow, "--variants", "integrations,auto", "--exporter", "all", "--work", "0"]

    result = CliRunner().invoke(main, ["compare", *arguments, "--format", "json"])

    document = json.loads(result.stdout)
    assert list(document["recordings"]) == ["integrations/jaeger", "auto/otlp", "auto/otlp-grpc"]
    assert [verdict["verdict"] for verdict in document["verdicts"]] == ["equivalent", "equivalent"]
    assert result.exit_code == 0


def test_a_flow_that_the_variant_lacks_is_a_mistake() -> None:
    result = CliRunner().invoke(main, ["compare", "--flow", "events", "--variants", "integrations,auto"])

    assert result.exit_code == 2
    assert "integrations has the flows hello and orders alone: leave it out of --variants." in result.output


def test_without_the_integrations_their_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ot2otel.lab.installed._is_installed", lambda name: name != "Requests-OpenTracing")

    result = CliRunner().invoke(main, ["compare", "--variants", "integrations,auto"])

    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert "integrations needs Requests-OpenTracing (not installed)" in result.output
    assert "pip install 'ot2otel[integrations]'" in result.output


def test_only_compare_knows_the_variant() -> None:
    result = CliRunner().invoke(main, ["up", "--variants", "integrations"])

    assert result.exit_code == 2
    assert "integrations" in catalog.COMPARABLE
