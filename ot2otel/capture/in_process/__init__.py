"""Captures spans in the process that makes them; no tracing library is imported for it."""

from ot2otel.capture.in_process.capture import CAPTURE, Capture, Left
from ot2otel.capture.in_process.owner import Lane, Owner, Seen
from ot2otel.capture.in_process.tracers import NotWatchableError

__all__ = ["CAPTURE", "Capture", "Lane", "Left", "NotWatchableError", "Owner", "Seen"]
