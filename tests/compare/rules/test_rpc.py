"""The rules for remote procedure calls and for names of code."""

from __future__ import annotations

import pytest

from ot2otel.model import Attributes, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, attributes, case, judged_by, span


def failed(message: str, values: Attributes) -> Span:
    return span(status=Status(StatusCode.ERROR, message), attributes=values)


TRANSLATES = [
    case(
        "rpc.system.name",
        "a system",
        attributes({"rpc.system": "grpc"}),
        attributes({"rpc.system.name": "grpc"}),
        "translated [rpc.system] -> [rpc.system.name] by it",
    ),
    case(
        "rpc.system.name",
        "one with another name",
        attributes({"rpc.system": "apache_dubbo"}),
        attributes({"rpc.system.name": "dubbo"}),
        "translated [rpc.system] -> [rpc.system.name] by it",
    ),
    case(
        "rpc.method",
        "service and method",
        attributes({"rpc.service": "a.B", "rpc.method": "c"}),
        attributes({"rpc.method": "a.B/c"}),
        "translated [rpc.service] + [rpc.method] -> [rpc.method] by it",
    ),
    case(
        "rpc.method",
        "the service stays for a while",
        attributes({"rpc.service": "a.B", "rpc.method": "c"}),
        attributes({"rpc.service": "a.B", "rpc.method": "a.B/c"}),
        "translated [rpc.method] -> [rpc.method] by it",
    ),
    case(
        "rpc.response.status_code",
        "of gRPC",
        attributes({"rpc.grpc.status_code": 5}),
        attributes({"rpc.response.status_code": "NOT_FOUND"}),
        "translated [rpc.grpc.status_code] -> [rpc.response.status_code] by it",
    ),
    case(
        "rpc.response.status_code",
        "of JSON-RPC",
        attributes({"rpc.jsonrpc.error_code": -32700}),
        attributes({"rpc.response.status_code": "-32700"}),
        "translated [rpc.jsonrpc.error_code] -> [rpc.response.status_code] by it",
    ),
    case(
        "code.function.name",
        "in Python",
        attributes({"code.namespace": "a.b", "code.function": "c"}),
        attributes({"code.function.name": "a.b.c"}),
        "translated [code.function] + [code.namespace] -> [code.function.name] by it",
    ),
    case(
        "code.function.name",
        "in Rust",
        attributes({"code.namespace": "a::b", "code.function": "c"}),
        attributes({"code.function.name": "a::b::c"}),
        "translated [code.function] + [code.namespace] -> [code.function.name] by it",
    ),
    case(
        "code.function.name",
        "a function without a namespace",
        attributes({"code.function": "c"}),
        attributes({"code.function.name": "c"}),
        "translated [code.function] -> [code.function.name] by it",
    ),
    case(
        "code.function.name",
        "a name that was whole",
        attributes({"code.namespace": "a", "code.function": "a.c"}),
        attributes({"code.function.name": "a.c"}),
        "translated [code.function] + [code.namespace] -> [code.function.name] by it",
    ),
    case(
        "rpc-error-message",
        "a message",
        failed("", {"rpc.jsonrpc.error_message": "no"}),
        failed("no", {}),
        "translated [rpc.jsonrpc.error_message] -> status.message by it",
    ),
]
LEAVES_ALONE = [
    case(
        "rpc-error-message",
        "another message",
        failed("", {"rpc.jsonrpc.error_message": "no"}),
        failed("yes", {}),
        'changed [rpc.jsonrpc.error_message] -> status.message by it, which wants "no"',
    ),
    case(
        "rpc-error-message",
        "a message that is lost",
        failed("", {"rpc.jsonrpc.error_message": "no"}),
        failed("", {}),
        "gone [rpc.jsonrpc.error_message] -> nothing",
    ),
    case(
        "rpc.system.name",
        "another system",
        attributes({"rpc.system": "grpc"}),
        attributes({"rpc.system.name": "dubbo"}),
        'changed [rpc.system] -> [rpc.system.name] by it, which wants "grpc"',
    ),
    case(
        "rpc.method",
        "another method",
        attributes({"rpc.service": "a.B", "rpc.method": "c"}),
        attributes({"rpc.method": "a.B/d"}),
        "changed [rpc.method] -> [rpc.method]",
        "gone [rpc.service] -> nothing",
    ),
    case(
        "rpc.method",
        "a service that is lost",
        attributes({"rpc.service": "a.B", "rpc.method": "c"}),
        attributes({"rpc.method": "c"}),
        "gone [rpc.service] -> nothing",
    ),
    case(
        "rpc.method",
        "a service alone",
        attributes({"rpc.service": "a.B"}),
        attributes({"rpc.method": "a.B"}),
        "gone [rpc.service] -> nothing",
        "new nothing -> [rpc.method]",
    ),
    case(
        "rpc.response.status_code",
        "another status",
        attributes({"rpc.grpc.status_code": 5}),
        attributes({"rpc.response.status_code": "OK"}),
        'changed [rpc.grpc.status_code] -> [rpc.response.status_code] by it, which wants "NOT_FOUND"',
    ),
    case(
        "rpc.response.status_code",
        "no status of gRPC",
        attributes({"rpc.grpc.status_code": 99}),
        attributes({"rpc.response.status_code": "99"}),
        "gone [rpc.grpc.status_code] -> nothing",
        "new nothing -> [rpc.response.status_code]",
    ),
    case(
        "code.function.name",
        "another function",
        attributes({"code.namespace": "a", "code.function": "b"}),
        attributes({"code.function.name": "a.c"}),
        'changed [code.function] + [code.namespace] -> [code.function.name] by it, which wants "a.b"',
    ),
    case(
        "code.function.name",
        "more between them",
        attributes({"code.namespace": "a", "code.function": "b"}),
        attributes({"code.function.name": "a.x.b"}),
        'changed [code.function] + [code.namespace] -> [code.function.name] by it, which wants "a.b"',
    ),
    case(
        "code.function.name",
        "a namespace that is lost",
        attributes({"code.namespace": "a", "code.function": "b"}),
        attributes({"code.function.name": "b"}),
        'changed [code.function] + [code.namespace] -> [code.function.name] by it, which wants "a.b"',
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES + LEAVES_ALONE)
def test_a_rule_explains_what_its_table_says(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert judged_by(rule, before, after) == expected
