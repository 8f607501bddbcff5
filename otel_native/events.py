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
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_DESTINATION_NAME,
    MESSAGING_OPERATION_NAME,
    MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM,
    MessagingOperationTypeValues,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, SpanKind, StatusCode, get_current_span
from werkzeug.exceptions import BadRequest

from ot2otel_flows.queues import Broker, Delivery, Worker, open_broker
from otel_native.creation_context import CARRYING, Carrying, CreationContext
from otel_native.tracing import Tracing

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


def intake(tracing: Tracing, queues: str, lease: float, context: str, work: float = 1.0) -> Flask:
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
        attributes = {
            MESSAGING_SYSTEM: broker.system,
            MESSAGING_OPERATION_NAME: "send",
            MESSAGING_OPERATION_TYPE: MessagingOperationTypeValues.SEND.value,
            MESSAGING_DESTINATION_NAME: EVENTS,
            "event.id": event_id,
        }
        # PRODUCER, and no span below it: one message is sent, and it carries the context of this span.
        with tracing.tracer.start_as_current_span(
            "event lifecycle", kind=SpanKind.PRODUCER, attributes=attributes
        ) as span:
            time.sleep(0.1 * work)
            metadata: dict[str, str] = {}
            CARRYING[context].put(tracing, span, metadata)
            broker.note(event_id, "taken in")
            broker.send(EVENTS, metadata, {"id": event_id, "reading": reading})
        return answer({"id": event_id}, 202, {"Location": f"/events/{event_id}"})

    @app.get("/events/<event_id>")
    def get_event(event_id: str) -> Response:
        states = broker.states(event_id)
        return answer({"id": event_id, "states": states}, 200 if states else 404)

    return app


def validator(tracing: Tracing, queues: str, lease: float, context: str, work: float = 1.0) -> Flask:
    """Make validator, which passes on the events whose reading is a number."""

    def validate(event: Event) -> Event:
        time.sleep(0.1 * work)
        return {"id": event["id"], "reading": float(event["reading"])}

    stage = Stage(EVENTS, validate, "valid", VALID_EVENTS)
    return worker("validator", tracing, open_broker(queues, lease), CARRYING[context], stage)


def archiver(tracing: Tracing, queues: str, lease: float, context: str, work: float = 1.0) -> Flask:
    """Make archiver, the last service of an event."""

    def archive(event: Event) -> Event:
        time.sleep(0.1 * work)
        return event

    stage = Stage(VALID_EVENTS, archive, "archived")
    return worker("archiver", tracing, open_broker(queues, lease), CARRYING[context], stage)


def worker(name: str, tracing: Tracing, broker: Broker, carrying: Carrying, stage: Stage) -> Worker:
    """Make a worker; its port answers with its attempts by their end, and the number of dead letters."""
    counts: Counter[str] = Counter()

    def turn() -> None:
        deliveries = broker.receive(stage.queue, BATCH, wait=0.05)
        if not deliveries:
            return
        settlements = [attempt(tracing, broker, carrying, stage, counts, delivery) for delivery in deliveries]
        # Before the messages are settled. If this worker dies in between, they are delivered again. If it
        # settled them first and died, their spans would be lost.
        tracing.flush()
        for settle in settlements:
            settle()

    app = Worker(name, turn)
    weakref.finalize(app, broker.close)

    @app.get("/")
    def get_counts() -> Response:
        return answer({"attempts": dict(counts), "dead letters": broker.dead_letters(stage.queue)}, 200)

    return app


def attempt(
    tracing: Tracing,
    broker: Broker,
    carrying: Carrying,
    stage: Stage,
    counts: Counter[str],
    delivery: Delivery,
) -> Callable[[], None]:
    """Handle one event in a span of its own; return the action for when that span is delivered."""
    creator = carrying.find(tracing, delivery.metadata)
    if creator is None:
        counts["without a context"] += 1
        print(f"message {delivery.message_id} of {stage.queue} has no context: a new trace", flush=True)
    begun = broker.begin(delivery)
    event_id = id_of(delivery)
    for number, begun_ns in begun.lost:
        counts["lost"] += 1
        record_lost(tracing, creator, attributes_of(broker, stage, event_id, number), begun_ns)
    metadata: dict[str, str] = {}
    try:
        # The conventions want a link to the creation context, and allow it as the parent of a single message.
        # The parent keeps the event in one trace; the link records that it was handed over.
        with tracing.tracer.start_as_current_span(
            "event processing",
            creator,
            kind=SpanKind.CONSUMER,
            links=handed_over_by(creator),
            attributes=attributes_of(broker, stage, event_id, begun.number),
        ) as span:
            try:
                event = handle(stage, delivery, begun.number)
            except Exception as error:
                if begun.number >= MOST_ATTEMPTS:
                    span.add_event("dead-lettered", {"event.attempts": begun.number})
                span.set_attribute(ERROR_TYPE, type(error).__qualname__)
                raise
            carrying.put(tracing, span, metadata)
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


def record_lost(
    tracing: Tracing, creator: CreationContext | None, attributes: Mapping[str, str | int], begun_ns: int
) -> None:
    """Record the attempt of a worker that died with its span, from its begin until now."""
    span = tracing.tracer.start_span(
        "event processing",
        creator,
        kind=SpanKind.CONSUMER,
        links=handed_over_by(creator),
        attributes={**attributes, ERROR_TYPE: "worker lost"},
        start_time=begun_ns,
    )
    span.set_status(StatusCode.ERROR)
    span.add_event("worker lost")
    span.end()


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


def handed_over_by(creator: CreationContext | None) -> list[Link]:
    """Link to the span that created a message."""
    return [Link(get_current_span(creator).get_span_context())] if creator else []


def attributes_of(broker: Broker, stage: Stage, event_id: str, number: int) -> dict[str, str | int]:
    """Describe an attempt to process an event."""
    return {
        MESSAGING_SYSTEM: broker.system,
        MESSAGING_OPERATION_NAME: "process",
        MESSAGING_OPERATION_TYPE: MessagingOperationTypeValues.PROCESS.value,
        MESSAGING_DESTINATION_NAME: stage.queue,
        "event.id": event_id,
        "event.attempt": number,
    }


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
