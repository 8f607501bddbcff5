"""The relay between services."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from ot2otel.lab.fleet.relay import Relay, relay
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer


def repeat(request: HttpRequest) -> HttpAnswer:
    """Answer 418 with the request as it came."""
    headers = (f"{name}={value}" for name, value in request.headers.items())
    return HttpAnswer(418, body="\n".join([request.target, *headers, request.body.decode()]).encode())


@pytest.fixture
def echo() -> Iterator[str]:
    with HttpServer(repeat) as server:
        yield server.url


def post(between: Relay, name: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(between.url).netloc, timeout=5)
    connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
    for key, value in (("X-B3-TraceId", "0a"), ("traceparent", "00-"), ("Content-Length", str(len(name)))):
        connection.putheader(key, value)
    connection.endheaders(name.encode())
    answer = connection.getresponse()
    status, body = answer.status, answer.read().decode()
    connection.close()
    return status, body


def test_a_request_is_handed_on_with_its_headers_untouched_and_its_name_in_the_query(echo: str) -> None:
    with relay() as between:
        between.routes["7-root"] = echo

        answer = post(between, "7-root")

    assert answer == (418, "/?7-root\nX-B3-TraceId=0a\ntraceparent=00-\nContent-Length=6\n7-root")
    assert between.headers == {"7-root": {"X-B3-TraceId": "0a", "traceparent": "00-", "Content-Length": "6"}}


def test_a_request_without_a_route_gets_502() -> None:
    with relay() as between:
        answer = post(between, "nobody")

    assert answer == (502, "nobody got no answer: KeyError('nobody')")


def test_a_service_that_is_gone_is_a_502() -> None:
    with relay() as between:
        between.routes["7-root"] = "http://127.0.0.1:1"

        status, body = post(between, "7-root")

    assert (status, body.partition(":")[0]) == (502, "7-root got no answer")
