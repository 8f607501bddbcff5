"""The spans of gunicorn's workers: delivered with our set-up, but for a jaeger-client that was forked."""

from __future__ import annotations

import re
import sys

import pytest

from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.support.peers import module, peer
from tests.support.waiting import wait_until
from tests.support.wsgi_server import APP, WsgiServer, wsgi_server

pytestmark = peer("gunicorn")

REQUESTS = 18
WORKERS = 2
LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:tests.support.planted.gunicorn_settings"]
RECYCLED = ["--max-requests", "5"]
LOADING = pytest.mark.parametrize("loading", [[], ["--preload"]], ids=["each loads the app", "preload"])


def is_settled(server: WsgiServer) -> bool:
    """Tell whether every worker that has to run is ready."""
    return server.logged("Worker ready") == WORKERS + server.logged("Worker exiting")


def delivered(package: str, *options: str) -> tuple[tuple[Span, ...], set[str]]:
    """Send the requests and then SIGTERM; return all spans, and the workers that answered."""
    module("gunicorn", "ot2otel[peers]")
    command = [*GUNICORN, *options, APP]
    with Collector() as collector, wsgi_server(command, LISTENING, package, collector) as server:
        answered_by = set(server.greet(REQUESTS))
        wait_until(lambda: is_settled(server))
    assert collector.problems == ()
    return collector.spans, answered_by


@LOADING
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_workers_that_are_stopped_deliver_every_span(package: str, loading: list[str]) -> None:
    spans, _ = delivered(package, *loading)

    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


@LOADING
@pytest.mark.parametrize("package", ["otel_native", "shim_bridge"])
def test_workers_that_are_recycled_deliver_every_span(package: str, loading: list[str]) -> None:
    spans, answered_by = delivered(package, *loading, *RECYCLED)

    assert len(answered_by) > WORKERS
    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


@pytest.mark.parametrize("options", [[], RECYCLED], ids=["stopped", "recycled"])
def test_with_jaeger_client_workers_that_load_the_app_deliver_every_span(options: list[str]) -> None:
    spans, _ = delivered("legacy_opentracing", *options)

    assert len({span.trace_id for span in spans}) == REQUESTS == len(spans)


def test_with_jaeger_client_loaded_before_the_fork_every_span_is_lost() -> None:
    spans, _ = delivered("legacy_opentracing", "--preload")

    assert spans == ()
