"""A rule never excuses too much between two spans of OpenTelemetry: other conventions, another SDK.

As in test_excuses.py each fact is removed once and changed once. The HTTP conventions are recorded: old, both
and stable. The others are two spans each, made for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest

from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Attributes, AttributeValue, Event, Kind, Link, Scope, Span, Status, StatusCode
from ot2otel.recording import Recording
from tests.golden import DIRECTORY
from tests.support.excuses import Excuses, excuses, requests_of

TRACE = "1" * 32


@cache
def recorded(name: str) -> Sequence[Recording]:
    return requests_of(DIRECTORY / "conventions" / f"{name}.json")


def made(kind: Kind, attributes: Mapping[str, AttributeValue], release: int) -> Sequence[Recording]:
    """Return a span with one of each sort of facts and one that it links to, from one release or the next."""
    sdk: Attributes = {"telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": f"1.{release}.0"}
    environment = ("deployment.environment", "deployment.environment.name")[release]
    thrown = {"exception.type": "ValueError", "exception.message": "no", "exception.stacktrace": "in f"}
    resource, scope = {"service.name": "shop", environment: "test", **sdk}, Scope("shop.work", f"0.{release}")
    work = Span(
        TRACE,
        "2" * 16,
        "work",
        kind=kind,
        status=Status(StatusCode.ERROR, "no"),
        attributes={"shop.item": "cup", "shop.count": 2, **attributes},
        events=(Event("exception", attributes=thrown), Event("packed", attributes={"boxes": 3})),
        links=(Link(TRACE, "4" * 16, {"why": "retry"}),),
        resource=resource,
        scope=scope,
    )
    first = replace(work, span_id="4" * 16, name="first", parent_id="2" * 16, links=(), events=())
    return [Recording((work, first))]


DATABASE = (
    Kind.CLIENT,
    {
        "db.system": "postgresql",
        "db.name": "shop",
        "db.statement": "SELECT 1",
        "db.operation": "SELECT",
        "db.sql.table": "items",
        "net.peer.name": "db",
        "net.peer.port": 5432,
    },
    {
        "db.system.name": "postgresql",
        "db.namespace": "shop",
        "db.query.text": "SELECT 1",
        "db.operation.name": "SELECT",
        "db.collection.name": "items",
        "server.address": "db",
        "server.port": 5432,
    },
)
MESSAGING = (
    Kind.PRODUCER,
    {
        "messaging.system": "kafka",
        "messaging.destination": "orders",
        "messaging.operation": "publish",
        "messaging.kafka.partition": 3,
        "messaging.message_id": "m1",
    },
    {
        "messaging.system": "kafka",
        "messaging.destination.name": "orders",
        "messaging.operation.type": "send",
        "messaging.destination.partition.id": "3",
        "messaging.message.id": "m1",
    },
)
RPC = (
    Kind.SERVER,
    {"rpc.system": "grpc", "rpc.service": "shop.Items", "rpc.method": "Get", "rpc.grpc.status_code": 5},
    {"rpc.system.name": "grpc", "rpc.method": "shop.Items/Get", "rpc.response.status_code": "NOT_FOUND"},
)
CODE = (
    Kind.INTERNAL,
    {"code.namespace": "shop.items", "code.function": "find", "code.lineno": 7, "code.filepath": "/a.py"},
    {"code.function.name": "shop.items.find", "code.line.number": 7, "code.file.path": "/a.py"},
)


# Each edit that leaves the outcome as it was, by what it is and its field, each with its reason.
VERSIONS = {
    ("changed", "resource.telemetry.sdk.version"): "the SDK's version may change",
    ("changed", "scope.version"): "the instrumentation's version may change",
}
ADDRESSES = {
    ("changed", f"attributes.{key}"): "an address, and another one wherever it stood is noise"
    for key in ("net.peer.port", "server.port", "client.port", "net.host.name", "http.server_name")
}
EITHER_NAME = {
    ("removed", f"attributes.{key}"): "the fact stands under its other name"
    for key in (
        *("client.address", "client.port", "http.flavor", "http.host", "http.method", "http.request.method"),
        *("http.response.status_code", "http.scheme", "http.status_code", "http.target", "http.url"),
        *("http.user_agent", "net.host.name", "net.host.port", "net.peer.ip", "net.peer.port"),
        *("server.address", "server.port", "url.full", "url.path", "url.query", "url.scheme"),
        "user_agent.original",
    )
}
ONLY_NEW = {
    (what, f"attributes.{key}"): "new on one of the sides: the old conventions' span of a client lacks it"
    for what in ("removed", "changed")
    for key in ("network.peer.address", "network.peer.port", "network.protocol.version")
} | {("removed", "attributes.error.type"): "added by the stable conventions"}
OLD_NAME_STAYS = {
    ("changed", f"attributes.{key}"): "the old name keeps the fact, and an instrumentation adds any text"
    for key in (
        *("client.address", "http.flavor", "http.host", "server.address", "url.query", "url.scheme"),
        "user_agent.original",
    )
}
NOT_TOLD_BEFORE = {
    ("removed", f"attributes.{key}"): "the client's old span has it in `http.url` alone, which stands"
    for key in ("server.address", "server.port")
}
RECORDED = {
    ("old", "both"): {**EITHER_NAME, **ONLY_NEW, **OLD_NAME_STAYS},
    ("both", "stable"): {},
    ("old", "stable"): {**ONLY_NEW, **NOT_TOLD_BEFORE},
}
# The one loss of the step to the stable conventions: without the fact nothing is lost.
LOST = ("before", "removed", "attributes.http.server_name")


def excused(found: Excuses) -> set[tuple[str, str]]:
    """Return the edits that leave the outcome as it was, without their side."""
    return {(what, field) for _, what, field in found.excused}


@pytest.mark.parametrize("step", RECORDED, ids="-".join)
def test_a_rule_never_excuses_too_much_between_old_and_stable_http_conventions(step: tuple[str, str]) -> None:
    before, after = map(recorded, step)

    found = excuses(before, after, {})

    assert (found.unseen, found.better - {LOST}) == (set(), set())
    assert excused(found) - {*VERSIONS, *ADDRESSES} == RECORDED[step].keys() - {*ADDRESSES}


@pytest.mark.parametrize(
    ("kind", "old", "new"), [DATABASE, MESSAGING, RPC, CODE], ids=["database", "messaging", "RPC", "code"]
)
def test_a_rule_never_excuses_too_much_between_other_conventions_and_releases_of_the_sdk(
    kind: Kind, old: Attributes, new: Attributes
) -> None:
    before, after = made(kind, old, 0), made(kind, new, 1)

    found = excuses(before, after, {})

    assert judge(before[0], after[0]).outcome is Outcome.EQUIVALENT
    assert (found.unseen, found.better) == (set(), set())
    assert excused(found) - {*VERSIONS, *ADDRESSES} == set()


def test_an_upgrade_of_the_sdk_alone_excuses_nothing_but_versions() -> None:
    attributes: Attributes = {"http.request.method": "GET", "server.address": "a", "server.port": 80}

    found = excuses(made(Kind.CLIENT, attributes, 0), made(Kind.CLIENT, attributes, 1), {})

    assert (found.unseen, found.better) == (set(), set())
    assert excused(found) - {*VERSIONS, *ADDRESSES} == set()
