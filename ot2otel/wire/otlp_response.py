"""Responses of an OTLP receiver: how many spans it rejected, or why it refused the request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from google.protobuf.json_format import MessageToJson
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

if TYPE_CHECKING:
    from google.protobuf.message import Message

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


def taken(rejected: Sequence[str], media_type: str) -> bytes:
    """Return the body of a success; `rejected` has a reason for each rejected span."""
    response = ExportTraceServiceResponse()
    if rejected:
        response.partial_success.rejected_spans = len(rejected)
        response.partial_success.error_message = "; ".join(rejected[:3])
    return _encoded(response, media_type)


def refused(message: str, media_type: str) -> bytes:
    """Return the body of a failure: a `google.rpc.Status` with the message."""
    return _encoded(Status(message=message), media_type)


def _encoded(message: Message, media_type: str) -> bytes:
    if media_type == PROTOBUF:
        return bytes(message.SerializeToString())
    return bytes(MessageToJson(message).encode())
