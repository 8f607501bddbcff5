"""Recording from a running Jaeger: a small HTTP server gives real answers, and bad ones."""

from __future__ import annotations

import json
import os
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests

from ot2otel.model import Span
from ot2otel.receive.jaeger.query import JaegerError
from ot2otel.receive.jaeger.stored import MAX_ANSWER, StoredTraces
from ot2otel.wire.jaeger_json import decode_json
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import DIRECTORY, JAEGER_URL
from tests.support.fake_jaeger import answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.odd_spans import ODD_SPANS
from tests.support.peers import peer
from tests.support.waiting import poll

GOLDEN = (DIRECTORY / "jaeger" / "hello-native-otlp.json").read_bytes()
ODD = DIRECTORY / "jaeger_v3" / "odd.json"
NOTHING = DIRECTORY / "jaeger_v3" / "nothing-found.json"
NOW = time.time_ns()
Answering = Callable[[HttpRequest], HttpAnswer]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ot2otel.receive.jaeger.stored._now", lambda: NOW)


def span(number: int, ago: float = 1.0) -> Span:
    """Make the root of a trace of its own, so many seconds ago."""
    start = NOW - int(ago * 1e9)
    resource = {"service.name": "shop"}
    return Span(f"{number:032x}", f"{number:016x}", "op", start_ns=start, end_ns=start, resource=resource)


def v3(spans: list[Span]) -> HttpAnswer:
    """Answer as the API v3 does: 404 if nothing was found."""
    if not spans:
        error = {"error": {"httpCode": 404, "message": "No traces found"}}
        return HttpAnswer(404, "text/plain", json.dumps(error).encode())
    return in_json(json.dumps({"result": encode_json(spans)}).encode())


def page(_: HttpRequest) -> HttpAnswer:
    """Answer as Jaeger's UI does for a path that it does not know."""
    return HttpAnswer(200, "text/html", b"<html></html>")


def in_json(body: bytes) -> HttpAnswer:
    return HttpAnswer(200, "application/json", body)


def jaeger(answer_v3: Answering = page, old: Answering = page, *services: str) -> Answering:
    def answered(request: HttpRequest) -> HttpAnswer:
        if request.path == "/api/services":
            return answer(list(services))
        return (answer_v3 if request.path == "/api/v3/traces" else old)(request)

    return answered


@contextmanager
def stored_in(answering: Answering, service: str = "shop", **options: float) -> Iterator[StoredTraces]:
    with HttpServer(answering) as server:
        yield StoredTraces(server.url, service, **options)  # type: ignore[arg-type]  # limits and seconds


def asked(request: HttpRequest) -> tuple[int, int, int]:
    """Return the window of a question to the API v3, in ns, and the number of traces."""
    wanted = request.parameters
    for name, alias in (("startTimeMin", "start_time_min"), ("startTimeMax", "start_time_max")):
        assert wanted[f"query.{name}"] == wanted[f"query.{alias}"]
    return (
        _ns(wanted["query.startTimeMin"]),
        _ns(wanted["query.startTimeMax"]),
        int(wanted["query.searchDepth"]),
    )


def _ns(text: str) -> int:
    seconds, nanoseconds = text.rstrip("Z").split(".")
    return timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(nanoseconds)


def within(spans: list[Span], request: HttpRequest) -> list[Span]:
    since, until, limit = asked(request)
    return [one for one in spans if since <= one.start_ns < until][:limit]


def test_the_api_v3_is_asked_for_the_window_and_raw_spans() -> None:
    questions: list[HttpRequest] = []

    def answering(request: HttpRequest) -> HttpAnswer:
        questions.append(request)
        return v3([span(1), span(2)])

    told: list[str] = []
    with stored_in(jaeger(answering), look_back=60, limit=7) as stored:
        messages = list(stored.messages(told.append))

    assert messages == [(span(1), span(2))]
    assert (stored.traces, stored.notes) == (2, [])
    [question] = questions
    since, until, limit = asked(question)
    assert (since, until) == (NOW - 60 * 10**9, NOW + 60 * 10**9)
    assert (limit, question.parameters["query.serviceName"]) == (7, "shop")
    assert question.parameters["query.rawTraces"] == "true"
    assert [line.rpartition(": ")[2] for line in told] == ["0 traces"]


