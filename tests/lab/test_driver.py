from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from ot2otel.lab.catalog import Request
from ot2otel.lab.driver import Driver, NoAnswerError
from ot2otel.recording import Answer
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer

BEGIN = Request("something that goes on", "POST", "/jobs", spans=0, of_frameworks=0, until="done")


@pytest.fixture
def url() -> Iterator[str]:
    """Accept a job, and answer the third look at it with "done"."""
    looks = count(1)

    def answer(request: HttpRequest) -> HttpAnswer:
        if request.method == "POST":
            return HttpAnswer(202, body=b"taken in", headers={"Location": "/jobs/1"})
        is_done = request.path == "/jobs/1" and next(looks) >= 3
        return HttpAnswer(body=b"done" if is_done else b"under way")

    with HttpServer(answer) as server:
        yield server.url


def test_a_requests_location_is_polled_until_it_shows_the_end(url: str) -> None:
    with Driver() as client:
        answers = client.send(BEGIN, "Bryan", url, "the service")

    assert answers == (Answer("POST /jobs", 202, "taken in"), Answer("GET /jobs/1", 200, "done"))


def test_a_request_without_an_end_to_wait_for_has_one_answer(url: str) -> None:
    with Driver() as client:
        answers = client.send(replace(BEGIN, until=""), "Bryan", url, "the service")

    assert answers == (Answer("POST /jobs", 202, "taken in"),)


def test_an_end_that_does_not_come_is_an_error_with_the_last_answer(url: str) -> None:
    with Driver(follow_timeout=0.1) as client, pytest.raises(NoAnswerError) as caught:
        client.send(replace(BEGIN, until="failed"), "Bryan", url, "the service")

    assert str(caught.value) == "Waited 0.1 s for failed from the service at GET /jobs/1, got done."
