"""HTTP by hand: requests that no client library sends."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from ot2otel.receive.collector import Collector

HEAD = b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"


def with_length(length: int, body: bytes) -> bytes:
    """Return a request that states this length for its body."""
    return HEAD + b"Content-Length: %d\r\n\r\n" % length + body


def in_chunks(pieces: Sequence[bytes], last: bytes = b"0\r\n\r\n") -> bytes:
    """Return a request whose body comes in these chunks."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + last


@contextmanager
def connection(collector: Collector) -> Iterator[socket.socket]:
    """Connect to the collector's OTLP port."""
    with socket.create_connection(("127.0.0.1", collector.otlp_port), timeout=20) as client:
        yield client


@contextmanager
def connections(collector: Collector, number: int) -> Iterator[list[socket.socket]]:
    """Connect as often."""
    with ExitStack() as stack:
        yield [stack.enter_context(connection(collector)) for _ in range(number)]


def answer(client: socket.socket) -> bytes:
    """Return everything that comes until the server closes; b"" if it resets the connection."""
    received = b""
    try:
        while data := client.recv(65536):
            received += data
    except ConnectionResetError:
        return received
    return received


def status(client: socket.socket) -> int:
    """Return the status of the next response, without its body; 0 if the connection is closed."""
    received = b""
    while b"\r\n\r\n" not in received:
        data = client.recv(1)
        if not data:
            return 0
        received += data
    length = next(
        (int(line[16:]) for line in received.split(b"\r\n") if line.lower().startswith(b"content-length: ")),
        0,
    )
    while length:
        length -= len(client.recv(length))
    return int(received.split()[1])
