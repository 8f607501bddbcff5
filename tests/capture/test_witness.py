"""Tests of `ot2otel.capture.witness`."""

from __future__ import annotations

import os
import sys

import pytest

from ot2otel.capture import witness
from ot2otel.capture.foreground import foreground
from ot2otel.capture.witness import Witness
from ot2otel.receive.collector import Collector
from tests.support.waiting import wait_until

# After a second it sends to an agent whose address is fixed in its code, and keeps the socket.
LATE = """
import socket, time
time.sleep(1)
agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
agent.sendto(b"spans", ("127.0.0.1", 50999))
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="sockets of other programs are seen on Linux only")
def test_what_happens_after_the_first_line_is_seen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "_PATIENCE", 0.2)
    told: list[str] = []
    with Collector() as collector, foreground([sys.executable, "-c", LATE], dict(os.environ)) as running:
        looking = Witness(collector, None, told.append)
        looking.attend(running, {})

        def sees_the_sender() -> bool:
            looking.look()
            return looking.line().startswith("The command sent UDP from its port ")

        wait_until(sees_the_sender)
        running.end(1.0)
    assert len(told) == 1
    assert told[0].startswith("No span yet. Nobody connected in ")
