"""A drive sends its requests once the service listens, and tells those that had no answer."""

from __future__ import annotations

import socket

import pytest

from ot2otel.capture.driving import Drive, NotListeningError
from ot2otel.capture.requests_file import Request, Requests
from ot2otel.recording import Answer
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.waiting import wait_until

REQUESTS = Requests(
    (Request("/a?x=1", times=2), Request("/b", "POST", {"X-Word": "hi"}, "body"), Request("/gone"))
)


def answer(request: HttpRequest) -> HttpAnswer:
    if request.path == "/gone":
        return HttpAnswer(302, headers={"Location": "/a"})
    word = request.headers.get("X-Word", "")
    return HttpAnswer(
        body=f"{request.target} {word} {request.body.decode()} at 2050-01-01T00:00:00Z".encode()
    )


def driven(url: str, patience: float = 20.0) -> tuple[Drive, list[Answer]]:
    answers: list[Answer] = []
    with Drive(REQUESTS, url, answers.append, patience) as drive:
        wait_until(lambda: drive.quiet > 0 or drive.error is not None)
    return drive, answers


def test_the_requests_are_sent_in_their_order_and_times_are_masked() -> None:
    with HttpServer(answer) as server:
        drive, answers = driven(server.url)

    assert answers == [
        Answer("GET /a?x=1", 200, "/a?x=1   at <time>"),
        Answer("GET /a?x=1", 200, "/a?x=1   at <time>"),
        Answer("POST /b", 200, "/b hi body at <time>"),
        Answer("GET /gone", 302, ""),
    ]
    assert (drive.sent, drive.wanted, drive.unanswered, drive.error) == (4, 4, 0, None)


def test_a_request_without_an_answer_is_recorded_as_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()[1]
        # Accepted by the kernel; closed without an answer below.
        answers: list[Answer] = []
        with Drive(Requests((Request("/"),)), f"http://127.0.0.1:{address}", answers.append, 20) as drive:
            for _ in range(2):  # the look whether somebody listens, and the request
                server.accept()[0].close()
            wait_until(lambda: drive.quiet > 0)

    assert answers == [Answer("GET /", 0, "no answer: ConnectionError")]
    assert (drive.sent, drive.unanswered) == (1, 1)


def test_a_service_that_does_not_come_up_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

    drive, answers = driven(url, patience=0.1)

    assert isinstance(drive.error, NotListeningError)
    assert str(drive.error).startswith(f"Nothing accepts connections at {url} after 0.1 s: ")
    assert answers == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1"])
def test_a_drive_that_is_stopped_while_it_waits_ends(url: str) -> None:
    with Drive(REQUESTS, url, lambda _: None, 1000) as drive:
        pass

    wait_until(lambda: not drive.is_running)
