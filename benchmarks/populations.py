"""Traffic of one program as two tracers tell it: traces of three spans, as many as a measurement needs.

Both tracers see the same requests in the same order, so a comparison's true result is known. Ids, times and
host names follow from the seed, everything else from the number of a request.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from ot2otel.model import Attributes, AttributeValue, Event, Kind, Scope, Span, Status, StatusCode
from ot2otel.wire.otlp_json_encoder import encode_json

TRACES_PER_LINE = 20  # 60 spans, a small batch of an exporter
FEW = 8  # different values, if values repeat
_EACH_FAILED = 20  # one in so many requests ends with an error
_START_NS = 1_795_000_000_000_000_000
_HOST, _PORT = "shop.example.com", 8081

TraceSpans = tuple[Span, Span, Span]


class Values(Enum):
    """Whether a request's values, like the user's id, are its own or shared by many requests."""

    UNIQUE = "unique"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the gateway for an order, which the gateway fetches from the service orders."""

    number: int
    user: int
    order: int
    size: int
    failed: bool

    @property
    def status(self) -> int:
        """The status code of the service orders."""
        return 500 if self.failed else 200

    @property
    def gateway_status(self) -> int:
        """The status code of the gateway."""
        return 502 if self.failed else 200

    @property
    def order_url(self) -> str:
        """The URL that the gateway asks."""
        return f"http://orders:{_PORT}/orders/{self.order}?user={self.user}"

    @property
    def address(self) -> str:
        """The user's address."""
        return f"10.0.{self.user % 250}.{self.order % 250}"

    @property
    def problem(self) -> str:
        """The message of a failed request's exception."""
        return f"order {self.order} is locked"


@dataclass(frozen=True, slots=True)
class _Tracer:
    """How a tracer tells a request; tuples have a value for each of the three spans."""

    id_bits: int
    tick_ns: int
    attributes: tuple[Callable[[Request], Attributes], ...]
    error: Callable[[Request, int], Event]  # of a request, at a time in nanoseconds
    error_message: Callable[[Request], str]
    resource: Attributes
    scopes: tuple[Scope, ...]
    flags: tuple[int, ...]


def requests(count: int, values: Values = Values.UNIQUE) -> Iterator[Request]:
    """Yield the requests of a run, the same ones each time."""
    for number in range(count):
        varying = number if values is Values.UNIQUE else number % FEW
        failed = number % _EACH_FAILED == _EACH_FAILED - 1
        yield Request(number, 1000 + varying, 500_000 + 7 * varying, 100 + varying, failed)


def legacy_traces(count: int, values: Values = Values.UNIQUE, seed: int = 1) -> Iterator[TraceSpans]:
    """Yield the traces of OpenTracing with jaeger-client, as decoded from Jaeger's wire.

    Trace ids have 64 bits, times are whole microseconds.
    """
    return _traces(_LEGACY, requests(count, values), random.Random(seed))


def native_traces(count: int, values: Values = Values.UNIQUE, seed: int = 2) -> Iterator[TraceSpans]:
    """Yield the traces of the same requests from OpenTelemetry, with OpenTelemetry's names."""
    return _traces(_NATIVE, requests(count, values), random.Random(seed))


# By the name of the tracer: a number of traces, and their values.
POPULATIONS: dict[str, Callable[[int, Values], Iterator[TraceSpans]]] = {
    "legacy": legacy_traces,
    "native": native_traces,
}


def lines(traces: Iterable[TraceSpans], traces_per_line: int = TRACES_PER_LINE) -> Iterator[str]:
    """Yield lines, each an OTLP/JSON document of some traces, like the collector's file exporter."""
    remaining = iter(traces)
    while batch := list(islice(remaining, traces_per_line)):
        document = encode_json(span for trace in batch for span in trace)
        yield json.dumps(document, separators=(",", ":")) + "\n"


def write_lines(traces: Iterable[TraceSpans], path: Path, traces_per_line: int = TRACES_PER_LINE) -> int:
    """Write the traces as JSON lines, in constant memory; return the size of the file in bytes."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines(traces, traces_per_line))
    return path.stat().st_size


def _traces(tracer: _Tracer, asked: Iterable[Request], chance: random.Random) -> Iterator[TraceSpans]:
    gateway, orders = (_of_service(tracer.resource, service, chance) for service in ("gateway", "orders"))
    for request in asked:
        trace_id = f"{chance.getrandbits(tracer.id_bits) | 1:032x}"
        entry, client, answer = [f"{chance.getrandbits(64) | 1:016x}" for _ in range(3)]
        times = _times(request, tracer.tick_ns, chance)
        status = Status(StatusCode.ERROR if request.failed else StatusCode.UNSET)
        yield (
            Span(
                *(trace_id, entry, "get_order", "", Kind.SERVER, times[0], times[7], status),
                attributes=tracer.attributes[0](request),
                events=(Event("answered", times[6], {"answer.length": request.size}),),
                resource=gateway,
                scope=tracer.scopes[0],
                flags=tracer.flags[0],
            ),
            Span(
                *(trace_id, client, "fetch_order", entry, Kind.CLIENT, times[1], times[5]),
                status=Status(status.code, tracer.error_message(request) if request.failed else ""),
                attributes=tracer.attributes[1](request),
                events=(tracer.error(request, times[4]),) if request.failed else (),
                resource=gateway,
                scope=tracer.scopes[1],
                flags=tracer.flags[1],
            ),
            Span(
                *(trace_id, answer, "find_order", client, Kind.SERVER, times[2], times[4], status),
                attributes=tracer.attributes[2](request),
                events=(Event("answered", times[3], {"answer.length": request.size}),),
                resource=orders,
                scope=tracer.scopes[2],
                flags=tracer.flags[2],
            ),
        )


def _of_service(resource: Attributes, service: str, chance: random.Random) -> Attributes:
    return {"service.name": service, "host.name": f"{service}-{chance.getrandbits(32):08x}", **resource}


def _times(request: Request, tick_ns: int, chance: random.Random) -> list[int]:
    """Return eight times in ascending order, in nanoseconds, 50 to 500 us apart."""
    time = _START_NS + request.number * 5_000_000
    times = []
    for _ in range(8):
        times.append(time // tick_ns * tick_ns)
        time += chance.randrange(50_000, 500_000)
    return times


_STACK = """\
  File "shop/gateway.py", line 71, in fetch_order
    response = requests.get(url, headers=headers, timeout=timeout)
  File "requests/api.py", line 73, in get
    return request("get", url, params=params, **kwargs)
  File "requests/sessions.py", line 651, in request
    resp = self.send(prep, **send_kwargs)
