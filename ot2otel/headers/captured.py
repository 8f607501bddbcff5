"""Parses captured request headers from `Name: value` lines or from JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ot2otel.errors import Ot2OtelError

Headers = Mapping[str, str]

MAX_BYTES = 1024 * 1024
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REQUEST_LINE = re.compile(r"[A-Z]+ \S+ HTTP/[0-9.]+")


class HeadersError(Ot2OtelError):
    """The input is not a list of headers; the text names the bad line or entry."""


def parse(captured: bytes) -> Headers:
    """Return the headers of a request captured as `Name: value` lines or as JSON.

    JSON is an object of names and values (or lists of them), or a list of pairs or of objects with
    `name` and `value`. A request line is skipped. Values of the same name are joined with commas, as
    a web server does. Raises HeadersError, also above MAX_BYTES.
    """
    if len(captured) > MAX_BYTES:
        raise HeadersError(f"The input is larger than {MAX_BYTES} bytes: give the headers of one request.")
    pairs = _json(captured) if captured.lstrip()[:1] in (b"{", b"[") else _lines(captured)
    headers: dict[str, tuple[str, str]] = {}
    for name, value in pairs:
        known, values = headers.get(name.lower(), (name, ""))
        headers[name.lower()] = known, f"{values}, {value}" if values else value
    if not headers:
        raise HeadersError("There are no headers: write them as `Name: value` lines or as a JSON object.")
    return dict(headers.values())


def _lines(captured: bytes) -> Iterable[tuple[str, str]]:
    # Latin-1, as in web servers: every byte is a character.
    for number, line in enumerate(captured.decode("latin-1").splitlines(), 1):
        if not line.strip() or _REQUEST_LINE.fullmatch(line.strip()):
            continue
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()):
            raise HeadersError(f"Line {number} is not `Name: value`: {line[:60]!r}.")
        yield name.strip(), value.strip()


def _json(captured: bytes) -> Iterable[tuple[str, str]]:
    try:
        content = json.loads(captured)
    except (ValueError, RecursionError) as error:
        raise HeadersError(f"The input begins like JSON but is not valid JSON: {error}.") from error
    entries = content.items() if isinstance(content, dict) else map(_pair, content)
    for name, values in entries:
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(name, str) or not isinstance(value, str) or not _TOKEN.fullmatch(name):
                raise HeadersError(f"Write a header as a name and a text, not {name!r:.60}: {value!r:.60}.")
            yield name, value


def _pair(entry: Any) -> tuple[Any, Any]:  # Any: any JSON; the caller checks it
    match entry:
        case [name, value] | {"name": name, "value": value}:
            return name, value
    raise HeadersError(f"Write a header as a pair of name and value, not {entry!r:.60}.")
