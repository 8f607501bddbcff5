"""The spans of uWSGI's workers: delivered with our set-up, but for a worker that is stopped at work."""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.support.peers import peer, program
from tests.support.waiting import wait_until
from tests.support.wsgi_server import APP, WsgiServer, wsgi_server

pytestmark = peer("uwsgi")

REQUESTS = 18
WORKERS = 2
LISTENING = re.compile(r"bound to TCP address 127\.0\.0\.1:(\d+) ")
SERVER = ["--http-socket", "127.0.0.1:0", "--master", "--no-orphans", "--module", APP]
# Otherwise SIGTERM starts the server again.
GRACEFUL = ["--hook-master-start", "unix_signal:15 gracefully_kill_them_all"]
REQUESTS_OF_A_WORKER = 5
RECYCLED = ["--max-requests", str(REQUESTS_OF_A_WORKER), "--min-worker-lifetime", "0"]
LOADING = pytest.mark.parametrize("loading", [[], ["--lazy-apps"]], ids=["forked", "lazy-apps"])


def command(*options: str) -> list[str]:
    return [program(str(Path(sys.executable).with_name("uwsgi"))), *SERVER, *options]


def is_settled(server: WsgiServer, recycled: int, lazy: bool) -> bool:
    """Tell whether every worker waits for a request: one that starts or ends can't be stopped gracefully."""
    ended = server.logged(r"^\.\.\.The work of process \d+ is done")
    started = server.logged("pawned uWSGI worker")
    loaded = server.logged("^WSGI app 0 .* ready in") if lazy else started
    # A worker has the master's handlers of signals for a moment after the fork: told to end, it never does.
    return ended == recycled and started == loaded == WORKERS + recycled and all(map(sleeps, workers(server)))


def workers(server: WsgiServer) -> Iterable[int]:
    """Return the process of each worker, of a recycled one the newest."""
    told = (re.search(r"pawned uWSGI worker (\d+) \((?:new )?pid: (\d+)", line) for line in server.log)
    return {found[1]: int(found[2]) for found in told if found}.values()


def sleeps(process: int) -> bool:
    state = Path("/proc", str(process), "stat").read_text().rpartition(")")[2].split()[0]
    return state == "S"


def delivered(package: str, *options: str) -> tuple[tuple[Span, ...], Counter[str]]:
    """Send the requests, then SIGTERM; return all spans, and the number of answers of each worker."""
    uwsgi = command(*GRACEFUL, "--processes", str(WORKERS), *options)
    with Collector() as collector, wsgi_server(uwsgi, LISTENING, package, collector) as server:
        answers = Counter(server.greet(REQUESTS))
        recycled = sum(number >= REQUESTS_OF_A_WORKER for number in answers.values())
        wait_until(
            lambda: is_settled(server, recycled if RECYCLED[0] in options else 0, "--lazy-apps" in options)
        )
    assert collector.problems == ()
    return collector.spans, answers


@LOADING
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_workers_that_are_stopped_deliver_every_span(package: str, loading: list[str]) -> None:
    spans, _ = delivered(package, *loading)

    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


@LOADING
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_workers_that_are_recycled_deliver_every_span(package: str, loading: list[str]) -> None:
    spans, answers = delivered(package, *loading, *RECYCLED)

    assert len(answers) > WORKERS
    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


@pytest.mark.parametrize("options", [[], RECYCLED], ids=["stopped", "recycled"])
def test_with_jaeger_client_workers_that_load_the_app_deliver_every_span(options: list[str]) -> None:
    spans, _ = delivered("legacy_opentracing", "--lazy-apps", *options)

    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


def test_with_jaeger_client_loaded_before_the_fork_every_span_is_lost() -> None:
    spans, _ = delivered("legacy_opentracing")

    assert spans == ()


def test_a_worker_that_is_stopped_at_work_without_grace_loses_its_spans() -> None:
    uwsgi = command("--die-on-term")
    with Collector() as collector, wsgi_server(uwsgi, LISTENING, "otel_native", collector) as server:
        server.greet(1)
        at_work = threading.Thread(target=block, args=[server.url])
        at_work.start()
        wait_until(lambda: server.logged("^blocked$") == 1)
    at_work.join(10)

    # uWSGI runs no handlers at the exit of a busy worker: uwsgi_python_atexit in its plugins/python.
    assert collector.spans == ()


def block(url: str) -> None:
    with suppress(requests.ConnectionError):
        requests.get(f"{url}block", timeout=30)
