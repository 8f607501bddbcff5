"""URLs in the native flows' spans: the scheme's port, and no secret."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_native.incoming import incoming_span
from otel_native.tracing import Tracing
from otel_native.urls import port, redacted


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://a/", 80, id="http"),
        pytest.param("https://a/", 443, id="https"),
        pytest.param("https://a:8443/", 8443, id="a port of its own"),
        pytest.param("ftp://a/", 0, id="another scheme"),
    ],
)
def test_the_port_is_the_urls_or_its_schemes(url: str, expected: int) -> None:
    assert port(urlsplit(url)) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8082/Bryan?a=1&b=&c#d",
        "http://[::1]:8082/%20",
        "http://a/?signature=lower&mail=a@b",
        "http://a",
    ],
)
def test_a_url_without_a_secret_stays_as_it_is(url: str) -> None:
    assert redacted(url) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://ada:s3@a:1/x", "https://REDACTED:REDACTED@a:1/x", id="name and password"),
        pytest.param("https://ada@a/x", "https://REDACTED@a/x", id="a name"),
        pytest.param("https://ada:p@ss@a/x", "https://REDACTED:REDACTED@a/x", id="an @ in the password"),
        pytest.param("https://a/x?k=1&sig=abc=", "https://a/x?k=1&sig=REDACTED", id="a signature"),
        pytest.param(
            "https://a/?AWSAccessKeyId=1&Signature=2&X-Goog-Signature=3",
            "https://a/?AWSAccessKeyId=REDACTED&Signature=REDACTED&X-Goog-Signature=REDACTED",
            id="every kind of signature",
        ),
    ],
)
def test_credentials_and_signatures_are_redacted(url: str, expected: str) -> None:
    assert redacted(url) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/x?k=1&sig=abc=", "k=1&sig=REDACTED", id="a signature"),
        pytest.param("/x?k=1&b=&c", "k=1&b=&c", id="no secret"),
        pytest.param("/x", None, id="no query"),
    ],
)
def test_the_query_of_an_incoming_request_has_no_signature(path: str, expected: str | None) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = Tracing(provider.get_tracer("test"), CompositePropagator([]), close=provider.shutdown)

    with Flask("server").test_request_context(path), incoming_span(tracing, "server"):
        pass

    [span] = exporter.get_finished_spans()
    assert (span.attributes or {}).get("url.query") == expected
