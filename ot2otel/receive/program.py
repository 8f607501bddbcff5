"""What can be seen from outside of a program that should report here: its sockets and its libraries.

Linux shows them in /proc (proc_pid_net(5), proc_pid_maps(5)); on other systems nothing is seen.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_MOST_PROCESSES = 200
_MOST_LINES = 20_000  # of one table
_TABLES = {"udp": "udp", "udp6": "udp", "tcp": "tcp", "tcp6": "tcp"}
_ESTABLISHED, _SYN_SENT = "01", "02"
# Parts of the paths of shared libraries that a process maps, and what brings them.
_LIBRARIES = {
    "thrift/protocol/fastbinary": "thrift",
    "tornado/speedups": "tornado",
    "google/_upb/_message": "protobuf",
    "grpc/_cython": "grpcio",
}


@dataclass(frozen=True, slots=True, order=True)
class Socket:
    """A socket that has sent or connected; `transport` is "udp" or "tcp".

    `remote` is the address that it is connected to, "" if it is not, as most UDP senders are.
    """

    transport: str
    local_port: int
    remote: str = ""
    remote_port: int = 0

    def __str__(self) -> str:
        return f"{self.remote}:{self.remote_port}" if self.remote else f"UDP from port {self.local_port}"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that should report here.

    Attributes:
        environment: the variables that it was started with.
        seconds: its age, or how long it lived.
        status: its exit code, negative for the number of the signal that ended it; None if it runs.
        sockets: those that were seen.
        libraries: libraries that tracers need and that were seen in it: thrift, tornado, protobuf, grpcio.
        is_visible: whether sockets and libraries can be seen here at all.
        requests: how many requests were sent to it.
        unsampled_requests: how many of them had a header that says not to sample (see `says_unsampled`).
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    status: int | None = None
    sockets: frozenset[Socket] = frozenset()
    libraries: frozenset[str] = frozenset()
    is_visible: bool = False
    requests: int = 0
    unsampled_requests: int = 0


class Sight:
    """Looks at a process and its descendants again and again, and keeps all that it saw.

    A socket or a process may live shortly, so call `look` often; it does nothing if `pause` seconds have not
    passed since the last time. It raises nothing. `is_visible` tells whether the process itself could be
    looked at: not on other systems, nor if another user runs it.
    """

    def __init__(self, pid: int, pause: float = 0.25) -> None:
        self.sockets: frozenset[Socket] = frozenset()
        self.libraries: frozenset[str] = frozenset()
        self.is_visible = False
        self._pid = pid
        self._pause = pause
        self._last = float("-inf")

    def look(self) -> None:
        """Look at the processes, if enough time has passed."""
        if time.monotonic() - self._last < self._pause:
            return
        self.is_visible |= bool(_text(_PROC / str(self._pid) / "maps"))
        processes = list(_tree(self._pid))
        self.sockets |= frozenset(_sockets(self._pid, _inodes(processes)))
        for pid in processes:
            self.libraries |= _libraries(pid)
        self._last = time.monotonic()


def says_unsampled(headers: Mapping[str, str]) -> bool:
    """Tell whether a request's headers tell a service not to sample its trace.

    The formats: W3C Trace Context, Jaeger's uber-trace-id, B3 in one header and in several.
    """
    by_name = {name.lower(): value.strip() for name, value in headers.items()}
    flags = [
        _flag(by_name.get("traceparent", ""), r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2}).*", 16),
        _flag(by_name.get("uber-trace-id", "").replace("%3A", ":"), r"[^:]+:[^:]+:[^:]*:([0-9a-f]{1,2})", 16),
        _flag(by_name.get("b3", ""), r"(?:[0-9a-f]+-[0-9a-f]+-)?([01])(?:-.*)?", 2),
        _flag(by_name.get("x-b3-sampled", ""), r"([01])", 2),
    ]
    known = [flag for flag in flags if flag is not None]
    return bool(known) and not any(known)


def _flag(value: str, pattern: str, base: int) -> bool | None:
    match = re.fullmatch(pattern, value.lower())
    return bool(int(match[1], base) & 1) if match else None


def _tree(pid: int) -> Iterator[int]:
    """Yield the process and its descendants."""
    waiting, seen = [pid], 0
    while waiting and seen < _MOST_PROCESSES:
        current = waiting.pop()
        seen += 1
        yield current
        for children in _listed(_PROC / str(current) / "task"):
            waiting += map(int, _text(children / "children").split())


def _inodes(processes: Iterable[int]) -> set[str]:
    """Return the numbers of the sockets that the processes have open."""
    found = set()
    for pid in processes:
        for link in _listed(_PROC / str(pid) / "fd"):
            try:
                target = os.readlink(link)
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found


def _sockets(pid: int, inodes: set[str]) -> Iterator[Socket]:
    for table, transport in _TABLES.items():
        lines = _text(_PROC / str(pid) / "net" / table).splitlines()[1 : _MOST_LINES + 1]
        for columns in map(str.split, lines):
            if len(columns) > 9 and columns[9] in inodes:
                yield from _socket(transport, *columns[1:4])


def _socket(transport: str, local: str, remote: str, state: str) -> Iterator[Socket]:
    if transport == "tcp" and state not in (_ESTABLISHED, _SYN_SENT):
        return
    local_port = int(local.rpartition(":")[2], 16)
    address, _, port = remote.partition(":")
    if int(port, 16):
        yield Socket(transport, local_port, _address(address), int(port, 16))
    elif transport == "udp" and local_port:
        yield Socket(transport, local_port)


def _address(digits: str) -> str:
    """Return the address that the kernel writes as words of the machine's byte order."""
    words = [int(digits[place : place + 8], 16) for place in range(0, len(digits), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    if len(packed) == 16 and packed.startswith(bytes(10) + b"\xff\xff"):
        packed = packed[12:]
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def _libraries(pid: int) -> frozenset[str]:
    maps = _text(_PROC / str(pid) / "maps")
    return frozenset(name for part, name in _LIBRARIES.items() if part in maps)


def _listed(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
