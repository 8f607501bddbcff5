"""Durable queues for the flow `events`, and how far each event has come: in files, or in Redis by URL."""

from __future__ import annotations

from event_queue.broker import Attempt, Broker, Delivery
from event_queue.files import FileBroker
from event_queue.worker import Worker

__all__ = ["Attempt", "Broker", "Delivery", "FileBroker", "Worker", "open_broker"]


def open_broker(queues: str, lease: float) -> Broker:
    """Open what `queues` names: a directory, or redis://HOST:PORT/DATABASE, which needs ot2otel[redis].

    A message that was received and not settled for `lease` seconds is delivered again, so `lease` has to be
    more than a worker takes. Raises ImportError where kombu or redis is not installed.
    """
    if queues.startswith(("redis://", "rediss://")):
        from event_queue.redis import RedisBroker

        return RedisBroker(queues, lease)
    return FileBroker(queues, lease)
