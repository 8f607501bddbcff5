"""HTTP and HTTPS: asyncio serves the connections in one thread, another one reads long bodies."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

from ot2otel.errors import WireError
from ot2otel.receive.collector.application import HttpError, Request, Response, answer, quick, refusal
from ot2otel.receive.collector.connection import Connection
from ot2otel.receive.collector.descriptors import MOST_CONNECTIONS, room_for_connections
from ot2otel.receive.collector.grpc_relay import GrpcRelay
from ot2otel.receive.collector.listening import bound_socket

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

_MAX_HELD = 64 * 1024 * 1024  # bytes of all requests under way
_AT_ONCE = 64  # connections to accept between two looks at the others
_PAUSE = 0.1  # seconds without accepting, when the process has no file left
_NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the server.

    Attributes:
        connections: the most connections; fewer if the process may not open so many files.
        request_seconds: from a request's first byte to its last one, and from its answer's first byte to its
            last one; also for a TLS handshake.
        end_seconds: how long requests under way may go on at the end.
    """

    connections: int = MOST_CONNECTIONS
    request_seconds: float = 10.0
    end_seconds: float = 1.0


_DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Grpc:
    """What becomes of a client that speaks gRPC.

    It is passed on to `server`, a host and a port. If that is None, it gets `advice` as its error.
    """

    server: tuple[str, int] | None = None
    advice: str = "gRPC is not served at this port."


_NO_GRPC = Grpc()


@contextmanager
def http_server(
    store: SpanStore,
    host: str,
    ports: Sequence[int],
    tls: SSLContext | None = None,
    limits: Limits = _DEFAULT,
    grpc: Grpc = _NO_GRPC,
) -> Iterator[tuple[int, ...]]:
    """Serve all HTTP ways in at each of the ports, over HTTPS with `tls`, and yield the ports in use.

    Spans go into the store. Requests under way at the end are still handled. `tls` has the server's
    certificate. If clients need one as well, it has their authority. A client that speaks gRPC is
    served as `grpc` says. Raises ListenError if an address is not available.
    """
    with ExitStack() as stack:
        bound = [stack.enter_context(bound_socket(socket.SOCK_STREAM, host, port)) for port in ports]
        room = stack.enter_context(room_for_connections(limits.connections))
        for each in bound:
            each.setblocking(False)
        in_use: tuple[int, ...] = tuple(each.getsockname()[1] for each in bound)
        loop = asyncio.new_event_loop()
        server = _Server(store, tls, limits, room, bound)
        server.grpc = grpc
        thread = threading.Thread(target=_run, args=(loop, server), name="http-server")
        thread.start()
        try:
            yield in_use
        finally:
            loop.call_soon_threadsafe(server.stop)
            thread.join()


def _run(loop: asyncio.AbstractEventLoop, server: _Server) -> None:
    try:
        loop.set_exception_handler(server.failed)
        loop.run_until_complete(server.serve())
    finally:
        loop.close()


