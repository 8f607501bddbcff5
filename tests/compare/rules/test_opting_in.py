"""From old HTTP conventions over both to the stable ones, as OTEL_SEMCONV_STABILITY_OPT_IN asks.

The attributes are what the instrumentations 0.60b1 of Flask and of requests wrote for one request.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from ot2otel.compare.rules.steps import step
from ot2otel.model import Attributes, Kind, Scope, Span
from tests.compare.rules.tables import judged, span
from tests.support.one_edit import other

_OLD_SERVER: Attributes = {
    "http.method": "GET",
    "http.server_name": "127.0.0.1",
    "http.scheme": "http",
    "net.host.name": "localhost:8081",
    "http.host": "localhost:8081",
    "net.host.port": 8081,
    "http.target": "/hello/x?q=1&r=2",
    "net.peer.ip": "127.0.0.1",
    "net.peer.port": 42786,
    "http.user_agent": "python-requests/2.34.2",
    "http.flavor": "1.1",
    "http.status_code": 200,
}
_STABLE_SERVER: Attributes = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "server.address": "localhost:8081",
    "server.port": 8081,
    "url.path": "/hello/x",
    "url.query": "q=1&r=2",
    "client.address": "127.0.0.1",
    "client.port": 42786,
    "user_agent.original": "python-requests/2.34.2",
    "network.protocol.version": "1.1",
    "http.response.status_code": 200,
}
_OLD_CLIENT: Attributes = {
    "http.method": "GET",
    "http.url": "http://localhost:8081/hello/x?q=1&r=2",
    "http.status_code": 200,
}
# Both writes more old names than the old conventions.
_BOTH_CLIENT: Attributes = {
    **_OLD_CLIENT,
    "http.host": "localhost",
    "net.peer.port": 8081,
    "http.flavor": "1.0",
}
_STABLE_CLIENT: Attributes = {
    "http.request.method": "GET",
    "url.full": "http://localhost:8081/hello/x?q=1&r=2",
    "server.address": "localhost",
    "network.peer.address": "localhost",
    "server.port": 8081,
    "network.peer.port": 8081,
    "http.response.status_code": 200,
    "network.protocol.version": "1.0",
}
ROUTE: Attributes = {"http.route": "/hello/<n>"}


def spans(kind: Kind, *written: Attributes) -> dict[str, Span]:
    scope = Scope("opentelemetry.instrumentation.flask", "0.60b1")
    return {
        name: span(kind=kind, scope=scope, attributes={**ROUTE, **attributes})
        for name, attributes in zip(("old", "both", "stable"), written, strict=True)
    }


SERVER = spans(Kind.SERVER, _OLD_SERVER, {**_OLD_SERVER, **_STABLE_SERVER}, _STABLE_SERVER)
CLIENT = spans(Kind.CLIENT, _OLD_CLIENT, {**_BOTH_CLIENT, **_STABLE_CLIENT}, _STABLE_CLIENT)


@pytest.mark.parametrize(("before", "after"), list(combinations(SERVER, 2)))
@pytest.mark.parametrize("written", [SERVER, CLIENT], ids=["Flask", "requests"])
def test_no_fact_of_the_older_conventions_is_gone_or_changed(
    written: dict[str, Span], before: str, after: str
) -> None:
    grades = {line.split()[0] for line in judged(written[before], written[after], step)}

    assert grades <= {"translated", "degraded", "added", "new"}


@pytest.mark.parametrize("before", ["old", "both"])
def test_the_name_that_a_server_has_for_itself_is_the_one_loss(before: str) -> None:
    lines = judged(SERVER[before], SERVER["stable"], step)

    assert [line for line in lines if line.startswith("degraded")] == [
        "degraded [http.server_name] -> nothing by server-name-left-out"
    ]


@pytest.mark.parametrize("written", [SERVER, CLIENT], ids=["Flask", "requests"])
def test_the_way_back_has_no_rule(written: dict[str, Span]) -> None:
    lines = judged(written["stable"], written["old"], step)

    assert {line.split()[0] for line in lines} == {"gone", "new"}


@pytest.mark.parametrize("key", _STABLE_SERVER)
def test_each_value_of_the_stable_conventions_is_held_against_the_old_one(key: str) -> None:
    value = _STABLE_SERVER[key]
    wrong = other(value)
    after = replace(SERVER["stable"], attributes={**ROUTE, **_STABLE_SERVER, key: wrong})

    assert {line.split()[0] for line in judged(SERVER["old"], after, step)} & {"gone", "changed"}


def test_an_upgrade_of_the_sdk_is_bookkeeping() -> None:
    sdk = {"telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "python"}
    before, after = (
        span(resource={**sdk, "telemetry.sdk.version": version}, scope=Scope("lib", scope))
        for version, scope in (("1.39.1", "0.60b1"), ("1.45.2", "0.66b1"))
    )

    assert judged(before, after, step) == [
        "bookkeeping resource.telemetry.sdk.version -> resource.telemetry.sdk.version by sdk-version",
        "bookkeeping scope.version -> scope.version by scope-version",
    ]
