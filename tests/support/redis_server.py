"""A Redis server of the tests' own."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.peers import module, program


@contextmanager
def redis_server(port: int = 0) -> Iterator[str]:
    """Run a server that keeps nothing, on this port or a free one, where there is one. Give its URL."""
    module("kombu", "ot2otel[redis]")
    redis = module("redis", "ot2otel[redis]")
    command = program("redis-server")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [command, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            _wait_for(client, redis.ConnectionError)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(client: object, refused: type[Exception], timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            client.ping()  # type: ignore[attr-defined]  # redis may be absent here
            return
        except refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
