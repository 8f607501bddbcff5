"""Spans of Celery's tasks: their OpenTracing integration beside their instrumentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.facts import KIND, MESSAGE, NAME, Nested
from ot2otel.compare.rules.libraries.instrumentation import CONTRIB, NOT_INSTRUMENTED, made_by, source
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Copied,
    Dropped,
    Effect,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    of_event,
    one_of,
    stands,
    text,
    was,
)
from ot2otel.model import Kind

_INTEGRATION = "https://github.com/signalfx/python-celery/blob/master/celery_opentracing/tracing.py"
_CONTEXT = (
    f"{CONTRIB}/instrumentation/opentelemetry-instrumentation-celery/src/opentelemetry/instrumentation/"
    "celery/utils.py (set_attributes_from_context)"
)
_MESSAGING = f"{CONVENTIONS}/messaging/messaging-spans/"
_BY_CELERY = made_by("celery")
_OF_CELERY = (_BY_CELERY, NOT_INSTRUMENTED)
_PRODUCES, _CONSUMES = stands(KIND, Kind.PRODUCER), stands(KIND, Kind.CONSUMER)
_ID, _DESTINATION = attribute("messaging.message.id"), attribute("messaging.destination")
_DELIVERY = attribute("celery.delivery_info")
_REASON = attribute("celery.retry.reason")
_ACTIONS = {Kind.PRODUCER: "apply_async", Kind.CONSUMER: "run"}


def _named(name: object, kind: Kind) -> Sequence[Makes] | None:
    """Make the action and the task; the integration wrote `publish` before the task of a producer."""
    if kind not in _ACTIONS or not isinstance(name, str):
        return None
    return (
        Makes(NAME, f"{_ACTIONS[kind]}/{name.removeprefix('publish ') if kind is Kind.PRODUCER else name}"),
    )


def _in_delivery(key: str) -> Split:
    """Make a licence for a value that is a part of the text `celery.delivery_info`."""

    def part(value: object) -> Sequence[Makes]:
        part_of = re.compile(rf"'{key}': {re.escape(repr(value))}[,}}]")
        return (Makes(_DELIVERY, test=lambda info: isinstance(info, str) and bool(part_of.search(info))),)

    return Split((attribute(f"celery.delivery.{key}"),), part, premises=(*_OF_CELERY, _CONSUMES))


def _limits(limits: object) -> Sequence[Makes]:
    """Make the list of both limits that jaeger-client wrote as text."""
    return (
        Makes(
            attribute("celery.timelimit"),
            test=lambda value: isinstance(value, Nested) and value.text == limits,
        ),
    )


def _task(name: object) -> Sequence[str]:
    return [str(name).partition("/")[2]]


def _action(kind: Kind) -> Sequence[str]:
    return [_ACTIONS[kind]] if kind in _ACTIONS else []


CELERY = (
    Rule(
        "celery-action-as-name",
        Effect.TRANSLATED,
        "the instrumentation names Celery's spans by action and task: `apply_async/TASK` and `run/TASK`",
        source("celery"),
        (Split((NAME,), _named, reads_after=(KIND,), premises=_OF_CELERY),),
    ),
    Rule(
        "celery-task-id",
        Effect.TRANSLATED,
        "`celery.task.id` becomes `messaging.message.id`",
        f"{_MESSAGING} ({_CONTEXT})",
        (Renamed(attribute("celery.task.id"), _ID, premises=_OF_CELERY),),
    ),
    Rule(
        "celery-destination",
        Effect.TRANSLATED,
        "`message_bus.destination` and `celery.delivery.routing_key` become `messaging.destination`",
        f"{_MESSAGING} ({_CONTEXT})",
        tuple(
            Renamed(attribute(key), _DESTINATION, premises=_OF_CELERY)
            for key in ("message_bus.destination", "celery.delivery.routing_key")
        ),
    ),
    Rule(
        "celery-delivery",
        Effect.TRANSLATED,
        "a worker's `celery.delivery.*` become parts of the text `celery.delivery_info`",
        _CONTEXT,
        tuple(map(_in_delivery, ("exchange", "priority", "queue", "redelivered"))),
    ),
    Rule(
        "celery-sender",
        Effect.TRANSLATED,
        "a worker's `celery.task.origin`, the process that sent the task, becomes `celery.hostname`",
        _CONTEXT,
        (
            Renamed(
                attribute("celery.task.origin"),
                attribute("celery.hostname"),
                premises=(*_OF_CELERY, _CONSUMES),
            ),
        ),
    ),
    Rule(
        "celery-worker-left-out",
        Effect.DEGRADED,
        "the name of the worker, `celery.worker.hostname`, is gone: `celery.hostname` names the sender",
        _CONTEXT,
        (
            Dropped(
                (attribute("celery.worker.hostname"),),
                "nothing: the sender's name is written over it",
                text,
                _OF_CELERY,
            ),
        ),
        "a search for the tasks of one worker finds nothing",
    ),
    Rule(
        "celery-message-left-out",
        Effect.DEGRADED,
        "a producer's span tells less of the message: the retries, the limits, the sender and the delivery "
        "are gone",
        f"{source('celery')} (_trace_before_publish)",
        tuple(
            Dropped(
                (attribute(f"celery.{key}"),),
                "nothing: the headers of the message are not read",
                premises=(*_OF_CELERY, _PRODUCES),
            )
            for key in (
                *("task.origin", "timelimit", "delivery.priority", "delivery.redelivered"),
                *("delivery.exchange", "delivery.queue", "retries"),
            )
        ),
        "only the worker's span tells which attempt it was",
    ),
    Rule(
        "celery-no-retries",
        Effect.TRANSLATED,
        "a first attempt has no `celery.retries`; the integration wrote 0",
        _CONTEXT,
        (
            Dropped(
                (attribute("celery.retries"),),
                "nothing: no attempt before this one goes without saying",
                one_of(0),
                _OF_CELERY,
            ),
        ),
    ),
    Rule(
        "celery-limits",
        Effect.TRANSLATED,
        "`celery.timelimit` becomes a list instead of a text",
        _CONTEXT,
        (Split((attribute("celery.timelimit"),), _limits, premises=_OF_CELERY),),
    ),
    Rule(
        "celery-retry",
        Effect.TRANSLATED,
        "`celery.retry` becomes the state RETRY in `celery.state`",
        source("celery"),
        (
            Split(
                (attribute("celery.retry"),),
                lambda retry: (Makes(attribute("celery.state"), "RETRY"),) if retry is True else None,
                premises=_OF_CELERY,
            ),
        ),
    ),
    Rule(
        "celery-retry-log",
        Effect.DEGRADED,
        "the exception for which a task is tried again has no event; only its text is left, in "
        "`celery.retry.reason`",
        f"{source('celery')} (_trace_retry; {_INTEGRATION}, _tag_retry)",
        (
            Dropped(
                (
                    of_event("name"),
                    *(
                        of_event("attributes", key)
                        for key in ("message", "error.object", "error.kind", "stack")
                    ),
                ),
                "its text in `celery.retry.reason`",
                one_of("error"),
                (
                    *_OF_CELERY,
                    was(_REASON),
                    stands(_REASON),
                    stands(attribute("celery.state"), "RETRY"),
                    Premise((("event", 0, "name"),), one_of(None)),
                ),
            ),
        ),
        "the stack of an error that led to another attempt is lost",
    ),
    Rule(
        "celery-error-text",
        Effect.ADDED,
        "the status has the text of a failed task's exception as its message",
        f"{source('celery')} (_trace_failure)",
        (
            Copied(
                MESSAGE,
                (of_event("attributes", "exception.message"),),
                lambda messages: [str(message) for message in messages],
                (_BY_CELERY,),
            ),
        ),
    ),
    Rule(
        "celery-instrumentation",
        Effect.ADDED,
        "the instrumentation of Celery describes task and message in more attributes",
        f"{_MESSAGING} ({_CONTEXT})",
        (
            Copied(attribute("celery.action"), (KIND,), _action, (_BY_CELERY,)),
            Copied(attribute("celery.task_name"), (NAME,), _task, (_BY_CELERY,)),
            Added(
                (attribute("celery.state"),),
                one_of("SUCCESS", "FAILURE", "RETRY", "IGNORED", "REJECTED"),
                (_BY_CELERY, _CONSUMES),
            ),
            Added((attribute("messaging.destination_kind"),), one_of("queue", "topic"), (_BY_CELERY,)),
            Added(
                tuple(map(attribute, ("celery.reply_to", "messaging.conversation_id"))), text, (_BY_CELERY,)
            ),
        ),
    ),
)
