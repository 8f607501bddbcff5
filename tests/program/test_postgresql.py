"""What becomes of the spans of a real exchange with PostgreSQL: OpenTracing's tags, today's conventions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ot2otel.capture.environment import reporting_to, untraced
from ot2otel.compare.diff import Changed
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
    return Recording(spans, ports={"postgresql": Port(port, 5432)})


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    with postgresql_server() as port:
        return judge(recorded("opentracing", port), recorded("opentelemetry", port))


def unexplained_of(verdict: Verdict, query: str) -> dict[str, tuple[str | None, str | None]]:
    """Return the values before and after of each attribute of this query that no rule explains."""
    changes = [unexplained.difference for unexplained in verdict.unexplained]
    return {
        change.field.removeprefix("attributes."): (change.before, change.after)
        for change in changes
        if isinstance(change, Changed) and change.path == query
    }


def test_the_statement_and_the_exception_are_translated(verdict: Verdict) -> None:
    assert rules_of(verdict, Effect.TRANSLATED) == {"db.query.text", "exception-event"}
    assert rules_of(verdict, Effect.DEGRADED) == set()


def test_the_other_rules_are_about_the_tracers(verdict: Verdict) -> None:
    assert rules_of(verdict, Effect.BOOKKEEPING, Effect.ADDED) == {
        "detected-resource",
        "exception-escaped",
        "exception-status-message",
        "instrumentation-scope",
        "jaeger-client-ip",
        "jaeger-client-version",
        "sampler-tags",
        "sdk-resource",
    }


def test_no_rule_explains_what_becomes_of_the_component_the_user_the_system_and_the_address(
    verdict: Verdict,
) -> None:
    """Today's conventions have no name for the user nor the component: they are lost.

    The rest stands elsewhere, and no rule says so. OpenTracing's type of every SQL database is "sql". A
    namespace of PostgreSQL is `database|schema`. The conventions allow the SQLSTATE in `error.type`; the rule
    expects the exception's type there.
    """
    of_each_query = {
        "component": ('"psycopg"', None),
        "db.namespace": ('"postgres"', '"postgres|public"'),
        "db.system.name": (None, '"postgresql"'),
        "db.type": ('"sql"', None),
        "db.user": ('"keeper"', None),
        "peer.hostname": ('"127.0.0.1"', None),
        "peer.port": ("5432", None),
        "server.address": (None, '"127.0.0.1"'),
        "server.port": (None, "5432"),
    }
    assert {query: unexplained_of(verdict, query) for query in QUERIES} == {
        query: of_each_query | {"db.query.summary": (None, f'"{query}"')} | of_the_failed_one(query)
        for query in QUERIES
    }
    assert len(verdict.unexplained) == 2 * (len(of_each_query) + 1) + len(of_the_failed_one(FAILED))
    assert verdict.outcome is Outcome.DIFFERENT


def of_the_failed_one(query: str) -> dict[str, tuple[str | None, str | None]]:
    if query != FAILED:
        return {}
    return {
        "db.response.status_code": (None, f'"{UNDEFINED_TABLE}"'),
        "error.type": ('"psycopg.errors.UndefinedTable"', f'"{UNDEFINED_TABLE}"'),
    }


def test_the_kind_and_the_error_are_kept(verdict: Verdict) -> None:
    before, after = (
        {span.name: (span.kind, span.status.code) for span in recording.spans}
        for recording in (verdict.before, verdict.after)
    )

    assert before == after
    assert [name for name, (_, code) in after.items() if code.name == "ERROR"] == [FAILED]
