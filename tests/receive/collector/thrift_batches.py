"""Batches in Thrift's binary protocol, made with jaeger-client's generated code."""

from __future__ import annotations

from jaeger_client.thrift_gen.agent.Agent import emitBatch_args
from jaeger_client.thrift_gen.jaeger.ttypes import Batch, Process, Span
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer


def _batch(service: str, *names: str, trace: int = 1) -> Batch:
    spans = [Span(trace, 0, number, 0, name, None, 1, 10, 5) for number, name in enumerate(names, 1)]
    return Batch(Process(service), spans)


def batch(service: str, *names: str, trace: int = 1) -> bytes:
    """Return the body of a request to Jaeger's collector, with a span for each name."""
    transport = TMemoryBuffer()
    _batch(service, *names, trace=trace).write(TBinaryProtocol(transport))
    return bytes(transport.getvalue())


def batch_of_empty_spans(number: int) -> bytes:
    """Return a batch whose spans take one byte each: the end of a struct."""
    head = batch("s")  # with no span: the list's length is in front of the last byte
    return head[:-5] + number.to_bytes(4, "big") + bytes(number + 1)


def _call() -> bytes:
    transport = TMemoryBuffer()
    protocol = TBinaryProtocol(transport)
    protocol.writeMessageBegin("emitBatch", TMessageType.ONEWAY, 1)
    emitBatch_args(_batch("s", "op")).write(protocol)
    protocol.writeMessageEnd()
    return bytes(transport.getvalue())


BINARY_CALL = _call()
