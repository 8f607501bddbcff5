"""The flow `orders` in every variant, as real processes that report over real wires."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests

from ot2otel.lab.catalog import BY_HAND, VARIANTS
from ot2otel.model import Kind, StatusCode
from ot2otel.receive.collector import Collector
from tests.support.flow_spans import outline
from tests.support.running import Services, services, wiretap
from tests.support.runs import HAND_MADE, recorded

FLOW = "orders"
BAGGAGE = {"environment": "production", "version": "1.0.0"}
ADA = {"id": "1", "name": "Ada Lovelace", "email": "ada@example.org"}
GRACE = {"name": "Grace Hopper", "email": "grace@example.org"}


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_each_request_is_one_trace_down_to_the_database(run: tuple[str, str]) -> None:
    order = [
        "order-service: getOrderHandler",
        "order-service: getUserFromUserService",
        "user-service: getUserHandler",
        "user-service: fetchUserDetails",
        "user-service: db.GetUser",
    ]
    creation = ["user-service: createUserHandler", "user-service: db.CreateUser"]
    assert outline(recorded(FLOW)[run].spans) == [order, order, creation, creation[:1], order[:2]]


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_the_answers_carry_the_baggage_except_on_the_shim(run: tuple[str, str]) -> None:
    answers = [(answer.status, json.loads(answer.body)) for answer in recorded(FLOW)[run].answers]

    assert answers == [
        (200, {"id": "1", "user": {**ADA, "baggage": {} if run[0] == "shim" else BAGGAGE}}),
        (502, {"error": "user-service gave no user: HTTPError"}),
        (201, {"id": "3", **GRACE}),
        (400, {"error": "send a JSON object"}),
        (502, {"error": "user-service gave no user: ConnectionError"}),
    ]


def test_native_spans_have_kind_status_and_error_type() -> None:
    spans = sorted(recorded(FLOW)["native", "otlp"].spans, key=lambda span: span.start_ns)

    found = [(span.name, span.kind, span.status.code, span.attributes.get("error.type")) for span in spans]

    assert found[5:] == [
        ("getOrderHandler", Kind.SERVER, StatusCode.ERROR, "502"),
        ("getUserFromUserService", Kind.CLIENT, StatusCode.ERROR, "404"),
        ("getUserHandler", Kind.SERVER, StatusCode.UNSET, None),
        ("fetchUserDetails", Kind.INTERNAL, StatusCode.ERROR, "LookupError"),
        ("db.GetUser", Kind.CLIENT, StatusCode.UNSET, None),
        ("createUserHandler", Kind.SERVER, StatusCode.UNSET, None),
        ("db.CreateUser", Kind.CLIENT, StatusCode.UNSET, None),
        ("createUserHandler", Kind.SERVER, StatusCode.UNSET, None),
        ("getOrderHandler", Kind.SERVER, StatusCode.ERROR, "502"),
        ("getUserFromUserService", Kind.CLIENT, StatusCode.ERROR, "requests.exceptions.ConnectionError"),
    ]


def test_native_describes_a_database_call_in_the_current_names() -> None:
    [creation] = [span for span in recorded(FLOW)["native", "otlp"].spans if span.name == "db.CreateUser"]

    assert creation.attributes == {
        "db.system.name": "sqlite",
        "db.namespace": "users",
        "db.query.text": "INSERT INTO users (name, email) VALUES (?, ?) RETURNING id, name, email",
        "db.operation.name": "INSERT",
    }


@pytest.mark.parametrize("run", HAND_MADE, ids="/".join)
def test_spans_carry_nothing_personal_of_a_user_but_the_id(run: tuple[str, str]) -> None:
    with wiretap() as tap, services(FLOW, *run, tap) as running:
        users = f"{running['user-service'].url}/users"
        requests.get(f"{running['order-service'].url}/orders/1", timeout=10)
        requests.post(users, json=GRACE, timeout=10)
        requests.post(users, json={**GRACE, "email": ["grace@example.org"]}, timeout=10)
        requests.post(users, data=json.dumps(GRACE)[:-1], timeout=10)

    sent = b"".join(tap.sent)
    personal = [b"Ada", b"Lovelace", b"ada@", b"Grace", b"Hopper", b"grace@", b"example.org"]
    assert [text for text in personal if text in sent] == []
    assert [
        text for text in (b"createUserHandler", b"getUserHandler", b"[redacted]") if text not in sent
    ] == []


@pytest.fixture(scope="module", params=BY_HAND)
def running(request: pytest.FixtureRequest) -> Iterator[Services]:
    exporter = VARIANTS[request.param].exporters[0]
    with Collector() as collector, services(FLOW, request.param, exporter, collector) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"{", 400, id="half an object"),
        pytest.param(b"[]", 400, id="a list"),
        pytest.param(b"null", 400, id="null"),
        pytest.param(b"\xff", 400, id="no UTF-8"),
        pytest.param(b"[" * 60_000, 400, id="too deep"),
        pytest.param(b'{"name": "Grace"}', 400, id="no e-mail address"),
        pytest.param(b'{"name": "", "email": "g@example.org"}', 400, id="an empty name"),
        pytest.param(b'{"name": 7, "email": "g@example.org"}', 400, id="a number"),
        pytest.param(rb'{"name": "\ud800", "email": "g@example.org"}', 400, id="half a character"),
        pytest.param(rb'{"name": "\u0000", "email": "g@example.org"}', 400, id="a control character"),
        pytest.param(b" " * 70_000, 413, id="too long"),
    ],
)
def test_a_body_that_is_no_user_is_refused(running: Services, body: bytes, status: int) -> None:
    answer = requests.post(f"{running['user-service'].url}/users", data=body, timeout=10)

    assert answer.status_code == status


def test_a_created_user_is_found_with_any_name(running: Services) -> None:
    users = f"{running['user-service'].url}/users"
    name = "Robert'); DROP TABLE users;-- 名前 é"

    created = requests.post(users, json={"name": name, "email": "bobby@example.org"}, timeout=10)
    found = requests.get(f"{users}/{created.json()['id']}", timeout=10)

    assert (created.status_code, found.status_code) == (201, 200)
    assert found.json() == {**created.json(), "name": name, "baggage": {}}


@pytest.mark.parametrize("order", ["0", "-1", "abc", "1%20OR%201=1", "9" * 30, "%C3%A9", "%00", "%FF"])
def test_an_order_of_an_unknown_user_is_a_502(running: Services, order: str) -> None:
    answer = requests.get(f"{running['order-service'].url}/orders/{order}", timeout=10)

    assert (answer.status_code, answer.json()) == (502, {"error": "user-service gave no user: HTTPError"})


@pytest.mark.parametrize(
    ("service", "method", "path", "status"),
    [
        ("order-service", "GET", "/", 404),
        ("order-service", "GET", "/orders/", 404),
        ("order-service", "POST", "/orders/1", 405),
        ("user-service", "GET", "/users", 405),
        ("user-service", "DELETE", "/users/1", 405),
    ],
)
def test_requests_outside_the_flow_are_refused(
    running: Services, service: str, method: str, path: str, status: int
) -> None:
    assert requests.request(method, running[service].url + path, timeout=10).status_code == status
