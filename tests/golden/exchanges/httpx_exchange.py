"""httpx: a client that is answered 200, 404 and 503, has credentials in its URL, and is refused."""

from __future__ import annotations

from contextlib import suppress

import httpx
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

from tests.golden.exchanges.asking import free_port, served
from tests.golden.exchanges.requests_exchange import answering
from tests.golden.exchanges.tracing import Started

SERVICES = ("shop", "mailer")


def exchange(tracing: Started, scenario: int) -> None:
    """Send the scenario's requests to a server without tracing."""
    HTTPXClientInstrumentor().instrument()
    with served(answering()) as port, httpx.Client(trust_env=False) as client:
        at, gone = f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}"
        if scenario == 0:
            client.get(f"http://{at}/200/a?q=1")
            client.get(f"http://{at}/404")
            client.get(f"http://{at}/503")
            client.get(f"http://user:secret@{at}/200/b")
            with suppress(httpx.ConnectError):
                client.get(f"http://{gone}/200")
        else:
            client.post(f"http://{at}", content="x")
            client.put(f"http://{at}/200/c?sig=abc&d=e", content="y")
            client.delete(f"http://{at}/410/d")
            client.head(f"http://ann:pass@{at}/200")
            with suppress(httpx.ConnectError):
                client.post(f"http://{gone}/201", content="z")
