"""Jaeger's agent: a UDP socket whose datagrams go into a span store."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ot2otel.errors import WireError
from ot2otel.receive.collector.listening import bound_socket
from ot2otel.wire.jaeger_thrift import decode_datagram

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

_MAX_DATAGRAM = 65536
# Room for some 10 000 spans while the decoder is busy; the kernel may grant less (net.core.rmem_max).
_RECEIVE_BUFFER = 4 * 1024 * 1024
# Not a thread of its own: while another one decodes, a receiving thread would get a turn every 5 ms.
_TURN = 16  # datagrams decoded before the socket is looked at again
_MAX_BACKLOG = 4096  # datagrams; some 12 MB as clients send them, 256 MiB at most
_KERNEL_TABLE = Path("/proc/net/udp")

_Backlog: TypeAlias = "deque[tuple[bytes, tuple[str, int]]]"


class JaegerAgent:
    """A Jaeger agent that runs; `port` is the one it listens on."""

    def __init__(self, bound: socket.socket) -> None:
        self.port: int = bound.getsockname()[1]
        self._socket = bound
        self._last_reading = 0

    def dropped_datagrams(self) -> int:
        """Return how many datagrams the kernel dropped so far; 0 where it does not tell."""
        if self._socket.fileno() >= 0:
            self._last_reading = _dropped(os.fstat(self._socket.fileno()).st_ino)
        return self._last_reading


@contextmanager
def jaeger_agent(store: SpanStore, host: str, port: int) -> Iterator[JaegerAgent]:
    """Run a Jaeger agent; what reached its socket before the end is still taken.

    Raises ListenError if the address is not to be had.
    """
    with bound_socket(socket.SOCK_DGRAM, host, port) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        bound.setblocking(False)
        agent = JaegerAgent(bound)
        stopped, stop = socket.socketpair()
        with stopped, stop:
            receiver = threading.Thread(target=_receive, args=(bound, stopped, store), name="jaeger-agent")
            receiver.start()
            try:
                yield agent
            finally:
                stop.send(b".")
                receiver.join()
                agent.dropped_datagrams()


def _receive(bound: socket.socket, stopped: socket.socket, store: SpanStore) -> None:
    backlog: _Backlog = deque()
    stopping = False
    with selectors.DefaultSelector() as selector:
        selector.register(bound, selectors.EVENT_READ)
        selector.register(stopped, selectors.EVENT_READ)
        while backlog or not stopping:
            ready = selector.select(0 if backlog else None)
            stopping = any(key.fileobj is stopped for key, _ in ready)
            _fetch(bound, backlog)
            for _ in range(min(len(backlog), _TURN)):
                _take(*backlog.popleft(), store)


def _fetch(bound: socket.socket, backlog: _Backlog) -> None:
    """Move what has arrived out of the kernel's buffer, which is cheap beside decoding it."""
    try:
        while len(backlog) < _MAX_BACKLOG:
            backlog.append(bound.recvfrom(_MAX_DATAGRAM))
    except BlockingIOError:
        return


def _take(data: bytes, sender: tuple[str, int], store: SpanStore) -> None:
    try:
        store.take(decode_datagram(data), "datagrams", len(data))
    except WireError as error:
        store.refuse(WireError(f"Datagram from {sender[0]}:{sender[1]}: {error}"), "datagrams")


def _dropped(inode: int) -> int:
    """Return the last column (`drops`) of the socket's line in the kernel's table; the inode is its tenth."""
    if not _KERNEL_TABLE.exists():
        return 0
    for line in _KERNEL_TABLE.read_text().splitlines()[1:]:
        columns = line.split()
        if columns[9] == str(inode):
            return int(columns[-1])
    return 0