@pytest.mark.parametrize(
    "answer_v3",
    [
        pytest.param(page, id="the UI's page"),
        pytest.param(lambda _: HttpAnswer(404, "text/plain", b"404 page not found"), id="not found"),
        pytest.param(
            lambda _: HttpAnswer(200, "application/json", b'{"result":{}}\n{"result":{}}'), id="lines"
        ),
        pytest.param(
            lambda _: HttpAnswer(
                200,
                "application/json",
                json.dumps(
                    {
                        "result": {
                            "resourceSpans": [
                                {
                                    "scopeSpans": [
                                        {"spans": [{"traceId": "AAAAAAAAAAAAAAAAAAAAAQ==", "name": "x"}]}
                                    ]
                                }
                            ]
                        }
                    }
                ).encode(),
            ),
            id="ids in base64",
        ),
    ],
)
def test_an_older_jaeger_is_asked_at_api_traces(answer_v3: Answering) -> None:
    questions: list[dict[str, str]] = []

    def old(request: HttpRequest) -> HttpAnswer:
        questions.append(request.parameters)
        return in_json(GOLDEN)

    with stored_in(jaeger(answer_v3, old), "server-1", look_back=60) as stored:
        [spans] = stored.messages()

    assert spans == decode_json(GOLDEN).spans
    [question] = questions
    assert int(question["end"]) - int(question["start"]) == 120 * 10**6
    assert {name: question[name] for name in ("service", "limit", "raw")} == {
        "service": "server-1",
        "limit": "1000",
        "raw": "true",
    }


def test_a_limit_that_is_reached_is_told() -> None:
    spans = [span(number) for number in range(1, 6)]

    with stored_in(jaeger(lambda request: v3(within(spans, request))), limit=3) as stored:
        messages = list(stored.messages())

    assert [len(message) for message in messages] == [3]
    assert stored.notes == [
        "The limit of 3 traces was reached: Jaeger may have more. Raise it with --limit, or"
        " shorten --lookback."
    ]


def test_more_traces_than_were_asked_for_are_not_taken() -> None:
    with stored_in(jaeger(lambda _: v3([span(1), span(2), span(3)])), limit=2) as stored:
        assert [len(message) for message in stored.messages()] == [2]


def test_a_window_whose_answer_is_too_large_is_divided_and_the_newest_half_comes_first() -> None:
    spans = [span(number, ago=number * 10) for number in range(1, 9)]
    windows: list[int] = []

    def answering(request: HttpRequest) -> HttpAnswer:
        since, until, _ = asked(request)
        windows.append(until - since)
        return v3(within(spans, request))

    with stored_in(jaeger(answering), look_back=100, max_answer=1000) as stored:
        messages = list(stored.messages())

    assert [one for message in messages for one in message] == spans
    assert max(map(len, messages)) < 8
    assert windows[0] == 160 * 10**9
    assert stored.notes == []


def test_a_trace_of_two_windows_is_taken_once() -> None:
    def answering(request: HttpRequest) -> HttpAnswer:
        since, until, _ = asked(request)
        # As Jaeger does: the whole trace, for each window that has one of its spans.
        return HttpAnswer(body=bytes(2000)) if until - since > 90 * 10**9 else v3([span(1)])

    with stored_in(jaeger(answering), look_back=100, max_answer=1000) as stored:
        assert list(stored.messages()) == [(span(1),)]


def test_traces_that_are_too_large_are_left_out_and_told() -> None:
    with stored_in(
        jaeger(
            lambda request: (
                HttpAnswer(body=bytes(2000)) if _has_the_large_one(request) else v3([span(1, 0.5)])
            )
        ),
        look_back=1,
        max_answer=1000,
    ) as stored:
        messages = list(stored.messages())

    assert messages == [(span(1, 0.5),)]
    assert len(stored.notes) == 1
    assert stored.notes[0].startswith("Traces were left out: http://127.0.0.1:")
    assert stored.notes[0].endswith("answered with more than 1000 bytes. Those of one millisecond do.")


def _has_the_large_one(request: HttpRequest) -> bool:
    """Tell whether the window has a moment, 30 s from now, that has too large a trace."""
    since, until, _ = asked(request)
    return since <= NOW + 30 * 10**9 < until


def test_spans_that_cannot_be_read_are_counted() -> None:
    document = encode_json([span(1), span(2)])
    document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = "x"
    body = json.dumps({"result": document}).encode()

    with stored_in(jaeger(lambda _: in_json(body))) as stored:
        assert list(stored.messages()) == [(span(2),)]

    assert stored.notes == ["1 spans could not be read, the first: span 'op': 'x' is not a span id"]


