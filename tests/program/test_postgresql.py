"""What becomes of the spans of a real exchange with PostgreSQL: OpenTracing's tags, today's conventions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.receive.collector import Collector
from ot2otel.recording import Port, Recording
from tests.support.peers import peer
from tests.support.postgresql_server import postgresql_server
from tests.support.runs import ROOT
from tests.support.verdicts import rules_of

pytestmark = peer("postgresql")

QUERIES = ("SELECT orders", "SELECT invoices")
FAILED = "SELECT invoices"
UNDEFINED_TABLE = "42P01"


def recorded(api: str, port: int) -> Recording:
    """Make the exchange with the server at this port; its spans name PostgreSQL's documented port."""
    with Collector() as collector:
        ran = subprocess.run(
            [sys.executable, "-m", f"tests.support.planted.postgresql_{api}", str(port)],
            cwd=ROOT,
            env={**untraced(), **reporting_to(collector, "otlp", {})},
            stdout=subprocess.PIPE,
            text=True,
            timeout=30,
            check=True,
        )
        assert ran.stdout == f"{UNDEFINED_TABLE}\n"
        spans = collector.wait_for(lambda spans: len(spans) >= len(QUERIES), expected="a span of each query")
    assert [span.name for span in spans] == list(QUERIES)
    return Recording(spans, "postgresql", ports={"postgresql": Port(port, 5432)})


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    with postgresql_server() as port:
        return judge(recorded("opentracing", port), recorded("opentelemetry", port))


def left_over(verdict: Verdict) -> dict[str, tuple[str, str, int]]:
    """Return the values before and after of each attribute that no rule explains, and in how many spans."""
    return {
        finding.field.removeprefix("attributes."): (finding.old, finding.new, finding.n)
        for finding in verdict.findings
        if finding.grade in (*UNEXPLAINED, Grade.NEW)
    }


def test_the_statement_the_address_and_the_exception_are_translated(verdict: Verdict) -> None:
    assert rules_of(verdict, Effect.TRANSLATED) == {
        *("db.query.text", "server.address", "server.port", "exception-event")
    }


def test_the_system_is_told_better_than_by_the_type_of_every_sql_database(verdict: Verdict) -> None:
    assert rules_of(verdict, Effect.IMPROVED) == {"sql-product"}


def test_the_user_and_the_component_are_lost(verdict: Verdict) -> None:
    """Today's conventions have no name for the user, and a scope by hand has another name."""
    assert rules_of(verdict, Effect.DEGRADED) == {"component-lost", "db.user"}


def test_the_other_rules_are_about_the_tracers(verdict: Verdict) -> None:
    assert rules_of(verdict, Effect.BOOKKEEPING, Effect.ADDED) == {
        "detected-resource",
        "error.type",
        "exception-escaped",
        "exception-status-message",
        "flags-not-carried",
        "instrumentation-scope",
        "jaeger-client-ip",
        "jaeger-client-version",
        "sampler-tags",
        "sdk-resource",
    }


def test_no_rule_explains_what_becomes_of_the_namespace_and_the_code(verdict: Verdict) -> None:
    """A namespace of PostgreSQL is `database|schema`, and OpenTracing told the database alone."""
    assert left_over(verdict) == {
        "db.instance": ('"postgres"', '"postgres|public"', 2),
        "db.query.summary": ("", ", ".join(f'"{query}"' for query in QUERIES), 2),
        "db.response.status_code": ("", f'"{UNDEFINED_TABLE}"', 1),
    }
    assert verdict.outcome is Outcome.DIFFERENT


def test_the_kind_and_the_error_are_kept(verdict: Verdict) -> None:
    before, after = (
        {span.name: (span.kind, span.status.code) for span in recording.spans}
        for recording in (verdict.before.recording, verdict.after.recording)
    )

    assert before == after
    assert [name for name, (_, code) in after.items() if code.name == "ERROR"] == [FAILED]
