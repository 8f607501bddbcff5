"""Reads a file of requests to send, in TOML: the service's `url`, and a `[[request]]` for each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from ot2otel.errors import Ot2OtelError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_Table: TypeAlias = Mapping[str, Any]  # Any: each value is checked when it is read
_T = TypeVar("_T")
_LARGEST = 10_000_000  # bytes
_MOST_TIMES = 1_000_000


class RequestsError(Ot2OtelError):
    """A file of requests can't be read; the text names the place and the problem."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send `times` times; `path` may have a query."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a file, in their order, and the address of the service; "" if the file has none."""

    requests: tuple[Request, ...]
    url: str = ""


def read_requests(path: Path) -> Requests:
    """Return the requests in a file; raise RequestsError."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise RequestsError(f"{path} can't be read: it is larger than {_LARGEST // 1_000_000} MB")
        return _decoded(tomllib.loads(content.decode("utf-8")))
    except OSError as error:
        raise RequestsError(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestsError(f"{path} is not TOML: {error}") from error
    except _Problem as error:
        raise RequestsError(f"{path}: {error}") from error


class _Problem(Exception):  # noqa: N818  # the reader makes an error of it
    """What is wrong in a document."""


def _decoded(document: _Table) -> Requests:
    _check_keys(document, {"url", "request"}, "the file")
    entries = _value(document, "request", list, [], "the file")
    if not entries:
        raise _Problem("it has no [[request]]")
    requests = tuple(_request(entry, f"request {number}") for number, entry in enumerate(entries, 1))
    return Requests(requests, _value(document, "url", str, "", "the file"))


def _request(entry: object, place: str) -> Request:
    if not isinstance(entry, dict):
        raise _Problem(f"{place} is no table; write [[request]]")
    _check_keys(entry, {"path", "method", "headers", "body", "times"}, place)
    path = _value(entry, "path", str, "", place)
    if not path.startswith("/"):
        raise _Problem(f"{place}: `path` must begin with /")
    headers = _value(entry, "headers", dict, {}, place)
    method = _value(entry, "method", str, "GET", place)
    if not method.isalpha() or not method.isascii():
        raise _Problem(f"{place}: `method` must be a word like POST")
    times = _value(entry, "times", int, 1, place)
    if not 0 < times <= _MOST_TIMES:
        raise _Problem(f"{place}: `times` must be 1 to {_MOST_TIMES}")
    for name in headers:
        value = _value(headers, name, str, "", f"{place}, headers")
        if not name.isascii() or not name.isprintable() or {"\r", "\n"} & {*name, *value}:
            raise _Problem(f"{place}: {name!r} is not a header")
    return Request(path, method.upper(), headers, _value(entry, "body", str, "", place), times)


def _check_keys(entry: _Table, known: set[str], place: str) -> None:
    for key in entry.keys() - known:
        raise _Problem(f"{place} has {key!r}; known are {', '.join(sorted(known))}")


def _value(entry: _Table, key: str, kind: type[_T], default: _T, place: str) -> _T:
    found = entry.get(key, default)
    if type(found) is not kind:  # isinstance would take true for a number
        raise _Problem(f"{place}: `{key}` must be {_NAMES[kind]}")
    return found


_NAMES: Mapping[type, str] = {str: "text", int: "an integer", list: "tables", dict: "a table"}
