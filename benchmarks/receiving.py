"""What receiving a span costs, of this collector and of others, in CPU time of the receiving process.

Every span has a trace of its own. Over HTTP the sender waits for each response; over UDP it keeps a rate that
all receivers follow.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from jaeger_client.thrift_gen.agent.Agent import emitBatch_args
from jaeger_client.thrift_gen.jaeger.ttypes import Batch, Log, Process, Span, Tag
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer

OTLP_BATCH = 512  # spans in a request, the most of OpenTelemetry's batch processor
THRIFT_BATCH = 10  # spans in a datagram, as jaeger-client sends them
SPANS = 50_000  # in a round, after the warm-up
WARM_UP = 5_000
ROUNDS = 3
RATE = 15_000  # spans a second over UDP
ATTRIBUTES: Mapping[str, str | int | bool] = {
    "http.method": "GET",
    "http.url": "http://127.0.0.1:8082/Bryan",
    "http.status_code": 200,
    "hello.name": "Bryan",
    "sampler.type": "const",
    "sampler.param": True,
}
_START_US = 1_544_712_660_000_000

_COLLECTOR = """
import sys
from ot2otel.receive.collector import Collector
with Collector() as collector:
    print(collector.otlp_port, collector.agent_port, flush=True)
    for line in sys.stdin:
        if line == "read\\n":
            collector.spans
        if line == "clear\\n":
            collector.clear()
        print(collector.counts.spans, collector.counts.dropped_datagrams, flush=True)
"""

_JAEGER = """
service:
  extensions: [jaeger_storage]
  pipelines:
    traces: {{receivers: [otlp, jaeger], processors: [batch], exporters: [jaeger_storage_exporter]}}
  telemetry: {{metrics: {{level: none}}, logs: {{level: error}}}}
extensions:
  jaeger_storage: {{backends: {{memory: {{memory: {{max_traces: 100000}}}}}}}}
receivers:
  otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}}}
  jaeger: {{protocols: {{thrift_compact: {{endpoint: "127.0.0.1:{agent}"}}}}}}
processors: {{batch: }}
exporters:
  jaeger_storage_exporter: {{trace_storage: memory}}
"""


@dataclass
class Receiving:
    """A receiver that runs; `agent_port` is 0 if it takes no Thrift."""

    pid: int
    otlp_port: int
    agent_port: int
    ask: Callable[[str], tuple[int, int]] | None = None

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its threads."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def settle(self) -> None:
        """Wait until it has nothing to do any more."""
        used = -1.0
        while (now := self.cpu_seconds()) - used > 0.003:
            used = now
            time.sleep(0.3)


def measure(jaeger: str | None, ddapm: str | None, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return for each receiver its version and its costs, or "not measured"; Any: JSON."""
    receivers: dict[str, Callable[[], Any]] = {"this collector": this_collector}
    found: dict[str, Any] = {"this collector": {"version": ""}}
    for name, program, start in (
        ("Jaeger", jaeger, jaeger_v2),
        ("ddapm-test-agent", ddapm, ddapm_test_agent),
    ):
        found[name] = {"version": _version(program)} if program else "not measured"
        if program:
            receivers[name] = _starter(start, program)
    for number in range(ROUNDS):
        for name, start_one in receivers.items():
            tell(f"round {number + 1} of {ROUNDS}: {name}")
            _one_round(start_one, found[name])
    return found


def _starter(start: Callable[[str], Any], program: str) -> Callable[[], Any]:
    return lambda: start(program)


def _one_round(start: Callable[[], Any], found: dict[str, Any]) -> None:
    for connections in (1, 4):
        with start() as receiver:
            us, read_us = _otlp(receiver, connections)
        column = f"OTLP, {connections} connection{'s' if connections > 1 else ''}"
        found.setdefault(column, []).append(round(us, 2))
        if read_us is not None:
            found.setdefault(f"{column}, and read once", []).append(round(read_us, 2))
    with start() as receiver:
        if receiver.agent_port:
            us, lost = _thrift(receiver)
            found.setdefault("Thrift over UDP", []).append(round(us, 2))
            if lost is not None:
                found.setdefault("Thrift over UDP, spans lost", []).append(lost)


