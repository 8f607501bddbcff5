"""Jaeger's agent: a UDP socket, and a thread that decodes its datagrams into a span store."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ot2otel.errors import WireError
from ot2otel.receive.collector.listening import bound_socket
from ot2otel.wire.jaeger_thrift import check_datagram

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

_MAX_DATAGRAM = 65536
# Room for some 10 000 spans while the decoder is busy; the kernel may grant less (net.core.rmem_max).
_RECEIVE_BUFFER = 4 * 1024 * 1024
# One thread receives and decodes: beside a decoding thread, a receiving one would run once every 5 ms.
_TURN = 16  # datagrams to decode between two looks at the socket
_GATHER = 0.002  # seconds; datagrams that are read together cost a third less than one by one
_MAX_BACKLOG = 4096  # datagrams; about 12 MB of usual ones, 256 MiB of the largest
_MAX_SENDERS = 4096
_KERNEL_TABLE = Path("/proc/net/udp")

_Backlog: TypeAlias = "deque[tuple[bytes, tuple[str, int]]]"


class JaegerAgent:
    """A running Jaeger agent; `port` is its UDP port, `senders` has the ports that datagrams came from."""

    def __init__(self, bound: socket.socket) -> None:
        self.port: int = bound.getsockname()[1]
        self.senders: set[int] = set()  # ports
        self._socket = bound
        self._last_count = 0

    def dropped_datagrams(self) -> int:
        """Return the number of datagrams that the kernel dropped so far; 0 if it does not report them."""
        if self._socket.fileno() >= 0:
            self._last_count = _dropped(os.fstat(self._socket.fileno()).st_ino)
        return self._last_count


@contextmanager
def jaeger_agent(store: SpanStore, host: str, port: int) -> Iterator[JaegerAgent]:
    """Run a Jaeger agent. Datagrams that reached its socket before the end are still decoded.

    Raises ListenError if the address is not available.
    """
    with bound_socket(socket.SOCK_DGRAM, host, port) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        bound.setblocking(False)
        agent = JaegerAgent(bound)
        stopped, stop = socket.socketpair()
        with stopped, stop:
            receiver = threading.Thread(
                target=_receive, args=(agent, bound, stopped, store), name="jaeger-agent"
            )
            receiver.start()
            try:
                yield agent
            finally:
                stop.send(b".")
                receiver.join()
                agent.dropped_datagrams()


def _receive(agent: JaegerAgent, bound: socket.socket, stopped: socket.socket, store: SpanStore) -> None:
    backlog: _Backlog = deque()
    stopping = False
    ready = select.poll()  # a tenth of the time of `selectors`, and as much as a span takes
    ready.register(bound, select.POLLIN)
    ready.register(stopped, select.POLLIN)
    while backlog or not stopping:
        stopping = any(number == stopped.fileno() for number, _ in ready.poll(0 if backlog else None))
        if not backlog:
            time.sleep(_GATHER)
        _fetch(bound, backlog)
        for _ in range(min(len(backlog), _TURN)):
            data, sender = backlog.popleft()
            if len(agent.senders) < _MAX_SENDERS:
                agent.senders.add(sender[1])
            _take(data, sender, store)


def _fetch(bound: socket.socket, backlog: _Backlog) -> None:
    """Move the datagrams out of the kernel's buffer: that takes far less time than to decode them."""
    try:
        while len(backlog) < _MAX_BACKLOG:
            backlog.append(bound.recvfrom(_MAX_DATAGRAM))
    except BlockingIOError:
        return


def _take(data: bytes, sender: tuple[str, int], store: SpanStore) -> None:
    try:
        store.take(check_datagram(data), "datagrams")
    except WireError as error:
        store.refuse(WireError(f"Datagram from {sender[0]}:{sender[1]}: {error}"), "datagrams")


def _dropped(inode: int) -> int:
    """Return the socket's `drops`, the last column of its line; the tenth column is the inode."""
    if not _KERNEL_TABLE.exists():
        return 0
    for line in _KERNEL_TABLE.read_text().splitlines()[1:]:
        columns = line.split()
        if columns[9] == str(inode):
            return int(columns[-1])
    return 0
