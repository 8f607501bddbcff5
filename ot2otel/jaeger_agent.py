"""Jaeger's agent: a UDP socket whose datagrams go into a span store."""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ot2otel.listening import bound_socket
from ot2otel.wire import WireError
from ot2otel.wire.jaeger_thrift import decode_datagram

if TYPE_CHECKING:
    from ot2otel.span_store import SpanStore

_MAX_DATAGRAM = 65536
# Room for some 10 000 spans while the decoder is busy; the kernel may grant less (net.core.rmem_max).
_RECEIVE_BUFFER = 4 * 1024 * 1024
_KERNEL_TABLE = Path("/proc/net/udp")


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
    with selectors.DefaultSelector() as selector:
        selector.register(bound, selectors.EVENT_READ)
        selector.register(stopped, selectors.EVENT_READ)
        stopping = False
        while not stopping:
            stopping = any(key.fileobj is stopped for key, _ in selector.select())
            _drain(bound, store)


def _drain(bound: socket.socket, store: SpanStore) -> None:
    while True:
        try:
            data, (host, port) = bound.recvfrom(_MAX_DATAGRAM)
        except BlockingIOError:
            return
        try:
            store.take(decode_datagram(data), "datagrams")
        except WireError as error:
            store.refuse(WireError(f"Datagram from {host}:{port}: {error}"), "datagrams")


def _dropped(inode: int) -> int:
    """Return the last column (`drops`) of the socket's line in the kernel's table; the inode is its tenth."""
    if not _KERNEL_TABLE.exists():
        return 0
    for line in _KERNEL_TABLE.read_text().splitlines()[1:]:
        columns = line.split()
        if columns[9] == str(inode):
            return int(columns[-1])
    return 0