class _Server:
    """The connections and their bounds. Everything runs in the loop's thread."""

    def __init__(
        self,
        store: SpanStore,
        tls: SSLContext | None,
        limits: Limits,
        room: int,
        bound: Sequence[socket.socket],
    ) -> None:
        self.store = store
        self.grpc = _NO_GRPC
        self._relays: dict[GrpcRelay, asyncio.Task[None]] = {}  # the loop keeps no reference to a task
        self._tls = tls
        self._limits = limits
        self._room = room
        self._bound = bound
        self._held = 0  # bytes
        self._idle: dict[Connection, None] = {}  # idle for the longest time first
        self._under_way: dict[Connection, float] = {}  # since when, the oldest first
        self._opening: dict[Connection, asyncio.Task[None]] = {}
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop
        self._long_bodies: ThreadPoolExecutor

    def stop(self) -> None:
        """Let `serve` end."""
        self._stopped.set()

    def failed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:  # Any: as asyncio has it
        """Add an error that nobody handled to the store's problems."""
        problem = context.get("exception") or context["message"]
        self.store.refuse(WireError(f"A connection failed: {problem!r}"), "requests")

    async def serve(self) -> None:
        """Serve until `stop`, and end the requests under way."""
        self._loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "otlp-http-long") as self._long_bodies:
            self._listen()
            self._look_for_late_ones()
            await self._stopped.wait()
            for bound in self._bound:
                self._loop.remove_reader(bound)
                self._accept(bound)
            await self._end()

    async def _end(self) -> None:
        if self._opening:
            await asyncio.wait(self._opening.values(), timeout=self._limits.end_seconds)
        for _ in range(3):  # a request that arrived already is read in the next rounds of the loop
            await asyncio.sleep(0)
        deadline = self._loop.time() + self._limits.end_seconds
        while any(one.is_read or self._loop.time() < deadline for one in self._under_way):
            await asyncio.sleep(0.01)
        for connection in list(self._under_way):
            connection.refuse(HttpError(503, "The collector ends.", ("Connection", "close")))
        for connection in [*self._idle, *self._under_way]:
            self._cut(connection)
        for relay in self._relays:
            relay.abort()
        while self._idle or self._under_way or self._opening or self._relays:
            await asyncio.sleep(0)

    # What a connection asks and tells.

    @property
    def grpc_advice(self) -> str:
        return self.grpc.advice

    def relay(self, client: asyncio.Transport) -> GrpcRelay | None:
        if self.grpc.server is None or self._tls:
            return None
        relay = GrpcRelay(client, self._relay_ended)
        self._relays[relay] = self._loop.create_task(relay.connect(self.grpc.server))
        return relay

    def begun(self, connection: Connection) -> None:
        self._idle.pop(connection, None)
        self._under_way[connection] = self._loop.time()

    def ended(self, connection: Connection) -> None:
        del self._under_way[connection]
        self._idle[connection] = None

    def closed(self, connection: Connection) -> None:
        self._idle.pop(connection, None)
        self._under_way.pop(connection, None)

    def holds(self, connection: Connection, more: int) -> None:
        self._held += more
        if more > 0 and self._held > _MAX_HELD:
            arriving = (one for one in self._under_way if one.held and not one.is_read)
            oldest = next(arriving, connection)
            self.store.close_connection(
                f"{oldest.name} was closed: requests under way hold too much", "refused"
            )
            oldest.refuse(HttpError(503, "Too much is under way.", ("Retry-After", "1")))

    def answer(self, request: Request, connection: Connection) -> Response | None:
        try:
            short = quick(request)
        except WireError as error:
            return refusal(error, str(request), request.media_type, self.store)
        if short:
            return answer(short, self.store)
        future = self._loop.run_in_executor(self._long_bodies, answer, request, self.store)
        future.add_done_callback(lambda done: connection.respond(done.result()))
        return None

    def _relay_ended(self, relay: GrpcRelay) -> None:
        self._relays.pop(relay, None)

    # New connections.

    def _listen(self) -> None:
        if not self._stopped.is_set():
            for bound in self._bound:
                self._loop.add_reader(bound, self._accept, bound)

    def _accept(self, bound: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                accepted, address = bound.accept()
            except BlockingIOError:
                return
            except OSError:  # the process or the machine has no file left
                self._make_room()
                for each in self._bound:
                    self._loop.remove_reader(each)
                self._loop.call_later(_PAUSE, self._listen)
                return
            self.store.note("connections")
            if len(self._idle) + len(self._under_way) < self._room or self._make_room():
                self._open(accepted, address)
            else:
                self._turn_away(accepted, address)

    def _open(self, accepted: socket.socket, address: tuple[str, int]) -> None:
        accepted.setblocking(False)
        connection = Connection(self, address)
        self._idle[connection] = None
        opening = self._loop.create_task(self._opened(connection, accepted))
        self._opening[connection] = opening

        def done(_: asyncio.Task[None]) -> None:
            del self._opening[connection]
            if opening.cancelled():  # before it began
                accepted.close()

        opening.add_done_callback(done)

    async def _opened(self, connection: Connection, accepted: socket.socket) -> None:
        seconds = self._limits.request_seconds if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection, accepted, ssl=self._tls, ssl_handshake_timeout=seconds
            )
        except OSError as error:
            self.closed(connection)
            self.store.refuse(WireError(f"{connection.name}: {error}"), "requests")
        except asyncio.CancelledError:
            return

    def _turn_away(self, accepted: socket.socket, address: tuple[str, int]) -> None:
        with accepted:
            if not self._tls:
                accepted.setblocking(False)
                with suppress(OSError):  # the client is gone already
                    accepted.send(_NO_ROOM)
        self.store.close_connection(
            f"Connection from {address[0]}:{address[1]} was refused: {self._room} others have a request",
            "refused",
        )

    def _make_room(self) -> bool:
        """Close the connection that has been idle for the longest time; return whether there was one."""
        for connection in self._idle:
            self.store.close_connection(
                f"{connection.name} was closed: {self._room} are open, and it was idle", "closed"
            )
            self._cut(connection)
            return True
        return False

    def _cut(self, connection: Connection) -> None:
        self.closed(connection)
        if connection in self._opening:
            self._opening[connection].cancel()
        connection.cut()

    def _look_for_late_ones(self) -> None:
        """Refuse the requests that have taken too long; one that was refused and does not go is cut."""
        seconds = self._limits.request_seconds
        latest = self._loop.time() - seconds
        late = [connection for connection, since in self._under_way.items() if since <= latest]
        for connection in late:
            self._under_way[connection] = self._loop.time()
            if connection.is_read:
                continue
            connection.refuse(HttpError(408, f"The request was not whole after {seconds:g} s."))
        self._loop.call_later(min(0.25, seconds / 4), self._look_for_late_ones)
