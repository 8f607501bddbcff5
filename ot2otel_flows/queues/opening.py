"""Opens the queues of the flow `events` by their address."""

from __future__ import annotations

from ot2otel_flows.queues.broker import Broker
from ot2otel_flows.queues.files import FileBroker


def open_broker(queues: str, lease: float) -> Broker:
    """Open the broker at `queues`: a directory, or redis://HOST:PORT/DATABASE, which needs ot2otel[redis].

    A message that was received and not settled for `lease` seconds is delivered again, so `lease` has to be
    more than the time that a worker takes. Raises ImportError if kombu or redis is not installed.
    """
    if queues.startswith(("redis://", "rediss://")):
        from ot2otel_flows.queues.redis import RedisBroker

        return RedisBroker(queues, lease)
    return FileBroker(queues, lease)
