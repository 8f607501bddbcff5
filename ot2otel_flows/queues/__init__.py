"""Durable queues for the flow `events`, and the states of each event: in files, or in Redis by URL."""

from ot2otel_flows.queues.broker import Attempt, Broker, Delivery
from ot2otel_flows.queues.files import FileBroker
from ot2otel_flows.queues.opening import open_broker
from ot2otel_flows.queues.worker import Worker

__all__ = ["Attempt", "Broker", "Delivery", "FileBroker", "Worker", "open_broker"]
