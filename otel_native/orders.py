"""The flow `orders`: order-service gets the user of an order from user-service, which has a database."""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlsplit

import requests
from flask import Flask, Response, request
from opentelemetry.baggage import get_baggage, set_baggage
from opentelemetry.context import attach, detach, get_current
from opentelemetry.semconv.attributes.db_attributes import (
    DB_NAMESPACE,
    DB_OPERATION_NAME,
    DB_QUERY_TEXT,
    DB_SYSTEM_NAME,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL
from opentelemetry.trace import Span, SpanKind, StatusCode
from werkzeug.exceptions import BadRequest

from otel_native.errors import record_error
from otel_native.incoming import incoming_span
from otel_native.tracing import Tracing
from otel_native.urls import port, redacted

# Sent by order-service to every service behind it.
BAGGAGE = {"environment": "production", "version": "1.0.0"}
# Fields of a user that may be in a span; all others are personal.
PUBLIC = {"id"}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who places orders."""

    id: str
    name: str
    email: str


def order_service(tracing: Tracing, user_service_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make order-service, where an order has its user's id; it waits `timeout` seconds for user-service."""
    app = Flask("order-service")

    @app.get("/orders/<order_id>")
    def get_order_handler(order_id: str) -> Response:
        with incoming_span(tracing, "getOrderHandler") as span:
            span.set_attribute("order.id", order_id)
            time.sleep(0.1 * work)
            try:
                with sending_along(span, BAGGAGE):
                    user = get_user_from_user_service(tracing, user_service_url, order_id, timeout)
            except requests.RequestException as error:
                return answer(span, {"error": f"user-service gave no user: {type(error).__name__}"}, 502)
            return answer(span, {"id": order_id, "user": user}, 200)

    return app


def user_service(tracing: Tracing, work: float = 1.0) -> Flask:
    """Make user-service, which finds and creates users in a database of its own."""
    app = Flask("user-service")
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    users = open_users()
    # Python warns of a connection that nobody closed, and the app has no hook for its end.
    weakref.finalize(app, users.close)

    @app.get("/users/<user_id>")
    def get_user_handler(user_id: str) -> Response:
        with incoming_span(tracing, "getUserHandler") as span:
            span.set_attribute("user.id", user_id)
            baggage = {key: value for key in BAGGAGE if isinstance(value := get_baggage(key), str)}
            for key, value in baggage.items():
                span.set_attribute(f"baggage.{key}", value)
            try:
                user = fetch_user_details(tracing, users, user_id, work)
            except LookupError as error:
                return answer(span, {"error": str(error)}, 404)
            return answer(span, {**asdict(user), "baggage": baggage}, 200)

    @app.post("/users")
    def create_user_handler() -> Response:
        body = request.get_data()
        with incoming_span(tracing, "createUserHandler") as span:
            try:
                name, email = read_user(body)
            except BadRequest as error:
                record_error(span, error)
                return answer(span, {"error": error.description}, 400)
            user = create_user(tracing, users, name, email)
            span.set_attributes(described(user))
            return answer(span, asdict(user), 201)

    return app


def get_user_from_user_service(
    tracing: Tracing, user_service_url: str, user_id: str, timeout: float
) -> object:
    """Return user-service's record of a user; raise requests.RequestException if it gives none."""
    user_url = f"{user_service_url}/users/{quote(user_id, safe='')}"
    url = urlsplit(user_url)
    attributes: dict[str, str | int] = {
        HTTP_REQUEST_METHOD: "GET",
        URL_FULL: redacted(user_url),
        SERVER_ADDRESS: url.hostname or "",
        SERVER_PORT: port(url),
        "user.id": user_id,
    }
    with tracing.tracer.start_as_current_span(
        "getUserFromUserService", kind=SpanKind.CLIENT, attributes=attributes
    ) as span:
        headers: dict[str, str] = {}
        tracing.propagator.inject(headers)
        try:
            response = requests.get(user_url, headers=headers, timeout=timeout)
        except requests.RequestException as error:
            # The SDK records the exception and the status; error.type is left to us.
            span.set_attribute(ERROR_TYPE, f"{type(error).__module__}.{type(error).__qualname__}")
            raise
        span.set_attribute(HTTP_RESPONSE_STATUS_CODE, response.status_code)
        if response.status_code >= 400:
            span.set_status(StatusCode.ERROR)
            span.set_attribute(ERROR_TYPE, str(response.status_code))
    response.raise_for_status()
    return response.json()


def fetch_user_details(tracing: Tracing, users: sqlite3.Connection, user_id: str, work: float) -> User:
    """Return the user with this id; if there is none, raise LookupError, which the span records."""
    with tracing.tracer.start_as_current_span("fetchUserDetails") as span:
        time.sleep(0.1 * work)
        user = get_user(tracing, users, user_id)
        if user is None:
            span.set_attribute(ERROR_TYPE, LookupError.__qualname__)
            raise LookupError(f"there is no user {user_id}")
        span.set_attributes(described(user))
        return user


def get_user(tracing: Tracing, users: sqlite3.Connection, user_id: str) -> User | None:
    """Return the user with this id, or None."""
    statement = "SELECT id, name, email FROM users WHERE id = ?"
    rows = query(tracing, users, "db.GetUser", statement, [user_id])
    return User(*rows[0]) if rows else None


def create_user(tracing: Tracing, users: sqlite3.Connection, name: str, email: str) -> User:
    """Store a user with this name and e-mail address, and return it."""
    statement = "INSERT INTO users (name, email) VALUES (?, ?) RETURNING id, name, email"
    rows = query(tracing, users, "db.CreateUser", statement, [name, email])
    return User(*rows[0])


def query(
    tracing: Tracing, users: sqlite3.Connection, name: str, statement: str, parameters: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return the rows of `statement`; the span `name` has the statement without its parameters."""
    attributes = {
        DB_SYSTEM_NAME: "sqlite",
        DB_NAMESPACE: "users",
        DB_QUERY_TEXT: statement,
        DB_OPERATION_NAME: statement.split()[0],
    }
    with tracing.tracer.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes):
        rows = users.execute(statement, parameters).fetchall()
    return [(str(user_id), user_name, email) for user_id, user_name, email in rows]


def open_users() -> sqlite3.Connection:
    """Open a new database in memory with two users; threads share the connection."""
    users = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    users.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)")
    users.executemany(
        "INSERT INTO users (name, email) VALUES (?, ?)",
        [("Ada Lovelace", "ada@example.org"), ("Alan Turing", "alan@example.org")],
    )
    return users


def read_user(body: bytes) -> tuple[str, str]:
    """Return the name and the e-mail address in `body`; raise BadRequest, which does not repeat them."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("send a JSON object") from None
    match fields:
        case {"name": str(name), "email": str(email)} if name and email and (name + email).isprintable():
            return name, email
    raise BadRequest("send the user's name and email as text")


def described(user: User) -> dict[str, str]:
    """Return the attributes of a user, redacted: no other function puts personal data into a span."""
    return {f"user.{key}": value if key in PUBLIC else "[redacted]" for key, value in asdict(user).items()}


@contextmanager
def sending_along(span: Span, baggage: Mapping[str, str]) -> Iterator[None]:
    """Let the requests made inside carry `baggage`, to their services and to all services behind them."""
    context = get_current()
    for key, value in baggage.items():
        context = set_baggage(key, value, context)
        span.add_event("baggage", {"key": key, "value": value})  # jaeger-client logs this by itself
    token = attach(context)
    try:
        yield
    finally:
        detach(token)


def answer(span: Span, content: object, status: int) -> Response:
    """Record on `span` how the request ended, and answer it in JSON."""
    span.set_attribute(HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, str(status))
    return Response(json.dumps(content), status, mimetype="application/json")
