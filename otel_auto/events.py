"""The flow `events`: an event comes in at intake and goes through two queues to validator and archiver."""

from __future__ import annotations

import json
import time
import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from ot2otel_flows.queues import Broker, Delivery, Worker, open_broker

# The queues: from intake to validator, and from validator to archiver.
EVENTS, VALID_EVENTS = "events", "valid-events"
# Attempts at an event before it becomes a dead letter.
MOST_ATTEMPTS = 3
# Messages that a worker takes at once: as many spans as jaeger-client sends without waiting for more.
BATCH = 10

Event = dict[str, Any]  # Any: JSON, unchecked before validator


@dataclass(frozen=True, slots=True)
class Stage:
    """The work of one worker: it handles the events of `queue`, notes `state` and sends them to `next`."""

    queue: str
    handle: Callable[[Event], Event]
    state: str
    next: str | None = None


def intake(queues: str, lease: float, work: float = 1.0) -> Flask:
    """Make intake, which takes events in and answers with their states."""
    app = Flask("intake")
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    broker = open_broker(queues, lease)
    weakref.finalize(app, broker.close)

    @app.post("/events")
    def take_in() -> Response:
        try:
            reading = read_event(request.get_data())
        except BadRequest as error:
            return answer({"error": error.description}, 400)
        event_id = broker.new_event()
        time.sleep(0.1 * work)
        metadata: dict[str, str] = {}
        broker.note(event_id, "taken in")
        broker.send(EVENTS, metadata, {"id": event_id, "reading": reading})
        return answer({"id": event_id}, 202, {"Location": f"/events/{event_id}"})

    @app.get("/events/<event_id>")
    def get_event(event_id: str) -> Response:
        states = broker.states(event_id)
        return answer({"id": event_id, "states": states}, 200 if states else 404)

    return app


def validator(queues: str, lease: float, work: float = 1.0) -> Flask:
    """Make validator, which passes on the events whose reading is a number."""

    def validate(event: Event) -> Event:
        time.sleep(0.1 * work)
        return {"id": event["id"], "reading": float(event["reading"])}

    stage = Stage(EVENTS, validate, "valid", VALID_EVENTS)
    return worker("validator", open_broker(queues, lease), stage)


def archiver(queues: str, lease: float, work: float = 1.0) -> Flask:
    """Make archiver, the last service of an event."""

    def archive(event: Event) -> Event:
        time.sleep(0.1 * work)
        return event

    stage = Stage(VALID_EVENTS, archive, "archived")
    return worker("archiver", open_broker(queues, lease), stage)


def worker(name: str, broker: Broker, stage: Stage) -> Worker:
    """Make a worker; its port answers with its attempts by their end, and the number of dead letters."""
    counts: Counter[str] = Counter()

    def turn() -> None:
        deliveries = broker.receive(stage.queue, BATCH, wait=0.05)
        if not deliveries:
            return
        settlements = [attempt(broker, stage, counts, delivery) for delivery in deliveries]
        for settle in settlements:
            settle()

    app = Worker(name, turn)
    weakref.finalize(app, broker.close)

    @app.get("/")
    def get_counts() -> Response:
        return answer({"attempts": dict(counts), "dead letters": broker.dead_letters(stage.queue)}, 200)

    return app


def attempt(broker: Broker, stage: Stage, counts: Counter[str], delivery: Delivery) -> Callable[[], None]:
    """Handle one event; return the action that settles its message."""
    begun = broker.begin(delivery)
    event_id = id_of(delivery)
    counts["lost"] += len(begun.lost)
    metadata: dict[str, str] = {}
    try:
        event = handle(stage, delivery, begun.number)
    except Exception:
        if begun.number < MOST_ATTEMPTS:
            counts["failed"] += 1
            return lambda: broker.release(delivery)
        counts["dead"] += 1
        return lambda: give_up(broker, delivery, event_id)
    counts["handled"] += 1
    return lambda: pass_on(broker, stage, delivery, metadata, event)


def handle(stage: Stage, delivery: Delivery, number: int) -> Event:
    """Return the handled event; raise ValueError if the message has none or was lost too often."""
    if number > MOST_ATTEMPTS:
        raise ValueError(f"{MOST_ATTEMPTS} workers were lost over this event")
    if not isinstance(delivery.body, dict):
        raise ValueError("the message holds no event")
    return stage.handle(delivery.body)


def pass_on(
    broker: Broker, stage: Stage, delivery: Delivery, metadata: Mapping[str, str], event: Event
) -> None:
    """Put the handled event into the next queue, if there is one, and settle the message."""
    if stage.next:
        broker.send(stage.next, metadata, event)
    broker.note(id_of(delivery), stage.state)
    broker.settle(delivery)


def give_up(broker: Broker, delivery: Delivery, event_id: str) -> None:
    """Make the event a dead letter."""
    broker.note(event_id, "dead-lettered")
    broker.bury(delivery)


def id_of(delivery: Delivery) -> str:
    """Return the id of the event in a message, "" if it has none."""
    return str(delivery.body.get("id", "")) if isinstance(delivery.body, dict) else ""


def read_event(body: bytes) -> str:
    """Return the reading in `body`; raise BadRequest if it has none."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("send a JSON object") from None
    match fields:
        case {"reading": str(reading)} if reading.isprintable():
            return reading
    raise BadRequest("send the reading as text")


def answer(content: object, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer in JSON."""
    return Response(json.dumps(content), status, headers, mimetype="application/json")