def _otlp(receiver: Receiving, connections: int) -> tuple[float, float | None]:
    _post_all(receiver.otlp_port, [otlp_body() for _ in range(WARM_UP // OTLP_BATCH)], connections)
    receiver.settle()
    if receiver.ask:
        receiver.ask("clear")
    bodies = [otlp_body() for _ in range(SPANS // OTLP_BATCH)]
    before = receiver.cpu_seconds()
    _post_all(receiver.otlp_port, bodies, connections)
    receiver.settle()
    taken = receiver.cpu_seconds()
    spans = len(bodies) * OTLP_BATCH
    if not receiver.ask:
        return (taken - before) / spans * 1e6, None
    stored, _ = receiver.ask("read")
    if stored != spans:
        raise RuntimeError(f"{stored} of {spans} spans arrived")
    return (taken - before) / spans * 1e6, (receiver.cpu_seconds() - before) / spans * 1e6


def _thrift(receiver: Receiving) -> tuple[float, int | None]:
    _send_all(receiver.agent_port, [datagram() for _ in range(WARM_UP // THRIFT_BATCH)])
    receiver.settle()
    if receiver.ask:
        receiver.ask("clear")
    datagrams = [datagram() for _ in range(SPANS // THRIFT_BATCH)]
    before = receiver.cpu_seconds()
    _send_all(receiver.agent_port, datagrams)
    receiver.settle()
    us = (receiver.cpu_seconds() - before) / SPANS * 1e6
    return us, SPANS - receiver.ask("count")[0] if receiver.ask else None


def _post_all(port: int, bodies: Sequence[bytes], connections: int) -> None:
    def post(share: Sequence[bytes]) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for body in share:
                connection.request("POST", "/v1/traces", body, {"Content-Type": "application/x-protobuf"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"answered {answer.status}")

    senders = [
        threading.Thread(target=post, args=(bodies[number::connections],)) for number in range(connections)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def _send_all(port: int, datagrams: Sequence[bytes]) -> None:
    start = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number, one in enumerate(datagrams):
            while number * THRIFT_BATCH > (time.monotonic() - start) * RATE:
                time.sleep(0.002)
            sender.sendto(one, ("127.0.0.1", port))


@contextmanager
def this_collector() -> Iterator[Receiving]:
    """Run this collector in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", _COLLECTOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        stdin, stdout = child.stdin, child.stdout
        if not stdin or not stdout:
            raise RuntimeError("no pipes")

        def numbers() -> tuple[int, int]:
            first, second = stdout.readline().split()
            return int(first), int(second)

        def ask(question: str) -> tuple[int, int]:
            stdin.write(question + "\n")
            stdin.flush()
            return numbers()

        otlp_port, agent_port = numbers()
        yield Receiving(child.pid, otlp_port, agent_port, ask)
        stdin.close()


@contextmanager
def jaeger_v2(program: str) -> Iterator[Receiving]:
    """Run Jaeger with its memory storage and nothing else."""
    otlp, agent = _free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_DGRAM)
    with tempfile.TemporaryDirectory() as directory:
        settings = Path(directory) / "jaeger.yaml"
        settings.write_text(_JAEGER.format(otlp=otlp, agent=agent))
        with _running([program, "--config", str(settings)], otlp) as child:
            yield Receiving(child.pid, otlp, agent)


@contextmanager
def ddapm_test_agent(program: str) -> Iterator[Receiving]:
    """Run ddapm-test-agent, which takes no Thrift."""
    otlp = _free_port(socket.SOCK_STREAM)
    ports = {
        "--port": _free_port(socket.SOCK_STREAM),
        "--otlp-http-port": otlp,
        "--otlp-grpc-port": _free_port(socket.SOCK_STREAM),
    }
    command = [program, *(str(part) for pair in ports.items() for part in pair), "--log-level", "ERROR"]
    with _running(command, otlp) as child:
        yield Receiving(child.pid, otlp, 0)


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            _await_port(port, child)
            yield child
        finally:
            child.terminate()


def _await_port(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while child.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{child.args!r} does not listen")


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _version(program: str) -> str:
    for argument in ("version", "--version"):
        finished = subprocess.run([program, argument], capture_output=True, text=True, check=False)
        found = re.search(r"\d+\.\d+\.\d+[\w.+-]*", finished.stdout)
        if found:
            return found.group()
    return "of unknown version"


def otlp_body(spans: int = OTLP_BATCH) -> bytes:
    """Return a request with fresh ids."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    for key, value in {"service.name": "server-1", "host.name": "golden"}.items():
        resource_spans.resource.attributes.add(key=key).value.string_value = value
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "benchmark"
    for _ in range(spans):
        span = scope_spans.spans.add(
            trace_id=os.urandom(16),
            span_id=os.urandom(8),
            parent_span_id=os.urandom(8),
            name="server-1_to_server-2",
            kind=2,
            start_time_unix_nano=_START_US * 1000,
            end_time_unix_nano=_START_US * 1000 + 1_234_000,
        )
        for key, content in ATTRIBUTES.items():
            attribute = span.attributes.add(key=key).value
            if isinstance(content, bool):
                attribute.bool_value = content
            elif isinstance(content, int):
                attribute.int_value = content
            else:
                attribute.string_value = content
        event = span.events.add(name="answered", time_unix_nano=_START_US * 1000 + 500_000)
        event.attributes.add(key="value").value.string_value = "Hello"
    return bytes(request.SerializeToString())


def datagram(spans: int = THRIFT_BATCH) -> bytes:
    """Return a datagram of jaeger-client's form with fresh ids."""
    structs = [
        Span(
            traceIdLow=_random_id(),
            traceIdHigh=0,
            spanId=_random_id(),
            parentSpanId=_random_id(),
            operationName="server-1_to_server-2",
            flags=1,
            startTime=_START_US,
            duration=1234,
            tags=[Tag("span.kind", 0, vStr="server"), *map(_tag, ATTRIBUTES, ATTRIBUTES.values())],
            logs=[Log(_START_US + 500, [_tag("event", "answered"), _tag("value", "Hello")])],
        )
        for _ in range(spans)
    ]
    process = Process("server-1", [_tag("hostname", "golden"), _tag("ip", "192.0.2.1")])
    transport = TMemoryBuffer()
    protocol = TCompactProtocol(transport)
    protocol.writeMessageBegin("emitBatch", TMessageType.ONEWAY, 1)
    emitBatch_args(Batch(process, structs)).write(protocol)
    return bytes(transport.getvalue())


def _tag(key: str, value: object) -> Tag:
    if isinstance(value, bool):
        return Tag(key, 2, vBool=value)
    return Tag(key, 3, vLong=value) if isinstance(value, int) else Tag(key, 0, vStr=value)


def _random_id() -> int:
    return int.from_bytes(os.urandom(8), "big", signed=True)
