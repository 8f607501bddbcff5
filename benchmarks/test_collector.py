"""The cost of receiving: ratios within one run on one core, so that the machine does not matter.

`python -m pytest benchmarks/test_collector.py -s` prints them and fails if one misses its aim.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from jaeger_client.thrift_gen.agent.Agent import emitBatch_args
from jaeger_client.thrift_gen.jaeger.ttypes import Batch
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TMemoryBuffer

from benchmarks.receiving import THRIFT_BATCH as SPANS
from benchmarks.receiving import datagram as make_datagram
from benchmarks.receiving import otlp_body
from ot2otel.receive.collector import Collector
from ot2otel.wire.jaeger_thrift import check_datagram
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_json_encoder import encode_json
from ot2otel.wire.otlp_protobuf import check_protobuf, decode_protobuf

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SECONDS = 10
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


def test_checking_takes_a_quarter_of_the_time_of_generated_code(benchmark: BenchmarkFixture) -> None:
    datagram, body, document = make_datagram(SPANS), otlp_body(SPANS), _otlp_json()
    generated, thrift, otlp, otlp_json = _microseconds_per_span(
        lambda: _decode_with_generated_code(datagram),
        lambda: check_datagram(datagram),
        lambda: check_protobuf(body),
        lambda: decode_json(document),
    )
    ratios = {
        "datagram": generated / thrift,
        "OTLP protobuf": generated / otlp,
        "OTLP JSON": generated / otlp_json,
    }
    print(f"\ngenerated code, bare decode: {generated:.1f} us per span; checked, JSON also built:")
    print(
        f"datagram {thrift:.1f} us, OTLP protobuf {otlp:.1f} us, OTLP JSON {otlp_json:.1f} us; times as fast:"
    )
    print(", ".join(f"{name} {ratio:.1f}" for name, ratio in ratios.items()))

    benchmark.extra_info.update(ratios)
    benchmark(check_datagram, datagram)

    assert ratios["datagram"] >= 4
    assert ratios["OTLP protobuf"] >= 4


def test_nothing_is_lost_at_a_quarter_of_the_rate_of_checking(benchmark: BenchmarkFixture) -> None:
    datagram = make_datagram(SPANS)
    (per_span,) = _microseconds_per_span(lambda: check_datagram(datagram))
    rate = 1e6 / per_span / 4
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


def _otlp_json() -> bytes:
    return json.dumps(encode_json(decode_protobuf(otlp_body(SPANS)).spans)).encode()
