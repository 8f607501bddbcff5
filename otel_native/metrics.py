"""A service's metrics for Prometheus: the number of answered requests and their duration."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from opentelemetry.metrics import get_meter
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.url_attributes import URL_SCHEME
from opentelemetry.semconv.metrics.http_metrics import HTTP_SERVER_REQUEST_DURATION
from prometheus_client import make_wsgi_app

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
LABELS = (HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, URL_SCHEME)


def wanted() -> bool:
    """Return whether `prometheus` is in OTEL_METRICS_EXPORTER, a list separated by commas."""
    return "prometheus" in os.environ.get("OTEL_METRICS_EXPORTER", "").replace(" ", "").split(",")


def measured(app: WSGIApplication) -> WSGIApplication:
    """Return `app`; if metrics are wanted, it is measured and has a path `/metrics`."""
    if not wanted():
        return app
    exposition: WSGIApplication = make_wsgi_app()
    meter = get_meter("otel_native")
    requests = meter.create_counter("http.server.requests", description="Requests answered.")
    durations = meter.create_histogram(
        HTTP_SERVER_REQUEST_DURATION,
        unit="s",
        description="Duration of requests.",
        explicit_bucket_boundaries_advisory=BUCKETS,
    )

    def observed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            return exposition(environ, start_response)
        began = time.perf_counter()

        def answered(
            status: str, headers: list[tuple[str, str]], error: OptExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            values = (method(environ), int(status.partition(" ")[0]), environ["wsgi.url_scheme"])
            attributes = dict(zip(LABELS, values, strict=True))
            requests.add(1, attributes)
            durations.record(time.perf_counter() - began, attributes)
            return start_response(status, headers, error)

        return app(environ, answered)

    return observed


def method(environ: WSGIEnvironment) -> str:
    """Return the request's method, `_OTHER` for a made-up one: labels must have few values."""
    name: str = environ["REQUEST_METHOD"]
    return name if name in METHODS else "_OTHER"
