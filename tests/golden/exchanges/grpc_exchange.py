"""gRPC: a client and a server that answers, streams, aborts, sets a status code and fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc

from tests.golden.exchanges.child import child
from tests.golden.exchanges.tracing import START, Started

SERVICES = ("shop", "reader")
_SERVERS = ("users", "library")
_CALLS = (
    ("probe.Users", ("Ok", "Missing", "Down", "Boom", "Refused", "List")),
    ("library.v1.Books", ("Add", "Remove", "Full", "Torn", "Worn", "Past", "Count", "Cut")),
)
Answer = Callable[[bytes, Any], Any]  # Any: grpcio publishes no types


def exchange(tracing: Started, scenario: int) -> None:
    """Call the scenario's methods of a server in a process of its own."""
    if tracing.tracer is None:
        from opentelemetry.instrumentation.grpc import GrpcInstrumentorClient

        instrumentor: Any = GrpcInstrumentorClient()  # Any: it publishes no types
        instrumentor.instrument()
    style = "opentelemetry" if tracing.tracer is None else "opentracing"
    with child(__name__, style, str(scenario)) as line:
        channel = grpc.insecure_channel(f"127.0.0.1:{line.removeprefix('port ')}")
        called: Any = channel
        if tracing.tracer is not None:
            from grpc_opentracing import open_tracing_client_interceptor
            from grpc_opentracing.grpcext import intercept_channel

            called = intercept_channel(channel, open_tracing_client_interceptor(tracing.tracer))
        service, methods = _CALLS[scenario]
        for method in methods:
            with suppress(grpc.RpcError):
                _call(called, f"/{service}/{method}")
        channel.close()


def _call(channel: Any, path: str) -> None:  # Any: as above
    match path.rpartition("/")[2]:
        case "List" | "Cut":
            list(channel.unary_stream(path)(b"x", timeout=10))
        case "Count":
            channel.stream_unary(path)(iter([b"1", b"2"]), timeout=10)
        case _:
            channel.unary_unary(path)(b"x", timeout=10)


def main(style: str, scenario: str) -> None:
    """Serve the scenario's methods until the end of standard input."""
    tracing = START[style](_SERVERS[int(scenario)])
    if tracing.tracer is None:
        from opentelemetry.instrumentation.grpc import GrpcInstrumentorServer

        instrumentor: Any = GrpcInstrumentorServer()  # Any: it publishes no types
        instrumentor.instrument()
    server = grpc.server(ThreadPoolExecutor(1))
    serving = server
    if tracing.tracer is not None:
        from grpc_opentracing import open_tracing_server_interceptor
        from grpc_opentracing.grpcext import intercept_server

        serving = intercept_server(server, open_tracing_server_interceptor(tracing.tracer))
    service, _ = _CALLS[int(scenario)]
    handlers = grpc.method_handlers_generic_handler(service, (_users(), _library())[int(scenario)])
    serving.add_generic_rpc_handlers((handlers,))
    print(f"port {server.add_insecure_port('127.0.0.1:0')}", flush=True)
    server.start()
    sys.stdin.read()
    server.stop(5).wait()
    tracing.close()


def _unary(answer: Answer) -> Any:  # Any: as above
    return grpc.unary_unary_rpc_method_handler(answer)


def _users() -> dict[str, Any]:
    def ok(request: bytes, context: Any) -> bytes:
        # A client has one connection for all calls.
        print(f"port {context.peer().rpartition(':')[2]}", flush=True)
        return request

    def missing(request: bytes, context: Any) -> None:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such user")

    def down(request: bytes, context: Any) -> None:
        context.abort(grpc.StatusCode.UNAVAILABLE, "down")

    def boom(request: bytes, context: Any) -> None:
        raise ValueError("boom")

    def refused(request: bytes, context: Any) -> bytes:
        context.set_code(grpc.StatusCode.INVALID_ARGUMENT)
        context.set_details("not a user")
        return b""

    def listed(request: bytes, context: Any) -> Iterator[bytes]:
        yield from (b"a", b"b")

    return {
        **{name: _unary(answer) for name, answer in (("Ok", ok), ("Missing", missing), ("Down", down))},
        "Boom": _unary(boom),
        "Refused": _unary(refused),
        "List": grpc.unary_stream_rpc_method_handler(listed),
    }


def _library() -> dict[str, Any]:
    def add(request: bytes, context: Any) -> bytes:
        print(f"port {context.peer().rpartition(':')[2]}", flush=True)
        return request

    def remove(request: bytes, context: Any) -> None:
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "readers remove nothing")

    def full(request: bytes, context: Any) -> None:
        context.abort(grpc.StatusCode.INTERNAL, "the shelf is full")

    def torn(request: bytes, context: Any) -> None:
        raise LookupError("a page is torn")

    def worn(request: bytes, context: Any) -> bytes:
        context.set_code(grpc.StatusCode.DATA_LOSS)
        context.set_details("a page is worn")
        return b""

    def past(request: bytes, context: Any) -> bytes:
        context.set_code(grpc.StatusCode.OUT_OF_RANGE)
        context.set_details("no such page")
        return b""

    def count(requests: Iterator[bytes], context: Any) -> bytes:
        return b"".join(requests)

    def cut(request: bytes, context: Any) -> Iterator[bytes]:
        yield b"a"
        raise KeyError("the last page")

    return {
        **{name: _unary(answer) for name, answer in (("Add", add), ("Remove", remove), ("Full", full))},
        "Torn": _unary(torn),
        "Worn": _unary(worn),
        "Past": _unary(past),
        "Count": grpc.stream_unary_rpc_method_handler(count),
        "Cut": grpc.unary_stream_rpc_method_handler(cut),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
