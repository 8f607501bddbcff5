"""A port for a program that is told its number, and may listen there several times."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """Return a port on 127.0.0.1 on which nobody listens.

    It is none of those that the system gives to whoever asks for any port: between two programs of one test
    such a port could become that of another test's service.
    """
    least = int(_RANGE.read_text(encoding="utf-8").split()[0])
    for port in random.sample(range(least - 10_000, least), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"none of 100 ports below {least} is free")
