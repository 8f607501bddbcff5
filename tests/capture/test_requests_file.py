"""A file of requests is read whole, or refused with its first problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from ot2otel.capture.requests_file import Request, Requests, RequestsError, read_requests

FILE = """
url = "http://127.0.0.1:8080"

[[request]]
path = "/hello/Bryan?greeting=hi"
times = 3

[[request]]
method = "post"
path = "/orders"
headers = { "Content-Type" = "application/json" }
body = '{"item": "tea"}'
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.toml"


def test_a_file_has_an_address_and_requests(path: Path) -> None:
    path.write_text(FILE)

    assert read_requests(path) == Requests(
        (
            Request("/hello/Bryan?greeting=hi", times=3),
            Request("/orders", "POST", {"Content-Type": "application/json"}, '{"item": "tea"}'),
        ),
        "http://127.0.0.1:8080",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "{path}: it has no [[request]]"),
        ("url = 1\n[[request]]\npath='/'", "{path}: the file: `url` must be text"),
        ("request = 'GET /'", "{path}: the file: `request` must be tables"),
        ("request = [1]", "{path}: request 1 is no table; write [[request]]"),
        ("uri = 'x'\n[[request]]\npath='/'", "{path}: the file has 'uri'; known are request, url"),
        ("[[request]]\nmethod='GET'", "{path}: request 1: `path` must begin with /"),
        ("[[request]]\npath='/'\n[[request]]\npath='x'", "{path}: request 2: `path` must begin with /"),
        ("[[request]]\npath='/'\nmethod='GET /'", "{path}: request 1: `method` must be a word like POST"),
        ("[[request]]\npath='/'\ntimes=0", "{path}: request 1: `times` must be 1 to 1000000"),
        ("[[request]]\npath='/'\ntimes=true", "{path}: request 1: `times` must be an integer"),
        ("[[request]]\npath='/'\nheaders={a=1}", "{path}: request 1, headers: `a` must be text"),
        ('[[request]]\npath="/"\nheaders={a="x\\r\\nb: c"}', "{path}: request 1: 'a' is not a header"),
        ("[[request]", "{path} is not TOML: Expected ']]' at the end of an array declaration"),
    ],
)
def test_a_bad_file_is_refused_with_its_first_problem(path: Path, text: str, problem: str) -> None:
    path.write_text(text)

    with pytest.raises(RequestsError) as raised:
        read_requests(path)

    assert str(raised.value).startswith(problem.format(path=path))


def test_other_bytes_are_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(RequestsError, match="is not TOML"):
        read_requests(path)


def test_a_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(RequestsError) as raised:
        read_requests(path)

    assert str(raised.value) == f"{path} can't be read: No such file or directory"
