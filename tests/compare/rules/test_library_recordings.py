"""Recordings of libraries, step by step: all is explained, and no rule excuses more than it should.

Rules were written from the first scenario's recordings; the second is another service with other requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import judge
from ot2otel.recording import Recording
from tests.golden.record_libraries import EXCHANGES, SCENARIOS, path
from tests.support.excuses import excuses, requests_of
from tests.support.verdicts import rules_of, unexplained

# Library, scenario, before, after.
STEPS = [
    (library, scenario, *step)
    for library, exchange in EXCHANGES.items()
    for scenario in SCENARIOS
    for step in exchange.steps
]
# By library and after: the rules that tell a loss.
LOST: Mapping[tuple[str, str, str], set[str]] = {
    ("flask", "opentracing", "old"): {"raw-path-as-name"},
    ("flask", "opentracing", "new"): {"raw-path-as-name"},
    ("flask", "dup", "new"): {"server-name-left-out"},
}

# Facts that the rules let go: without them there is less to lose.
LET_GO = {"attributes.http.server_name", "attributes.http.target", "name"}
BESIDE = "the older name stands beside it with the right value"
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
        "event.attributes.exception.escaped",
        "event.attributes.exception.stacktrace",
        "resource.host.arch",
    },
    "the integration left out the query": {"attributes.http.target"},
    "the tracer's own, whose version may change": {
        *("scope.version", "resource.telemetry.sdk.language", "resource.telemetry.sdk.name"),
        "resource.telemetry.sdk.version",
    },
    BESIDE: {
        *("attributes.http.request.method", "attributes.http.response.status_code"),
        *("attributes.url.full", "attributes.url.path", "attributes.url.scheme"),
    },
    "an address, and another one wherever it stood is noise": {
        *("resource.host.name", "attributes.server.address", "attributes.server.port"),
        "attributes.http.host",
    },
}


def requests(library: str, scenario: int, run: str) -> Sequence[Recording]:
    return requests_of(path(library, run, scenario))


@pytest.mark.parametrize(("library", "scenario", "before", "after"), STEPS)
def test_a_step_is_explained_and_its_losses_have_rules(
    library: str, scenario: int, before: str, after: str
) -> None:
    olds, news = requests(library, scenario, before), requests(library, scenario, after)

    verdicts = [judge(old, new) for old, new in zip(olds, news, strict=True)]

    assert [text for verdict in verdicts for text in unexplained(verdict)] == []
    assert [
        finding for verdict in verdicts for finding in verdict.findings if finding.grade is Grade.NEW
    ] == []
    lost = set().union(*(rules_of(verdict, Effect.DEGRADED) for verdict in verdicts))
    assert lost == LOST.get((library, before, after), set())


@pytest.mark.parametrize(("library", "scenario", "before", "after"), STEPS)
def test_no_rule_excuses_more_than_it_should(library: str, scenario: int, before: str, after: str) -> None:
    found = excuses(requests(library, scenario, before), requests(library, scenario, after), ())

    assert found.unseen == set()
    assert {field for _, _, field in found.better} - LET_GO == set()
    any_value = {field for side, what, field in found.excused if (side, what) == ("after", "changed")}
    allowed = {why: fields for why, fields in ANY_VALUE.items() if after == "dup" or why != BESIDE}
    assert any_value - set().union(*allowed.values()) == set()