"""


def _legacy_entry(request: Request) -> Attributes:
    return {
        "sampler.type": "const",
        "sampler.param": True,
        "component": "Flask",
        "http.method": "GET",
        "http.url": f"http://{_HOST}/users/{request.user}/orders/{request.order}",
        "http.status_code": request.gateway_status,
        "peer.ipv4": request.address,
        "user.id": str(request.user),
        "order.id": request.order,
    }


def _legacy_client(request: Request) -> Attributes:
    return {
        "component": "requests",
        "http.method": "GET",
        "http.url": request.order_url,
        "http.status_code": request.status,
        "peer.service": "orders",
        "peer.hostname": "orders",
        "peer.port": _PORT,
        "user.id": str(request.user),
    }


def _legacy_answer(request: Request) -> Attributes:
    return {
        "component": "Flask",
        "http.method": "GET",
        "http.url": request.order_url,
        "http.status_code": request.status,
        "db.type": "sql",
        "db.instance": "orders",
        "db.statement": "SELECT id, total, currency FROM orders WHERE id = ? AND user_id = ?",
        "order.id": request.order,
        "order.size": request.size,
    }


def _legacy_error(request: Request, time_ns: int) -> Event:
    attributes: Attributes = {
        "message": request.problem,
        "error.object": request.problem,
        "error.kind": "<class 'shop.OrderLocked'>",
        "stack": _STACK,
    }
    return Event("error", time_ns, attributes)


def _native_entry(request: Request) -> Attributes:
    return {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": f"/users/{request.user}/orders/{request.order}",
        "server.address": _HOST,
        "server.port": 80,
        "http.response.status_code": request.gateway_status,
        "network.peer.address": request.address,
        "user.id": str(request.user),
        "order.id": request.order,
        **_error_type(request.gateway_status),
    }


def _native_client(request: Request) -> Attributes:
    return {
        "http.request.method": "GET",
        "url.full": request.order_url,
        "server.address": "orders",
        "server.port": _PORT,
        "http.response.status_code": request.status,
        "service.peer.name": "orders",
        "network.protocol.version": "1.1",
        "user.id": str(request.user),
        **_error_type(request.status),
    }


def _native_answer(request: Request) -> Attributes:
    return {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": f"/orders/{request.order}",
        "url.query": f"user={request.user}",
        "server.address": "orders",
        "server.port": _PORT,
        "http.response.status_code": request.status,
        "db.system.name": "postgresql",
        "db.namespace": "orders",
        "db.query.text": "SELECT id, total, currency FROM orders WHERE id = ? AND user_id = ?",
        "order.id": request.order,
        "order.size": request.size,
        **_error_type(request.status),
    }


def _error_type(status: int) -> dict[str, AttributeValue]:
    return {"error.type": str(status)} if status >= 500 else {}


def _native_error(request: Request, time_ns: int) -> Event:
    last = f"shop.OrderLocked: {request.problem}\n"
    attributes: Attributes = {
        "exception.type": "shop.OrderLocked",
        "exception.message": request.problem,
        "exception.stacktrace": f"Traceback (most recent call last):\n{_STACK}{last}",
        "exception.escaped": "False",
    }
    return Event("exception", time_ns, attributes)


_LEGACY = _Tracer(
    id_bits=64,
    tick_ns=1000,
    attributes=(_legacy_entry, _legacy_client, _legacy_answer),
    error=_legacy_error,
    error_message=lambda _: "",
    resource={"ip": "192.0.2.1", "opencensus.exporterversion": "Jaeger-Python-4.8.0"},
    scopes=(Scope(), Scope(), Scope()),
    flags=(0, 0, 0),
)
_NATIVE = _Tracer(
    id_bits=128,
    tick_ns=1,
    attributes=(_native_entry, _native_client, _native_answer),
    error=_native_error,
    error_message=lambda request: f"OrderLocked: {request.problem}",
    resource={
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.39.1",
    },
    scopes=(Scope("shop.web", "1.4.0"), Scope("shop.client", "1.4.0"), Scope("shop.web", "1.4.0")),
    # Bits 8 and 9 of OTLP's flags: whether the parent is remote is known, and whether it is.
    flags=(0x100, 0x100, 0x300),
)
