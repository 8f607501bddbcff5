"""A service's metrics for Prometheus: the number of answered requests and their duration."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram, make_wsgi_app

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The key in a request's environ for the ids of its span, if that is sampled.
EXEMPLAR = "trace.exemplar"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
LABELS = ("http_request_method", "http_response_status_code", "url_scheme")


def wanted() -> bool:
    """Return whether `prometheus` is in OTEL_METRICS_EXPORTER, a list separated by commas."""
    return "prometheus" in os.environ.get("OTEL_METRICS_EXPORTER", "").replace(" ", "").split(",")


def measured(app: WSGIApplication) -> WSGIApplication:
    """Return `app`; if metrics are wanted, it is measured and has a path `/metrics`."""
    if not wanted():
        return app
    exposition: WSGIApplication = make_wsgi_app()
    requests = Counter("http_server_requests", "Requests answered.", LABELS)
    durations = Histogram(
        "http_server_request_duration_seconds", "Duration of requests.", LABELS, buckets=BUCKETS
    )

    def observed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            return exposition(environ, start_response)
        began = time.perf_counter()

        def answered(
            status: str, headers: list[tuple[str, str]], error: OptExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            values = (method(environ), status.partition(" ")[0], environ["wsgi.url_scheme"])
            exemplar = environ.get(EXEMPLAR)
            requests.labels(*values).inc(exemplar=exemplar)
            durations.labels(*values).observe(time.perf_counter() - began, exemplar)
            return start_response(status, headers, error)

        return app(environ, answered)

    return observed


def method(environ: WSGIEnvironment) -> str:
    """Return the request's method, `_OTHER` for a made-up one: labels must have few values."""
    name: str = environ["REQUEST_METHOD"]
    return name if name in METHODS else "_OTHER"
