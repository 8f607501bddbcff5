"""The rules for Celery's tasks and gRPC's calls, each alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.model import Attributes, Event, Kind, Scope, Span, Status, StatusCode
from tests.compare.rules.tables import Judged, case, judged_by, span, without_scope

ERROR = Status(StatusCode.ERROR)
REASON = {"celery.retry.reason": "Retry in 0s"}
RETRY = {**REASON, "celery.state": "RETRY"}
STACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in a\nOSError: no stamps'


def hand(kind: Kind, values: Attributes, name: str = "op") -> Span:
    """Make a span of an integration."""
    return span(name=name, kind=kind, attributes=values)


def by(library: str, kind: Kind, values: Attributes, name: str = "op") -> Span:
    """Make the span of an instrumentation."""
    return replace(hand(kind, values, name), scope=Scope(f"opentelemetry.instrumentation.{library}"))


def sent(values: Attributes, name: str = "op") -> Span:
    return by("celery", Kind.PRODUCER, values, name)


def run(values: Attributes, name: str = "op") -> Span:
    return by("celery", Kind.CONSUMER, values, name)


def served(values: Attributes, name: str = "op") -> Span:
    return by("grpc", Kind.SERVER, values, name)


def failed(one: Span, *events: Event, message: str = "") -> Span:
    return replace(one, status=Status(StatusCode.ERROR, message), events=events)


def set_code(code: str, details: str) -> Span:
    """Make the span of a server that set a status code, as the integration wrote it."""
    logged: Attributes = {"error.kind": f"StatusCode.{code}", "message": details}
    return failed(hand(Kind.SERVER, {}), Event("error", 0, logged))


EXCEPTION = Event("exception", 0, {"exception.type": "ValueError"})
TRIED_AGAIN = Event("error", 0, {"message": "no stamps", "stack": STACK})
OUT_OF_RANGE = {"rpc.grpc.status_code": 11}

TRANSLATES = [
    case(
        "celery-action-as-name",
        "a producer",
        hand(Kind.PRODUCER, {}, "publish shop.add"),
        sent({}, "apply_async/shop.add"),
        "translated name -> name by it",
    ),
    case(
        "celery-action-as-name",
        "a worker, of a task with an odd name",
        hand(Kind.CONSUMER, {}, "publish news"),
        run({}, "run/publish news"),
        "translated name -> name by it",
    ),
    case(
        "celery-task-id",
        "an id",
        hand(Kind.PRODUCER, {"celery.task.id": "a"}),
        sent({"messaging.message.id": "a"}),
        "translated [celery.task.id] -> [messaging.message.id] by it",
    ),
    case(
        "celery-destination",
        "both names of a queue",
        hand(Kind.PRODUCER, {"message_bus.destination": "q", "celery.delivery.routing_key": "q"}),
        sent({"messaging.destination": "q"}),
        "translated [celery.delivery.routing_key] -> nothing by it",
        "translated [message_bus.destination] -> [messaging.destination] by it",
    ),
    case(
        "celery-delivery",
        "priority and redelivery",
        hand(Kind.CONSUMER, {"celery.delivery.priority": 3, "celery.delivery.redelivered": False}),
        run({"celery.delivery_info": "{'exchange': '', 'priority': 3, 'redelivered': False}"}),
        "translated [celery.delivery.priority] -> [celery.delivery_info] by it",
        "translated [celery.delivery.redelivered] -> nothing by it",
    ),
    case(
        "celery-sender",
        "of a worker's span",
        hand(Kind.CONSUMER, {"celery.task.origin": "gen1@a"}),
        run({"celery.hostname": "gen1@a"}),
        "translated [celery.task.origin] -> [celery.hostname] by it",
    ),
    case(
        "celery-worker-left-out",
        "the worker",
        hand(Kind.CONSUMER, {"celery.worker.hostname": "worker@a"}),
        run({}),
        "degraded [celery.worker.hostname] -> nothing by it",
    ),
    case(
        "celery-message-left-out",
        "the second attempt",
        hand(Kind.PRODUCER, {"celery.retries": 1, "celery.task.origin": "gen1@a"}),
        sent({}),
        "degraded [celery.retries] -> nothing by it",
        "degraded [celery.task.origin] -> nothing by it",
    ),
    case(
        "celery-no-retries",
        "the first attempt",
        hand(Kind.CONSUMER, {"celery.retries": 0}),
        run({}),
        "translated [celery.retries] -> nothing by it",
    ),
    case(
        "celery-limits",
        "both limits",
        hand(Kind.CONSUMER, {"celery.timelimit": "[30, 20]"}),
        run({"celery.timelimit": (30, 20)}),
        "translated [celery.timelimit] -> [celery.timelimit] by it",
    ),
    case(
        "celery-retry",
        "a state",
        hand(Kind.CONSUMER, {"celery.retry": True}),
        run({"celery.state": "RETRY"}),
        "translated [celery.retry] -> [celery.state] by it",
    ),
    case(
        "celery-retry-log",
        "an attempt that failed",
        replace(hand(Kind.CONSUMER, REASON), events=(TRIED_AGAIN,)),
        run(RETRY),
        "degraded event.0 -> nothing by it",
        "new nothing -> [celery.state]",
    ),
    case(
        "celery-error-text",
        "the exception's text",
        failed(hand(Kind.CONSUMER, {})),
        failed(run({}), Event("exception", 0, {"exception.message": "boom"}), message="boom"),
        "added nothing -> status.message by it",
        "improved nothing -> event.0",
    ),
    case(
        "celery-instrumentation",
        "task and message",
        hand(Kind.CONSUMER, {}, "run/shop.add"),
        run(
            {"celery.action": "run", "celery.task_name": "shop.add", "celery.state": "SUCCESS"},
            "run/shop.add",
        ),
        "added nothing -> [celery.action] by it",
        "added nothing -> [celery.state] by it",
        "added nothing -> [celery.task_name] by it",
    ),
    case(
        "grpc-exception-unset",
        "an exception that was not handled",
        failed(hand(Kind.SERVER, {}), EXCEPTION),
        replace(served({"rpc.grpc.status_code": 0}), events=(EXCEPTION,)),
        "degraded status.code -> status.code by it",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-client-mistake",
        "NOT_FOUND",
        failed(hand(Kind.SERVER, {})),
        served({"rpc.grpc.status_code": 5}),
        "degraded status.code -> status.code by it",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-code-as-number",
        "a code that was set",
        replace(
            hand(Kind.SERVER, {}), events=(Event("error", 0, {"error.kind": "StatusCode.OUT_OF_RANGE"}),)
        ),
        served(OUT_OF_RANGE),
        "translated event.0 -> [rpc.grpc.status_code] by it",
    ),
    case(
        "grpc-details",
        "an aborted call",
        failed(hand(Kind.SERVER, {})),
        failed(served({"rpc.grpc.status_code": 14}), message="StatusCode.UNAVAILABLE:down"),
        "translated nothing -> status.message by it",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-details-left-out",
        "a code of which the client is the cause",
        set_code("OUT_OF_RANGE", "no such page"),
        served(OUT_OF_RANGE),
        "changed status.code -> status.code",
        "degraded event.0[message] -> nothing by it",
        "gone event.0.name -> nothing",
        "gone event.0[error.kind] -> nothing",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-peer",
        "IPv4",
        hand(Kind.SERVER, {"peer.ipv4": "127.0.0.1", "peer.port": "8081"}),
        served({"net.peer.ip": "127.0.0.1", "net.peer.port": "8081"}),
        "translated [peer.ipv4] -> [net.peer.ip] by it",
        "translated [peer.port] -> [net.peer.port] by it",
    ),
    case(
        "grpc-peer",
        "IPv6",
        hand(Kind.SERVER, {"peer.ipv6": "::1"}),
        served({"net.peer.ip": "[::1]"}),
        "translated [peer.ipv6] -> [net.peer.ip] by it",
    ),
    case(
        "grpc-instrumentation",
        "the call",
        hand(Kind.SERVER, {}, "/probe.Users/Ok"),
        served({"rpc.system": "grpc", "rpc.service": "probe.Users", "rpc.method": "Ok"}, "/probe.Users/Ok"),
        "added nothing -> [rpc.method] by it",
        "added nothing -> [rpc.service] by it",
        "added nothing -> [rpc.system] by it",
    ),
]
LEAVES_ALONE = [
    case(
        "celery-action-as-name",
        "another task",
        hand(Kind.PRODUCER, {}, "publish shop.add"),
        sent({}, "apply_async/shop.remove"),
        "changed name -> name",
    ),
    case(
        "celery-action-as-name",
        "another action",
        hand(Kind.CONSUMER, {}, "shop.add"),
        run({}, "apply_async/shop.add"),
        "changed name -> name",
    ),
    case(
        "celery-task-id",
        "another id",
        hand(Kind.PRODUCER, {"celery.task.id": "a"}),
        sent({"messaging.message.id": "b"}),
        'changed [celery.task.id] -> [messaging.message.id] by it, which wants "a"',
    ),
    case(
        "celery-destination",
        "another queue",
        hand(Kind.PRODUCER, {"message_bus.destination": "q"}),
        sent({"messaging.destination": "r"}),
        'changed [message_bus.destination] -> [messaging.destination] by it, which wants "q"',
    ),
    case(
        "celery-delivery",
        "another priority",
        hand(Kind.CONSUMER, {"celery.delivery.priority": 3}),
        run({"celery.delivery_info": "{'priority': 30, 'redelivered': False}"}),
        "changed [celery.delivery.priority] -> [celery.delivery_info] by it",
    ),
    case(
        "celery-delivery",
        "of a producer",
        hand(Kind.PRODUCER, {"celery.delivery.priority": 3}),
        sent({"celery.delivery_info": "{'priority': 3}"}),
        "gone [celery.delivery.priority] -> nothing",
        "new nothing -> [celery.delivery_info]",
    ),
    case(
        "celery-sender",
        "another sender",
        hand(Kind.CONSUMER, {"celery.task.origin": "gen1@a"}),
        run({"celery.hostname": "worker@a"}),
        'changed [celery.task.origin] -> [celery.hostname] by it, which wants "gen1@a"',
    ),
    case(
        "celery-worker-left-out",
        "of a span by hand",
        hand(Kind.CONSUMER, {"celery.worker.hostname": "worker@a"}),
        hand(Kind.CONSUMER, {}),
        "gone [celery.worker.hostname] -> nothing",
    ),
    case(
        "celery-message-left-out",
        "of a worker's span",
        hand(Kind.CONSUMER, {"celery.retries": 1}),
        run({}),
        "gone [celery.retries] -> nothing",
    ),
    case(
        "celery-no-retries",
        "the second attempt",
        hand(Kind.CONSUMER, {"celery.retries": 1}),
        run({}),
        "gone [celery.retries] -> nothing",
    ),
    case(
        "celery-limits",
        "another limit",
        hand(Kind.CONSUMER, {"celery.timelimit": "[30, 20]"}),
        run({"celery.timelimit": (30, 21)}),
        "changed [celery.timelimit] -> [celery.timelimit]",
    ),
    case(
        "celery-retry",
        "another state",
        hand(Kind.CONSUMER, {"celery.retry": True}),
        run({"celery.state": "SUCCESS"}),
        'changed [celery.retry] -> [celery.state] by it, which wants "RETRY"',
    ),
    case(
        "celery-retry-log",
        "a task that failed for good",
        replace(hand(Kind.CONSUMER, REASON), events=(TRIED_AGAIN,)),
        run({**REASON, "celery.state": "FAILURE"}),
        "gone event.0 -> nothing",
        "new nothing -> [celery.state]",
    ),
    case(
        "celery-error-text",
        "another text",
        failed(hand(Kind.CONSUMER, {})),
        failed(run({}), Event("exception", 0, {"exception.message": "boom"}), message="bang"),
        'changed nothing -> status.message by it, which wants "boom"',
        "improved nothing -> event.0",
    ),
    case(
        "celery-instrumentation",
        "another task, action and state",
        hand(Kind.CONSUMER, {}, "run/a"),
        run({"celery.action": "apply_async", "celery.task_name": "b", "celery.state": "ODD"}, "run/a"),
        "changed nothing -> [celery.state] by it",
        'changed nothing -> [celery.action] by it, which wants "run"',
        'changed nothing -> [celery.task_name] by it, which wants "a"',
    ),
    case(
        "grpc-exception-unset",
        "an error without an exception",
        failed(hand(Kind.SERVER, {})),
        served({"rpc.grpc.status_code": 0}),
        "changed status.code -> status.code",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-exception-unset",
        "a client",
        failed(hand(Kind.CLIENT, {}), EXCEPTION),
        replace(by("grpc", Kind.CLIENT, {"rpc.grpc.status_code": 0}), events=(EXCEPTION,)),
        "changed status.code -> status.code",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-client-mistake",
        "UNAVAILABLE, an error of the server",
        failed(hand(Kind.SERVER, {})),
        served({"rpc.grpc.status_code": 14}),
        "changed status.code -> status.code",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-client-mistake",
        "an instrumentation on both sides",
        failed(served({"rpc.grpc.status_code": 5})),
        served({"rpc.grpc.status_code": 5}),
        "changed status.code -> status.code",
    ),
    case(
        "grpc-code-as-number",
        "another code",
        failed(hand(Kind.SERVER, {}), Event("error", 0, {"error.kind": "StatusCode.NOT_FOUND"})),
        failed(served(OUT_OF_RANGE)),
        "changed event.0 -> [rpc.grpc.status_code] by it, which wants 5",
    ),
    case(
        "grpc-details",
        "the details of another code",
        failed(hand(Kind.SERVER, {})),
        failed(served({"rpc.grpc.status_code": 14}), message="StatusCode.INTERNAL:down"),
        "changed nothing -> status.message by it",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-details-left-out",
        "an error of the server",
        set_code("INTERNAL", "down"),
        failed(served({"rpc.grpc.status_code": 13})),
        "gone event.0 -> nothing",
        "new nothing -> [rpc.grpc.status_code]",
    ),
    case(
        "grpc-peer",
        "another client",
        hand(Kind.SERVER, {"peer.ipv4": "127.0.0.1"}),
        served({"net.peer.ip": "127.0.0.2"}),
        'changed [peer.ipv4] -> [net.peer.ip] by it, which wants "127.0.0.1"',
    ),
    case(
        "grpc-instrumentation",
        "another method",
        hand(Kind.SERVER, {}, "/probe.Users/Ok"),
        served({"rpc.service": "probe", "rpc.method": "Users/Ok"}, "/probe.Users/Ok"),
        'changed nothing -> [rpc.method] by it, which wants "Ok"',
        'changed nothing -> [rpc.service] by it, which wants "probe.Users"',
    ),
]


@pytest.mark.parametrize(
    ("attribute", "value", "is_added"),
    [
        ("rpc.service", "probe.Users", True),
        ("rpc.service", "probe.Users/Ok", False),
        ("rpc.service", "Ok/1", False),
        ("rpc.method", "Ok/1", True),
        ("rpc.method", "Ok", False),
        ("rpc.method", "1", False),
    ],
)
def test_a_call_is_split_at_its_first_slash(attribute: str, value: str, is_added: bool) -> None:
    call = "/probe.Users/Ok/1"

    found = judged_by("grpc-instrumentation", hand(Kind.SERVER, {}, call), served({attribute: value}, call))

    added = f"added nothing -> [{attribute}] by it"
    assert (added in found) is is_added


@pytest.mark.parametrize(("rule", "before", "after", "expected"), TRANSLATES)
def test_a_rule_translates(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected


@pytest.mark.parametrize(("rule", "before", "after", "expected"), LEAVES_ALONE)
def test_a_rule_leaves_alone(rule: str, before: Span, after: Span, expected: Judged) -> None:
    assert without_scope(judged_by(rule, before, after)) == expected
