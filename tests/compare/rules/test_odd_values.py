"""Values that a rule converts, and those on which it has nothing to say."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, AttributeValue, Kind, Link, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, attributes, judged_by, span

TRANSPORT = ("network.transport", "net.transport", "network.transport")
TYPE = ("network.type", "net.sock.family", "network.type")
VERSION = ("network.protocol.version", "http.flavor", "network.protocol.version")
FLAVOR = ("network.protocol.version", "http.flavor", "network.protocol.name")
GRPC = ("rpc.response.status_code", "rpc.grpc.status_code", "rpc.response.status_code")
JSON_RPC = ("rpc.response.status_code", "rpc.jsonrpc.error_code", "rpc.response.status_code")
ROLES = ("user.roles", "enduser.role", "user.roles")
REDIS = ("db.namespace", "db.redis.database_index", "db.namespace")
PARTITION = (
    "messaging.destination.partition.id",
    "messaging.kafka.partition",
    "messaging.destination.partition.id",
)


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        pytest.param(TRANSPORT, "ip_tcp", "tcp", id="TCP"),
        pytest.param(TRANSPORT, "ip_udp", "udp", id="UDP"),
        pytest.param(TRANSPORT, "pipe", "pipe", id="a pipe"),
        pytest.param(TRANSPORT, "unix", "unix", id="a Unix socket"),
        *(
            pytest.param(VERSION, old, new, id=f"version {old}")
            for old, new in (
                ("1.0", "1.0"),
                ("1.1", "1.1"),
                ("2", "2"),
                ("2.0", "2"),
                ("3", "3"),
                ("3.0", "3"),
            )
        ),
        pytest.param(FLAVOR, "SPDY", "spdy", id="SPDY"),
        pytest.param(FLAVOR, "QUIC", "quic", id="QUIC"),
        pytest.param(TYPE, "inet", "ipv4", id="IPv4"),
        pytest.param(TYPE, "inet6", "ipv6", id="IPv6"),
        pytest.param(GRPC, 0, "OK", id="the first code of gRPC"),
        pytest.param(GRPC, 16, "UNAUTHENTICATED", id="the last code of gRPC"),
        pytest.param(JSON_RPC, -32700, "-32700", id="a code of JSON-RPC"),
        pytest.param(ROLES, "admin", ("admin",), id="one role"),
        pytest.param(ROLES, "admin, read only", ("admin", "read only"), id="two roles"),
        pytest.param(REDIS, 0, "0", id="a database of Redis"),
        pytest.param(PARTITION, 3, "3", id="a partition of Kafka"),
    ],
)
def test_a_value_is_converted(where: tuple[str, str, str], old: AttributeValue, new: AttributeValue) -> None:
    rule, before, after = where

    found = judged_by(rule, attributes({before: old}), attributes({after: new}))

    assert found == [f"translated [{before}] -> [{after}] by it"]


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        pytest.param(TRANSPORT, "carrier pigeon", "None", id="no such transport"),
        pytest.param(VERSION, "9", "9", id="no such version"),
        pytest.param(TYPE, "inet7", "None", id="no such family"),
        pytest.param(GRPC, 17, "OK", id="no such code of gRPC"),
        pytest.param(GRPC, -1, "UNAUTHENTICATED", id="a negative code of gRPC"),
        pytest.param(GRPC, "5", "NOT_FOUND", id="a code of gRPC as text"),
        pytest.param(GRPC, True, "CANCELLED", id="a truth value for a code of gRPC"),
        pytest.param(JSON_RPC, 1.5, "1.5", id="a number that is no code of JSON-RPC"),
        pytest.param(JSON_RPC, True, "True", id="a truth value for a code of JSON-RPC"),
        pytest.param(ROLES, 7, ("7",), id="a number for a role"),
        pytest.param(REDIS, True, "True", id="a truth value for a database"),
        pytest.param(PARTITION, True, "True", id="a truth value for a partition"),
    ],
)
def test_a_value_that_is_none_of_those_stays_unexplained(
    where: tuple[str, str, str], old: AttributeValue, new: AttributeValue
) -> None:
    rule, before, after = where

    found = judged_by(rule, attributes({before: old}), attributes({after: new}))

    assert found == sorted([f"gone [{before}] -> nothing", f"new nothing -> [{after}]"])


METHOD = "[http.request.method]"
ORIGINAL = f"{METHOD} + [http.request.method_original]"


@pytest.mark.parametrize(
    ("old", "new", "original", "expected"),
    [
        pytest.param("get", "GET", "get", [f"translated [http.method] -> {ORIGINAL} by it"], id="lower case"),
        pytest.param("get", "_OTHER", "get", [f"translated [http.method] -> {ORIGINAL} by it"], id="other"),
        pytest.param("BREW", "_OTHER", "BREW", [f"translated [http.method] -> {ORIGINAL} by it"], id="brew"),
        pytest.param(
            "BREW",
            "BREW",
            "BREW",
            [
                f"translated [http.method] -> {METHOD} by it",
                "new nothing -> [http.request.method_original]",
            ],
            id="a method that should be other",
        ),
        pytest.param(
            "get",
            "GET",
            "post",
            [
                f"translated [http.method] -> {METHOD} by it",
                'changed nothing -> [http.request.method_original] by it, which wants "get"',
            ],
            id="another original",
        ),
    ],
)
def test_a_method_that_the_conventions_do_not_know_is_other(
    old: str, new: str, original: str, expected: Judged
) -> None:
    after = {"http.request.method": new, "http.request.method_original": original}

    found = judged_by("http.request.method", attributes({"http.method": old}), attributes(after))

    assert found == sorted(expected)


@pytest.mark.parametrize(
    ("target", "full"),
    [
        pytest.param("/a", "http://h/a", id="a path"),
        pytest.param("/a?b=1", "http://h/a?b=1", id="a path and a query"),
        pytest.param("/a?sig=x", "http://h/a?sig=REDACTED", id="a secret"),
        pytest.param("/a?sig=x?y", "http://h/a?sig=REDACTED", id="a secret with a question mark"),
    ],
)
def test_a_clients_target_stands_in_its_url(target: str, full: str) -> None:
    before: Attributes = {"http.target": target, "url.full": full}

    assert judged_by("url-target", attributes(before), attributes({"url.full": full})) == [
        "translated [http.target] -> nothing by it"
    ]


@pytest.mark.parametrize("target", ["/a", "/a?"])
def test_a_query_that_is_empty_stands_nowhere(target: str) -> None:
    found = judged_by("url-target", attributes({"http.target": target}), attributes({"url.path": "/a"}))

    assert found == ["translated [http.target] -> [url.path] by it"]


@pytest.mark.parametrize(
    ("statement", "is_left_out"),
    [
        pytest.param("select * from users", True, id="the statement tells it"),
        pytest.param("select 1", False, id="the statement does not"),
        pytest.param(None, False, id="no statement"),
    ],
)
def test_a_table_may_be_left_out_if_the_statement_tells_it(statement: str | None, is_left_out: bool) -> None:
    after: Attributes = {} if statement is None else {"db.query.text": statement}

    found = judged_by("db.collection.name", attributes({"db.sql.table": "users", **after}), attributes(after))

    verb, by = ("translated", " by it") if is_left_out else ("gone", "")
    assert found == [f"{verb} [db.sql.table] -> nothing{by}"]


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        pytest.param(404, StatusCode.ERROR, "degraded status.code -> status.code by it", id="an error"),
        pytest.param(404, StatusCode.OK, "changed status.code -> status.code", id="another status"),
        pytest.param(200, StatusCode.ERROR, "changed status.code -> status.code", id="no error"),
        pytest.param(None, StatusCode.ERROR, "changed status.code -> status.code", id="no code"),
    ],
)
def test_jaeger_takes_the_status_of_a_span_without_a_kind_from_its_code(
    code: int | None, status: StatusCode, expected: str
) -> None:
    values: Attributes = {} if code is None else {"http.status_code": code}

    found = judged_by(
        "shim-status-without-kind",
        span(kind=Kind.SERVER, attributes=values),
        span(kind=Kind.INTERNAL, attributes=values, status=Status(status)),
    )

    assert [line for line in found if "kind" not in line.partition("->")[0]] == [expected]


@pytest.mark.parametrize(
    ("copy", "is_one"), [("select", True), ("select *", False), ("*", False), ("* from users", False)]
)
def test_the_first_word_of_a_statement_is_its_operation(copy: str, is_one: bool) -> None:
    values: Attributes = {"db.query.text": "select * from users"}

    found = judged_by(
        "db.operation.name", attributes(values), attributes({**values, "db.operation.name": copy})
    )

    wanted = 'changed nothing -> [db.operation.name] by it, which wants "select"'
    assert found == ["added nothing -> [db.operation.name] by it" if is_one else wanted]


def test_a_kind_that_nobody_knew_is_not_lost() -> None:
    found = judged_by("shim-kind-lost", span(kind=Kind.UNSPECIFIED), span(kind=Kind.INTERNAL))

    assert found == ["improved kind -> kind"]


def linked(target: str, **attributes: AttributeValue) -> Span:
    return span(
        links=(Link(target * 32, target * 16, {f"opentracing.{k}": v for k, v in attributes.items()}),)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            linked("2", ref_type="follows_from"),
            linked("3", ref_type="follows_from"),
            "changed link.0.to -> link.0.to",
            id="another target",
        ),
        pytest.param(
            linked("2", ref_type="sibling"),
            linked("2", ref_type="follows_from"),
            "degraded link.0[opentracing.ref_type] -> link.0[opentracing.ref_type] by it",
            id="a type that Jaeger has not",
        ),
        pytest.param(
            linked("2", ref_type="sibling"),
            linked("2", ref_type="child_of"),
            "changed link.0[opentracing.ref_type] -> link.0[opentracing.ref_type]",
            id="another type that Jaeger has",
        ),
    ],
)
def test_jaeger_keeps_the_target_of_a_link_and_two_types(before: Span, after: Span, expected: str) -> None:
    assert judged_by("jaeger-links", before, after) == [expected]


def test_jaeger_loses_counts_and_nothing_else_with_them() -> None:
    found = judged_by("jaeger-dropped-counts", span(trace_state="a=b", dropped_events=1), span())

    assert found == ["changed trace_state -> nothing", "degraded dropped.events -> nothing by it"]
