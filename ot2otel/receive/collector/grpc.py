"""OTLP over gRPC, with grpcio where that is installed: the extra `grpc`.

Messages go through the decoding, the budgets and the counts of those over HTTP.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ot2otel.errors import WireError
from ot2otel.receive.collector.application import MAX_BODY
from ot2otel.receive.collector.listening import ListenError, bound_socket
from ot2otel.wire.checked import TooManyElementsError
from ot2otel.wire.otlp_protobuf import check_protobuf
from ot2otel.wire.otlp_response import PROTOBUF, taken

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

_SERVICE = "opentelemetry.proto.collector.{0}.v1.{1}Service"
# Calls that hold a message of up to MAX_BODY bytes: together as much as all requests over HTTP.
_AT_ONCE = 8
# Those that wait hold no more than flow control lets a client send: 64 KiB each.
_MOST_CALLS = 256
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # else a second collector takes half of the connections of the first
    ("grpc.max_receive_message_length", MAX_BODY),  # counted after decompression, too
    ("grpc.max_concurrent_streams", _MOST_CALLS),  # on each connection
    ("grpc.http2.bdp_probe", 0),  # else the window of flow control grows
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.max_connection_idle_ms", 60_000),
)
_END_SECONDS = 1.0


def is_installed() -> bool:
    """Tell whether grpcio is there."""
    return importlib.util.find_spec("grpc") is not None


@contextmanager
def otlp_grpc(store: SpanStore, host: str, port: int, message_seconds: float = 10.0) -> Iterator[int]:
    """Serve OTLP over gRPC into the store, and yield the port.

    A message may take `message_seconds` seconds to arrive. Calls under way at the end are still handled, for
    a second. Raises ListenError if the address is not available.
    """
    calls = _Calls(store, message_seconds)
    with ThreadPoolExecutor(_AT_ONCE, "otlp-grpc") as threads:
        with _without_handlers_of_forks():
            import grpc

            server = grpc.server(threads, options=_OPTIONS, maximum_concurrent_rpcs=_MOST_CALLS)
        for name, handle in (
            ("trace", calls.traces),
            ("metrics", calls.counted("metrics")),
            ("logs", calls.counted("logs")),
        ):
            # A handler of streams sees each call from its first byte, so that one without a message that is
            # small enough is counted as well. On the wire a single message is a stream of one.
            methods = {"Export": grpc.stream_unary_rpc_method_handler(handle)}
            service = _SERVICE.format(name, name.capitalize())
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
        in_use = _bound(server, host, port)
        server.start()
        try:
            yield in_use
        finally:
            server.stop(_END_SECONDS).wait()


@contextmanager
def _without_handlers_of_forks() -> Iterator[None]:
    """Let gRPC begin without its handlers of forks.

    They write to the standard error of each program that is started. Before Python 3.11 a program in a
    process group of its own is started by a fork.
    """
    name = "GRPC_ENABLE_FORK_SUPPORT"
    if sys.version_info >= (3, 11) or name in os.environ:
        yield
        return
    os.environ[name] = "0"
    try:
        yield
    finally:
        del os.environ[name]


def _bound(server: Any, host: str, port: int) -> int:  # Any: grpcio publishes no types
    # grpcio tells no reason, so a socket of our own asks first.
    bound_socket(socket.SOCK_STREAM, host, port).close()
    try:
        in_use: int = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise ListenError(f"Cannot listen on TCP port {port} of {host}: {error}.") from error
    return in_use


class _Calls:
    """The three calls of OTLP; each takes an iterator over one message and returns the encoded answer."""

    def __init__(self, store: SpanStore, message_seconds: float) -> None:
        self._store = store
        self._seconds = message_seconds

    def traces(self, messages: Iterator[bytes], context: Any) -> bytes:  # Any: grpcio publishes no types
        import grpc

        client = context.peer()
        try:
            checked = check_protobuf(self._message(messages, context))
        except WireError as error:
            self._store.refuse(WireError(f"gRPC call from {client}: {error}"), "requests")
            code = grpc.StatusCode.INVALID_ARGUMENT
            if isinstance(error, TooManyElementsError):
                code = grpc.StatusCode.RESOURCE_EXHAUSTED
            context.abort(code, str(error))
        self._store.take(checked, "requests")
        return taken(checked.rejected, PROTOBUF)

    def counted(self, observation: str) -> Callable[[Iterator[bytes], Any], bytes]:  # Any: as above
        """Return the handler of a call whose messages are only counted."""

        def handle(messages: Iterator[bytes], context: Any) -> bytes:
            self._message(messages, context)
            self._store.note(observation)
            return b""

        return handle

    def _message(self, messages: Iterator[bytes], context: Any) -> bytes:
        late = threading.Timer(self._seconds, context.cancel)
        late.daemon = True
        late.start()
        try:
            return next(messages)
        except StopIteration:
            raise WireError("the call has no message") from None
        except Exception as error:  # grpcio raises an exception without a type of its own
            raise WireError(
                f"the message did not arrive whole. Send at most {MAX_BODY} bytes, counted after"
                f" decompression, within {self._seconds:g} s."
            ) from error
        finally:
            late.cancel()
