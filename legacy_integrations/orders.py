"""The flow `orders`: order-service gets the user of an order from user-service, which has a database."""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

import requests
from flask import Flask, Response, request
from flask_opentracing import FlaskTracing
from requests_opentracing import SessionTracing
from werkzeug.exceptions import BadRequest

from legacy_opentracing.tracing import Tracing


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who places orders."""

    id: str
    name: str
    email: str


def order_service(tracing: Tracing, user_service_url: str, work: float = 1.0, timeout: float = 3.0) -> Flask:
    """Make order-service, where an order has its user's id; it waits `timeout` seconds for user-service."""
    app = Flask("order-service")
    FlaskTracing(tracing.tracer, True, app)

    @app.get("/orders/<order_id>")
    def get_order_handler(order_id: str) -> Response:
        time.sleep(0.1 * work)
        try:
            user = get_user_from_user_service(tracing, user_service_url, order_id, timeout)
        except requests.RequestException as error:
            return answer({"error": f"user-service gave no user: {type(error).__name__}"}, 502)
        return answer({"id": order_id, "user": user}, 200)

    return app


def user_service(tracing: Tracing, work: float = 1.0) -> Flask:
    """Make user-service, which finds and creates users in a database of its own."""
    app = Flask("user-service")
    FlaskTracing(tracing.tracer, True, app)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    users = open_users()
    # Python warns of a connection that nobody closed, and the app has no hook for its end.
    weakref.finalize(app, users.close)

    @app.get("/users/<user_id>")
    def get_user_handler(user_id: str) -> Response:
        baggage: dict[str, str] = {}  # only a tracing API sets baggage and reads it
        try:
            user = fetch_user_details(users, user_id, work)
        except LookupError as error:
            return answer({"error": str(error)}, 404)
        return answer({**asdict(user), "baggage": baggage}, 200)

    @app.post("/users")
    def create_user_handler() -> Response:
        body = request.get_data()
        try:
            name, email = read_user(body)
        except BadRequest as error:
            return answer({"error": error.description}, 400)
        user = create_user(users, name, email)
        return answer(asdict(user), 201)

    return app


def get_user_from_user_service(
    tracing: Tracing, user_service_url: str, user_id: str, timeout: float
) -> object:
    """Return user-service's record of a user; raise requests.RequestException if it gives none."""
    user_url = f"{user_service_url}/users/{quote(user_id, safe='')}"
    with SessionTracing(tracing.tracer) as session:
        response = session.get(user_url, timeout=timeout)
    response.raise_for_status()
    return response.json()


def fetch_user_details(users: sqlite3.Connection, user_id: str, work: float) -> User:
    """Return the user with this id; if there is none, raise LookupError."""
    time.sleep(0.1 * work)
    user = get_user(users, user_id)
    if user is None:
        raise LookupError(f"there is no user {user_id}")
    return user


def get_user(users: sqlite3.Connection, user_id: str) -> User | None:
    """Return the user with this id, or None."""
    statement = "SELECT id, name, email FROM users WHERE id = ?"
    rows = query(users, statement, [user_id])
    return User(*rows[0]) if rows else None


def create_user(users: sqlite3.Connection, name: str, email: str) -> User:
    """Store a user with this name and e-mail address, and return it."""
    statement = "INSERT INTO users (name, email) VALUES (?, ?) RETURNING id, name, email"
    rows = query(users, statement, [name, email])
    return User(*rows[0])


def query(users: sqlite3.Connection, statement: str, parameters: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the rows of `statement`."""
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


def answer(content: object, status: int) -> Response:
    """Answer the request in JSON."""
    return Response(json.dumps(content), status, mimetype="application/json")
