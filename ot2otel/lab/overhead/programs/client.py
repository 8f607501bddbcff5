"""Sends blocks of requests over one connection a server: `python -m ot2otel.lab.overhead.programs.client`.

It reads lines of `URL REQUESTS` and answers each with the nanoseconds that the block took.
"""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit


class WrongAnswerError(Exception):
    """A measured request was not answered with 200."""


def block_ns(connection: HTTPConnection, path: str, requests: int) -> int:
    """Send the requests one after the other and return the nanoseconds until the last was answered."""
    started = time.perf_counter_ns()
    for _ in range(requests):
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise WrongAnswerError(f"{path} was answered with {response.status}: {body[:200]!r}")
    return time.perf_counter_ns() - started


def main() -> None:
    """Answer each line of the input, until it ends."""
    connections: dict[str, HTTPConnection] = {}
    for line in sys.stdin:
        address, requests = line.split()
        url = urlsplit(address)
        if url.netloc not in connections:
            connections[url.netloc] = HTTPConnection(url.netloc, timeout=30)
        print(block_ns(connections[url.netloc], url.path, int(requests)), flush=True)


if __name__ == "__main__":
    main()
