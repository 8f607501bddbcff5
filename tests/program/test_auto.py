"""The variant without a line of tracing: its flows are the traced ones, its spans the frameworks'."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel import recording_file
from ot2otel.cli import main
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.lab import catalog
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Kind, traces
from ot2otel.recording import Recording
from tests.golden import RECORDINGS
from tests.support.fake_jaeger import FakeJaeger
from tests.support.runs import ROOT, RUNS
from tests.support.verdicts import unexplained

AUTO, LEGACY = (ROOT / VARIANTS[name].package for name in ("auto", "legacy"))
# For tracing only: arguments, functions, and values.
TRACING_ARGUMENTS = {"tracing", "span", "context", "carrying", "creator"}
TRACING_FUNCTIONS = {
    *("incoming_span", "sending_along", "described", "record_lost", "handed_over_by", "attributes_of"),
}
Functions = dict[str, list[str]]

PROTOCOLS = VARIANTS["auto"].exporters
OVER_EACH = pytest.mark.parametrize("exporter", PROTOCOLS)

runs_here = pytest.mark.skipif(
    ("auto", "otlp-grpc") not in RUNS, reason="ot2otel[instrumentation] is not installed in this lane"
)


@cache
def recorded(flow: str) -> dict[tuple[str, str], Recording]:
    """Run a flow once in the two variants that are compared here."""
    runs = [("legacy", "jaeger"), *(("auto", exporter) for exporter in PROTOCOLS)]
    plans = [Plan(FLOWS[flow], VARIANTS[variant], exporter, work=0) for variant, exporter in runs]
    return dict(zip(runs, record(plans), strict=True))


def functions(module: Path) -> Functions:
    """Return the arguments of a module's functions."""
    return {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


def without_tracing(of: Functions) -> Functions:
    return {
        name: [
            argument
            for argument in arguments
            # The name of a database span, and no other function's.
            if argument not in TRACING_ARGUMENTS and (name, argument) != ("query", "name")
        ]
        for name, arguments in of.items()
        if name not in TRACING_FUNCTIONS
    }


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_has_the_functions_of_the_traced_one(flow: str) -> None:
    auto, traced = (functions(package / f"{flow}.py") for package in (AUTO, LEGACY))

    assert list(auto.items()) == list(without_tracing(traced).items())


# Handed on to other functions, for tracing only.
PASSED_ON = (
    *("tracing: Tracing, ", "span: Span, ", "tracing, ", "span, ", ", context: str"),
    *("carrying: Carrying, ", "carrying, "),
    *('span.get_baggage_item("greeting") or ', ", CARRYING[context]", "attributes_of", "headers=headers, "),
)
# Lines that a traced flow has otherwise: they do two things in one, and one of them is tracing.
OTHERWISE = {
    "orders": {
        "import requests",
        "from collections.abc import Sequence",
        "baggage: dict[str, str] = {}  # only a tracing API sets baggage and reads it",
        "user = create_user(users, name, email)",
        "def get_user_from_user_service(user_service_url: str, user_id: str, timeout: float) -> object:",
        "rows = query(users, statement, [user_id])",
        "rows = query(users, statement, [name, email])",
        "def query(users: sqlite3.Connection, statement: str, parameters: Sequence[str]) "
        "-> list[tuple[str, str, str]]:",
    },
    "frontend_backend": {
        "def call_backend(backend_url: str, timeout: float) -> tuple[str, int]:",
        "response = requests.get(backend_url, timeout=timeout)",
    },
    "hello": set(),
    "events": {
        "from ot2otel_flows.queues import Broker, Delivery, Worker, open_broker",
        "def attempt(broker: Broker, stage: Stage, counts: Counter[str], delivery: Delivery) "
        "-> Callable[[], None]:",
        'counts["lost"] += len(begun.lost)',
    },
}


def lines(module: Path) -> list[str]:
    """Return the lines of code without their indentation and without arguments for tracing."""
    text = module.read_text()
    for passed_on in PASSED_ON:
        text = text.replace(passed_on, "")
    return [line.strip() for line in text.splitlines() if not line.strip().startswith('"""')]


@pytest.mark.parametrize("flow", FLOWS)
def test_every_line_of_a_flow_is_one_of_the_traced_one(flow: str) -> None:
    auto, traced = (lines(package / f"{flow}.py") for package in (AUTO, LEGACY))

    assert {line for line in auto if line not in traced} - OTHERWISE[flow] == set()


@runs_here
@OVER_EACH
def test_a_request_to_hello_is_one_trace_of_the_frameworks_spans(exporter: str) -> None:
    first, *_ = traces(recorded("hello")["auto", exporter].spans)

    assert [
        (depth, node.span.service, node.span.kind, node.span.name, node.span.scope.name)
        for root in first.roots
        for depth, node in root.walk_with_depth()
    ] == [
        (0, "server-1", Kind.SERVER, "GET /<name>", "opentelemetry.instrumentation.flask"),
        (1, "server-1", Kind.CLIENT, "POST", "opentelemetry.instrumentation.requests"),
        (2, "server-2", Kind.SERVER, "POST /", "opentelemetry.instrumentation.flask"),
    ]


@runs_here
@OVER_EACH
@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_makes_the_spans_that_the_catalog_expects(flow: str, exporter: str) -> None:
    spans = recorded(flow)["auto", exporter].spans

    assert len(spans) == sum(request.of_frameworks for request in FLOWS[flow].requests)
    assert {span.resource["service.namespace"] for span in spans} == {"auto"}
    assert not any(span.name.startswith("GET /events") for span in spans)


@runs_here
def test_a_statement_by_the_connections_own_execute_makes_no_span() -> None:
    scopes = {span.scope.name for span in recorded("orders")["auto", "otlp"].spans}

    assert scopes == {f"opentelemetry.instrumentation.{name}" for name in ("flask", "requests")}


# By flow: all that no rule explains, the facts that were made by hand and that no framework knows.
BY_HAND = {
    "hello": {"attributes.hello.name", "event.answered"},
    "frontend_backend": {"event.handling backend call", "event.making backend call", "event.error"},
    "orders": {
        *("span.fetchUserDetails", "span.db.GetUser", "span.db.CreateUser", "event.error"),
        *("attributes.user.id", "attributes.user.email", "attributes.user.name", "attributes.order.id"),
        *("attributes.baggage.environment", "attributes.baggage.version"),
    },
    "events": {"span.event processing", "attributes.event.id", "attributes.message_bus.destination"},
}
# In events only the span of a message was made by hand. The framework makes one of the request that brought
# it, and of a request that brought none.
OTHERWISE_TOLD = {
    "events": {
        *((Grade.CHANGED, field) for field in ("kind", "name")),
        (Grade.NEW, "span.POST /events"),
        *((Grade.NEW, f"attributes.{key}") for key in ("http.request.method", "url.path")),
        (Grade.NEW, "attributes.http.response.status_code"),
    }
}


def gone(finding: Finding) -> str:
    """Return the field of a finding, with its value where that is the name of a span or an event."""
    field, value = finding.old_field or finding.new_field, finding.old or finding.new
    if field in ("span", "event", "event.name"):
        return f"{field.partition('.')[0]}.{value.strip(chr(34))}"
    return field


def golden(flow: str, run: str) -> Recording:
    return recording_file.read(RECORDINGS / f"{flow}-{run}.json")


def by_request(recording: Recording) -> list[Recording]:
    """Return a recording for each trace, in the order of the requests."""
    found = [tuple(node.span for node in trace.walk()) for trace in traces(recording.spans)]
    found.sort(key=lambda spans: min(span.start_ns for span in spans))
    return [replace(recording, spans=spans, answers=()) for spans in found]


def compared(legacy: Recording, auto: Recording) -> list[Verdict]:
    """Return the verdicts from legacy to auto, one for each request if each has a trace in both."""
    before, after = by_request(legacy), by_request(auto)
    if len(before) != len(after):
        return [judge(legacy, auto)]
    return [judge(*pair) for pair in zip(before, after, strict=True)]


def unexplained_fields(verdicts: Sequence[Verdict]) -> set[tuple[Grade, str]]:
    findings = [each for verdict in verdicts for each in verdict.findings]
    return {(each.grade, gone(each)) for each in findings if each.grade in (*UNEXPLAINED, Grade.NEW)}


def expected(flow: str) -> set[tuple[Grade, str]]:
    return {(Grade.GONE, field) for field in BY_HAND[flow]} | OTHERWISE_TOLD.get(flow, set())


@OVER_EACH
@pytest.mark.parametrize("flow", FLOWS)
def test_from_legacy_exactly_the_facts_that_no_framework_knows_are_gone(flow: str, exporter: str) -> None:
    verdicts = compared(golden(flow, "legacy-jaeger"), golden(flow, f"auto-{exporter}"))

    assert unexplained_fields(verdicts) == expected(flow)


@runs_here
@OVER_EACH
@pytest.mark.parametrize("flow", FLOWS)
def test_they_are_with_the_releases_of_this_lane_too(flow: str, exporter: str) -> None:
    verdicts = compared(recorded(flow)["legacy", "jaeger"], recorded(flow)["auto", exporter])

    assert unexplained_fields(verdicts) == expected(flow)


def told(verdict: Verdict) -> list[tuple[object, ...]]:
    """Return the findings without the values that differ between any two runs, like a client's port."""
    return sorted(
        (each.grade.value, each.service, each.old_field, each.new_field, [r.name for r in each.rules], each.n)
        for each in verdict.findings
    )


@pytest.mark.parametrize("flow", FLOWS)
def test_the_verdict_does_not_depend_on_the_protocol(flow: str) -> None:
    over_http, over_grpc = (
        list(map(told, compared(golden(flow, "legacy-jaeger"), golden(flow, f"auto-{exporter}"))))
        for exporter in PROTOCOLS
    )

    assert over_grpc == over_http


@pytest.mark.parametrize("flow", FLOWS)
def test_both_protocols_carry_the_same(flow: str) -> None:
    over_http, over_grpc = (golden(flow, f"auto-{exporter}") for exporter in PROTOCOLS)

    verdict = judge(over_http, over_grpc)

    assert (unexplained(verdict), verdict.outcome) == ([], Outcome.EQUIVALENT)


@OVER_EACH
def test_hello_keeps_its_names_kinds_statuses_and_spans_by_rules(exporter: str) -> None:
    legacy, auto = (golden("hello", run) for run in ("legacy-jaeger", f"auto-{exporter}"))

    rows = {row.name: (row.n, row.of) for row in judge(legacy, auto).ledger}

    assert {name: rows[name] for name in ("spans", "parents", "kinds", "errors", "names")} == {
        "spans": (8, 8),
        "parents": (5, 5),
        "kinds": (8, 8),
        "errors": (4, 4),
        "names": (8, 8),
    }


@pytest.mark.parametrize("before", ["legacy-jaeger", "shim-otlp", "shim+repair-jaeger", "native-otlp"])
@pytest.mark.parametrize(
    ("flow", "grades"),
    [
        ("hello", {("name", Grade.TRANSLATED)}),
        ("events", {("kind", Grade.CHANGED), ("name", Grade.CHANGED)}),
    ],
)
def test_a_name_by_hand_has_a_rule_if_its_span_was_of_such_a_kind(
    flow: str, grades: set[tuple[str, Grade]], before: str
) -> None:
    verdict = judge(golden(flow, before), golden(flow, "auto-otlp"))

    told = {(each.old_field, each.grade) for each in verdict.findings if each.old_field in ("name", "kind")}
    assert told == grades


@runs_here
def test_compare_runs_auto_over_the_exporter_that_is_asked_for() -> None:
    arguments = ["--variants", "legacy,auto", "--exporter", "otlp-grpc", "--work", "0", "--format", "json"]

    result = CliRunner().invoke(main, ["compare", *arguments])

    document = json.loads(result.stdout)
    assert list(document["recordings"]) == ["legacy/jaeger", "auto/otlp-grpc"]
    assert [verdict["verdict"] for verdict in document["verdicts"]] == ["different"]


def test_without_its_package_the_exporter_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = replace(catalog.EXPORTERS["otlp-grpc"], module="no_such_exporter")
    monkeypatch.setitem(catalog.EXPORTERS, "otlp-grpc", nowhere)
    monkeypatch.setitem(catalog.COMPARABLE, "auto", replace(VARIANTS["auto"], distributions=()))

    result = CliRunner().invoke(main, ["compare", "--variants", "legacy,auto", "--exporter", "all"])

    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert "auto can't export with otlp-grpc here" in result.output
    assert "pip install 'ot2otel[instrumentation]', or use --exporter otlp." in result.output


@pytest.mark.parametrize(
    ("variant", "wanted", "exporters"),
    [
        ("auto", "all", ("otlp", "otlp-grpc")),
        ("auto", "otlp-grpc", ("otlp-grpc",)),
        ("auto", "jaeger", ("otlp",)),
        ("native", "otlp-grpc", ("otlp",)),
        ("legacy", "otlp", ("jaeger",)),
    ],
)
def test_a_variant_without_the_wanted_exporter_uses_its_first(
    variant: str, wanted: str, exporters: tuple[str, ...]
) -> None:
    assert VARIANTS[variant].exporters_for(wanted) == exporters


@runs_here
def test_auto_sends_over_grpc_to_a_jaeger_as_well() -> None:
    arguments = ["--variants", "auto", "--exporter", "otlp-grpc", "--work", "0", "--format", "json"]

    with FakeJaeger() as jaeger:
        result = CliRunner().invoke(main, ["compare", *arguments, *jaeger.options])

    document = json.loads(result.stdout)
    assert list(document["recordings"]) == ["auto/otlp-grpc"]
