"""Recordings of libraries, step by step: all is explained, and no rule excuses more than it should.

Rules were written from the first scenario's recordings; the second is another service with other requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from ot2otel import recording_file
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.recording import Recording
from tests.golden.record_libraries import EXCHANGES, NEWEST, SCENARIOS, STEPS, pairs, path
from tests.support.excuses import excuses
from tests.support.verdicts import rules_of, unexplained

# Each fact of these is changed in the first ring, of all others in the second: they take minutes.
FIRST_RING = {
    ("flask", 1, "opentracing", "old"),
    ("requests", 1, "opentracing", "new"),
    ("redis", 1, "opentracing", "old"),
    ("grpc", 1, "opentracing", "old"),
}
_GRPC = {"grpc-client-mistake", "grpc-details-left-out", "grpc-exception-unset"}
_CELERY = {"celery-message-left-out", "celery-retry-log", "celery-worker-left-out"}
# By library and after: the rules that tell a loss.
LOST: Mapping[tuple[str, str, str], set[str]] = {
    ("flask", "opentracing", "old"): {"raw-path-as-name"},
    ("flask", "opentracing", "new"): {"raw-path-as-name"},
    ("flask", "dup", "new"): {"server-name-left-out"},
    ("django", "dup", "new"): {"server-name-left-out"},
    # `asgi` is no word of the scope's name.
    ("fastapi", "opentracing", "old"): {"component-lost"},
    ("fastapi", "opentracing", "new"): {"component-lost"},
    # `redis-py` is none either.
    ("redis", "opentracing", "old"): {"component-lost", "redis-values-hidden"},
    ("redis", "opentracing", "new"): {"component-lost", "redis-values-hidden"},
    ("redis", "dup", "new"): {"redis-database-left-out"},
    ("psycopg", "dup", "new"): {"db.user"},
    ("psycopg", "old", "new"): {"db.user"},
    ("celery", "opentracing", "old"): _CELERY,
    ("celery", "opentracing", "old-newest"): _CELERY,
    ("grpc", "opentracing", "old"): _GRPC,
    ("grpc", "opentracing", "old-newest"): _GRPC,
}

# Edits that no finding shows: each process has its own id, and in a stack only the line of the error counts.
UNSEEN = {
    (side, what, field)
    for side in ("before", "after")
    for what, field in (
        ("removed", "resource.service.instance.id"),
        ("changed", "resource.service.instance.id"),
        ("changed", "event.attributes.exception.stacktrace"),
    )
}
# Facts that the rules let go: without them there is less to lose.
LET_GO = {"attributes.db.redis.database_index", "attributes.db.statement", "attributes.db.user"} | {
    "attributes.component",
    "attributes.http.server_name",
    "name",
}
BESIDE = "the older name stands beside it with the right value"
NO_KIND = "the integration of SQLAlchemy wrote no kind"
NO_STATUS = "the integration of Starlette told neither the status code of HTTP nor that of a 5xx answer"
# The steps in which a reason holds, if not in all.
APPLIES: Mapping[str, Callable[[str, str, str], bool]] = {
    BESIDE: lambda library, before, after: after == "dup",
    NO_KIND: lambda library, before, after: (library, before) == ("sqlalchemy", "opentracing"),
    NO_STATUS: lambda library, before, after: (library, before) == ("fastapi", "opentracing"),
}


def everywhere(library: str, before: str, after: str) -> bool:
    return True


# Facts of the after with another value that leave the outcome as it was, by the reason.
ANY_VALUE = {
    "new in this step: the integration did not tell it": {
        *(
            f"attributes.{key}"
            for key in ("client.address", "client.port", "http.flavor", "http.server_name")
        ),
        *(
            f"attributes.{key}"
            for key in ("http.user_agent", "net.host.name", "net.host.port", "net.peer.ip")
        ),
        *(f"attributes.{key}" for key in ("net.peer.port", "network.peer.address", "network.peer.port")),
        *(f"attributes.{key}" for key in ("network.protocol.version", "url.query", "user_agent.original")),
        *("attributes.http.scheme", "attributes.url.scheme"),
        "event.attributes.exception.escaped",
        "event.attributes.exception.stacktrace",
        *("attributes.db.operation", "attributes.db.operation.name", "attributes.db.redis.args_length"),
        *("attributes.db.redis.database_index", "attributes.db.redis.pipeline_length"),
        *("attributes.net.peer.name", "attributes.net.transport", "attributes.network.transport"),
        *("resource.host.arch", "resource.host.id", "resource.service.instance.id"),
    },
    NO_KIND: {"kind"},
    NO_STATUS: {"attributes.http.status_code", "attributes.http.response.status_code", "status.code"},
    "the integration left out the query": {"attributes.http.target"},
    "the tracer's own, whose version may change": {
        *("scope.version", "resource.telemetry.sdk.language", "resource.telemetry.sdk.name"),
        "resource.telemetry.sdk.version",
    },
    BESIDE: {
        *("attributes.http.request.method", "attributes.http.response.status_code"),
        *("attributes.url.full", "attributes.url.path", "attributes.url.scheme"),
        *("attributes.db.namespace", "attributes.db.query.text", "attributes.db.system.name"),
    },
    "an address, and another one wherever it stood is noise": {
        *("resource.host.name", "attributes.server.address", "attributes.server.port"),
        "attributes.http.host",
    },
}


def without_new_spans(recording: Recording) -> Recording:
    spans = tuple(span for span in recording.spans if "asgi.event.type" not in span.attributes)
    return replace(recording, spans=spans)


@pytest.mark.parametrize(("library", "scenario", "before", "after"), STEPS)
def test_a_step_is_explained_and_its_losses_have_rules(
    library: str, scenario: int, before: str, after: str
) -> None:
    verdicts = [judge(old, new) for old, new in pairs(library, scenario, before, after)]

    assert [text for verdict in verdicts for text in unexplained(verdict)] == []
    assert [
        finding for verdict in verdicts for finding in verdict.findings if finding.grade is Grade.NEW
    ] == []
    lost = set().union(*(rules_of(verdict, Effect.DEGRADED) for verdict in verdicts))
    assert lost == LOST.get((library, before, after), set())


@pytest.mark.parametrize("library", [name for name, each in EXCHANGES.items() if each.without_opt_in])
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("lane", ["", NEWEST])
def test_old_conventions_are_the_new_ones_without_an_opt_in(library: str, scenario: int, lane: str) -> None:
    old, new = (recording_file.read(path(library, f"{run}{lane}", scenario)) for run in ("old", "new"))

    assert judge(old, new).outcome is Outcome.IDENTICAL


@pytest.mark.parametrize(("scenario", "failed"), [(0, 1), (1, 2)])
@pytest.mark.parametrize("lane", ["", NEWEST])
def test_exceptions_that_end_unset_in_a_grpc_server_are_diagnosed(
    scenario: int, failed: int, lane: str
) -> None:
    runs = ("opentracing", f"old{lane}")
    before, after = (recording_file.read(path("grpc", run, scenario)) for run in runs)
    verdict = judge(before, after)

    assert verdict.before.health == ()
    [note] = verdict.after.health
    assert (note.name, note.count) == ("errors without status", failed)
    found = [
        each for each in verdict.findings if "grpc-exception-unset" in {rule.name for rule in each.rules}
    ]
    assert sum(each.n for each in found) == failed


@pytest.mark.parametrize(
    ("library", "scenario", "before", "after"),
    [pytest.param(*step, marks=[] if step in FIRST_RING else pytest.mark.slow) for step in STEPS],
)
def test_no_rule_excuses_more_than_it_should(library: str, scenario: int, before: str, after: str) -> None:
    sides = pairs(library, scenario, before, after)
    # A span that only the after has is one finding, whatever it says.
    news = [without_new_spans(new) if before == "opentracing" else new for _, new in sides]

    # An error of PostgreSQL has more lines than the one that names it.
    known = {edit for edit in UNSEEN if library == "psycopg" or "stacktrace" not in edit[2]}
    found = excuses([old for old, _ in sides], news, known)

    assert found.unseen == set()
    assert {field for _, _, field in found.better} - LET_GO == set()
    any_value = {field for side, what, field in found.excused if (side, what) == ("after", "changed")}
    allowed = {
        why: fields
        for why, fields in ANY_VALUE.items()
        if APPLIES.get(why, everywhere)(library, before, after)
    }
    assert any_value - set().union(*allowed.values()) == set()
