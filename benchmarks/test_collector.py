"""The cost of receiving: ratios within one run on one core, so that the machine does not matter.

`python -m pytest benchmarks/test_collector.py -s` prints them and fails if one misses its aim.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from jaeger_client.thrift_gen.agent.Agent import emitBatch_args
from jaeger_client.thrift_gen.jaeger.ttypes import Batch, Log, Process, Span, Tag
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.receive.collector import Collector
from ot2otel.wire.jaeger_thrift import decode_datagram
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SPANS = 10  # in a message, as jaeger-client sends them
SECONDS = 10
ATTRIBUTES: Mapping[str, str | int | bool] = {
    "http.method": "GET",
    "http.url": "http://127.0.0.1:8082/Bryan",
    "http.status_code": 200,
    "hello.name": "Bryan",
    "sampler.type": "const",
    "sampler.param": True,
}

# A burst every 2 ms, like those of a client that batches, at the given rate.
SENDER = """
import socket, sys, time
port, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
datagram, sent, start = sys.stdin.buffer.read(), 0, time.monotonic()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    while (passed := time.monotonic() - start) < seconds:
        while sent < passed * rate:
            sender.sendto(datagram, ("127.0.0.1", port))
            sent += 1
        time.sleep(0.002)
print(sent)
"""


@pytest.fixture(autouse=True)
def one_core() -> Iterator[None]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


def test_decoding_takes_a_quarter_of_the_time_of_generated_code(benchmark: BenchmarkFixture) -> None:
    datagram, body, document = _datagram(), _otlp_body(), _otlp_json()
    generated, thrift, otlp, otlp_json = _microseconds_per_span(
        lambda: _decode_with_generated_code(datagram),
        lambda: decode_datagram(datagram),
        lambda: decode_protobuf(body),
        lambda: decode_json(document),
    )
    ratios = {
        "datagram": generated / thrift,
        "OTLP protobuf": generated / otlp,
        "OTLP JSON": generated / otlp_json,
    }
    print(f"\ngenerated code, bare decode: {generated:.1f} us per span; to Span values:")
    print(
        f"datagram {thrift:.1f} us, OTLP protobuf {otlp:.1f} us, OTLP JSON {otlp_json:.1f} us; times as fast:"
    )
    print(", ".join(f"{name} {ratio:.1f}" for name, ratio in ratios.items()))

    benchmark.extra_info.update(ratios)
    benchmark(decode_datagram, datagram)

    assert ratios["datagram"] >= 4
    assert ratios["OTLP protobuf"] >= 4


def test_nothing_is_lost_at_half_the_decoders_rate(benchmark: BenchmarkFixture) -> None:
    datagram = _datagram()
    (per_span,) = _microseconds_per_span(lambda: decode_datagram(datagram))
    rate = 1e6 / per_span / 2
    with Collector() as collector:
        arguments = (datagram, collector.agent_port, rate / SPANS)
        sent: int = benchmark.pedantic(_send, arguments, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    counts = collector.counts
    print(f"\n{sent * SPANS} spans at {sent * SPANS / SECONDS:.0f}/s of {rate:.0f}/s wanted: {counts}")
    benchmark.extra_info.update({"spans per second": sent * SPANS / SECONDS, "sent": sent})

    assert sent * SPANS >= 0.99 * rate * SECONDS
    assert (counts.datagrams, counts.spans, counts.dropped_datagrams) == (sent, sent * SPANS, 0)


def _microseconds_per_span(*decoders: Callable[[], object]) -> list[float]:
    """Return the least of 20 interleaved rounds for each decoder: disturbances only add time."""
    best = [float("inf")] * len(decoders)
    for _ in range(20):
        for number, decode in enumerate(decoders):
            start = time.perf_counter()
            for _ in range(20):
                decode()
            best[number] = min(best[number], (time.perf_counter() - start) / 20 / SPANS * 1e6)
    return best


def _send(datagram: bytes, port: int, rate: float) -> int:
    command = [sys.executable, "-c", SENDER, str(port), str(rate), str(SECONDS)]
    return int(subprocess.run(command, input=datagram, stdout=subprocess.PIPE, check=True).stdout)


def _decode_with_generated_code(datagram: bytes) -> Batch:
    protocol = TCompactProtocol(TMemoryBuffer(datagram))
    protocol.readMessageBegin()
    arguments = emitBatch_args()
    arguments.read(protocol)
    batch: Batch = arguments.batch
    return batch


def _datagram() -> bytes:
    spans = [
        Span(
            traceIdLow=0x0123456789ABCDEF,
            traceIdHigh=0,
            spanId=number,
            parentSpanId=0x0123456789ABCDEF,
            operationName="server-1_to_server-2",
            flags=1,
            startTime=1_544_712_660_000_000,
            duration=1234,
            tags=[Tag("span.kind", 0, vStr="server"), *map(_tag, ATTRIBUTES, ATTRIBUTES.values())],
            logs=[Log(1_544_712_660_000_500, [_tag("event", "answered"), _tag("value", "Hello")])],
        )
        for number in range(1, SPANS + 1)
    ]
    process = Process("server-1", [_tag("hostname", "golden"), _tag("ip", "192.0.2.1")])
    transport = TMemoryBuffer()
    protocol = TCompactProtocol(transport)
    protocol.writeMessageBegin("emitBatch", TMessageType.ONEWAY, 1)
    emitBatch_args(Batch(process, spans)).write(protocol)
    return bytes(transport.getvalue())


def _tag(key: str, value: object) -> Tag:
    if isinstance(value, bool):
        return Tag(key, 2, vBool=value)
    return Tag(key, 3, vLong=value) if isinstance(value, int) else Tag(key, 0, vStr=value)


def _otlp_body() -> bytes:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "server-1", "host.name": "golden"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("benchmark")
    for _ in range(SPANS):
        with tracer.start_as_current_span("server-1_to_server-2", kind=SpanKind.SERVER) as span:
            span.set_attributes(ATTRIBUTES)
            span.add_event("answered", {"value": "Hello"})
    return bytes(encode_spans(exporter.get_finished_spans()).SerializeToString())


def _otlp_json() -> bytes:
    return json.dumps(encode_json(decode_protobuf(_otlp_body()).spans)).encode()
