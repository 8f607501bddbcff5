"""The variant without a line of tracing: its flows are the traced ones, its spans the frameworks'."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ot2otel import recording_file
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import judge
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.model import Kind, traces
from tests.golden import RECORDINGS
from tests.support.excuses import requests_of
from tests.support.runs import ROOT, RUNS, recorded

AUTO, LEGACY = (ROOT / VARIANTS[name].package for name in ("auto", "legacy"))
# For tracing only: arguments, functions, and values.
TRACING_ARGUMENTS = {"tracing", "span", "context", "carrying", "creator"}
TRACING_FUNCTIONS = {
    *("incoming_span", "sending_along", "described", "record_lost", "handed_over_by", "attributes_of"),
}
Functions = dict[str, list[str]]

runs_here = pytest.mark.skipif(
    ("auto", "otlp") not in RUNS, reason="ot2otel[instrumentation] is not installed in this lane"
)


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
def test_a_request_to_hello_is_one_trace_of_the_frameworks_spans() -> None:
    first, *_ = traces(recorded("hello")["auto", "otlp"].spans)

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
@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_makes_the_spans_that_the_catalog_expects(flow: str) -> None:
    spans = recorded(flow)["auto", "otlp"].spans

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
}


def gone(finding: Finding) -> str:
    """Return the field of a finding, with its value where that is the name of a span or an event."""
    if finding.old_field in ("span", "event", "event.name"):
        return f"{finding.old_field.partition('.')[0]}.{finding.old.strip(chr(34))}"
    return finding.old_field


@pytest.mark.parametrize("flow", BY_HAND)
def test_from_legacy_exactly_the_facts_that_no_framework_knows_are_gone(flow: str) -> None:
    legacy, auto = (requests_of(RECORDINGS / f"{flow}-{run}.json") for run in ("legacy-jaeger", "auto-otlp"))

    findings = [each for pair in zip(legacy, auto, strict=True) for each in judge(*pair).findings]

    told = {gone(each) for each in findings if each.grade in (*UNEXPLAINED, Grade.NEW)}
    assert told == BY_HAND[flow]


def test_hello_keeps_its_names_kinds_statuses_and_spans_by_rules() -> None:
    legacy, auto = (
        recording_file.read(RECORDINGS / f"hello-{run}.json") for run in ("legacy-jaeger", "auto-otlp")
    )

    rows = {row.name: (row.n, row.of) for row in judge(legacy, auto).ledger}

    assert {name: rows[name] for name in ("spans", "parents", "kinds", "errors", "names")} == {
        "spans": (8, 8),
        "parents": (5, 5),
        "kinds": (8, 8),
        "errors": (4, 4),
        "names": (8, 8),
    }