@pytest.mark.parametrize(
    ("answering", "message"),
    [
        pytest.param(
            jaeger(lambda _: v3([]), page, "b", "a\x1b[2J"),
            r"has no service 'shop'. It has 'a\x1b[2J', 'b'.",
            id="no such service",
        ),
        pytest.param(
            jaeger(lambda _: v3([]), page, *map(str, range(12))),
            "has no service 'shop'. It has '0', '1', '10', '11', '2', '3', '4', '5', '6', '7' and 2 more.",
            id="many services",
        ),
        pytest.param(jaeger(lambda _: v3([])), "has no service 'shop'. It has none.", id="an empty Jaeger"),
        pytest.param(
            jaeger(lambda _: v3([]), page, "shop"),
            "has no trace of 'shop' in the last 3600 s. Look back further with --lookback.",
            id="no trace",
        ),
        pytest.param(
            jaeger(page, lambda _: answer([]), "shop"), "has no trace of 'shop' in the last 3600 s.", id="old"
        ),
        pytest.param(
            jaeger(), "answered with text/html that is not JSON. Is it the address of", id="no Jaeger"
        ),
        pytest.param(
            jaeger(lambda _: HttpAnswer(500, body=b'{"error":{"httpCode":500,"message":"disk full"}}')),
            "answered 500: disk full. Is it the address of",
            id="an error",
        ),
    ],
)
def test_no_usable_answer_is_told_in_one_line(answering: Answering, message: str) -> None:
    with stored_in(answering) as stored, pytest.raises(JaegerError) as raised:
        list(stored.messages())

    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_jaeger_at_all_names_the_option_and_no_password() -> None:
    with pytest.raises(JaegerError) as raised:
        list(StoredTraces("http://user:secret@127.0.0.1:1", "shop").messages())

    assert str(raised.value) == (
        "There is no Jaeger at http://127.0.0.1:1: connection refused. Start one (docker compose"
        " up jaeger), or "
        "give the address of its UI with --from-jaeger."
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@127.0.0.1:1", "http://127.0.0.1:1"),
        ("user:secret@127.0.0.1:1", "127.0.0.1:1"),
        ("ftp://user:secret@127.0.0.1:1", "ftp://127.0.0.1:1"),
        ("http://user:secret@", "http://"),
    ],
)
def test_a_bad_address_is_told_without_its_password(url: str, shown: str) -> None:
    with pytest.raises(JaegerError) as raised:
        list(StoredTraces(url, "shop").messages())

    assert shown in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_both_apis_tell_the_same_trace() -> None:
    spans = [span(1)]
    with (
        stored_in(jaeger(lambda _: v3(spans))) as new,
        stored_in(jaeger(page, lambda _: answer([trace(spans)]))) as old,
    ):
        from_v3, from_old = list(new.messages()), list(old.messages())

    assert [[(one.trace_id, one.name, one.service) for one in message] for message in from_v3] == [
        [(one.trace_id, one.name, one.service) for one in message] for message in from_old
    ]


def test_a_real_answer_of_the_api_v3_has_the_very_spans() -> None:
    with stored_in(jaeger(lambda _: in_json(ODD.read_bytes())), "odd") as stored:
        [spans] = stored.messages()

    assert spans == ODD_SPANS


def test_a_real_answer_without_a_trace_is_understood() -> None:
    nothing = HttpAnswer(404, "text/plain", NOTHING.read_bytes())

    with (
        stored_in(jaeger(lambda _: nothing, page, "shop")) as stored,
        pytest.raises(JaegerError, match=r"has no trace of 'shop' in the last 3600 s"),
    ):
        list(stored.messages())


@peer("jaeger")
@pytest.mark.parametrize("max_answer", [MAX_ANSWER, 3000], ids=["one answer", "many answers"])
@pytest.mark.parametrize("has_v3", [True, False], ids=["API v3", "api/traces"])
def test_a_running_jaeger_gives_back_what_it_got(max_answer: int, has_v3: bool) -> None:
    if JAEGER_URL not in os.environ:
        pytest.skip(f"{JAEGER_URL} names no running Jaeger, like http://127.0.0.1:16686 with its usual ports")
    url = os.environ[JAEGER_URL]
    service = f"shop-{os.urandom(4).hex()}"
    first = int.from_bytes(os.urandom(7), "big")
    spans = [
        replace(span(first + number, ago=number), resource={"service.name": service}, end_ns=NOW)
        for number in range(1, 21)
    ]
    otlp = f"http://{urlsplit(url).hostname}:4318/v1/traces"
    requests.post(otlp, json=encode_json(spans), timeout=10).raise_for_status()

    def read() -> list[Span]:
        stored = StoredTraces(url, service, look_back=600, max_answer=max_answer)
        stored._has_v3 = has_v3
        try:
            return [one for message in stored.messages() for one in message]
        except JaegerError:  # not stored yet
            return []

    found = poll(read, lambda found: len(found) == 20)

    assert [(one.trace_id, one.name) for one in sorted(found, key=lambda one: one.trace_id)] == [
        (one.trace_id, one.name) for one in spans
    ]
