"""Datagrams that the kernel dropped: they never reached the agent."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ot2otel.receive.collector import udp
from ot2otel.receive.collector.store import SpanStore

if TYPE_CHECKING:
    from ot2otel.errors import WireError


class _BusyStore(SpanStore):
    """Takes the first datagram, and no other until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__(max_spans=1, max_bytes=1)
        self.busy = threading.Event()
        self.go_on = threading.Event()

    def refuse(self, error: WireError, source: str) -> None:
        self.busy.set()
        self.go_on.wait()
        super().refuse(error, source)


def _flood(store: _BusyStore, agent: udp.JaegerAgent) -> int:
    """Send three times the receive buffer's size; return the number of datagrams."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", agent.port))
        store.busy.wait()
        for _ in range(400):
            sender.sendto(bytes(60_000), ("127.0.0.1", agent.port))
    return 401


@pytest.mark.skipif(
    not Path("/proc/net/udp").exists(), reason="this kernel does not report dropped datagrams"
)
def test_every_datagram_is_counted_as_taken_or_dropped() -> None:
    store = _BusyStore()

    with udp.jaeger_agent(store, "127.0.0.1", 0) as agent:
        sent = _flood(store, agent)
        store.go_on.set()

    assert agent.dropped_datagrams() > 0
    assert store.counts().datagrams + agent.dropped_datagrams() == sent


def test_without_the_kernels_table_no_datagram_counts_as_dropped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(udp, "_KERNEL_TABLE", tmp_path / "absent")
    store = _BusyStore()

    with udp.jaeger_agent(store, "127.0.0.1", 0) as agent:
        _flood(store, agent)
        store.go_on.set()

    assert agent.dropped_datagrams() == 0
