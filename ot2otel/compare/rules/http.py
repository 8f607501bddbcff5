"""Changes of HTTP spans on the way to the stable semantic conventions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import SplitResult, unquote

from ot2otel.compare.facts import KIND, interned
from ot2otel.compare.rules.peers import if_there
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Dropped,
    Effect,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    stands,
)
from ot2otel.compare.urls import split_url
from ot2otel.model import Kind

_MIGRATION = f"{CONVENTIONS}/non-normative/http-migration/"
_URL = f"{CONVENTIONS}/registry/attributes/url/"
_REGISTRY = f"{CONVENTIONS}/registry/attributes/http/"
_BYTES = re.compile(r"([^?]*)\?b'([^']*)'")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Keys of a query whose values the conventions want redacted.
_SECRET_KEYS = frozenset({"AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"})
_MAY_BE_SECRET = re.compile("|".join(map(re.escape, sorted(_SECRET_KEYS)))).search
# The methods that keep their name.
_METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE")

_OLD_URL, _OLD_METHOD = attribute("http.url"), attribute("http.method")
_METHOD, _ORIGINAL = attribute("http.request.method"), attribute("http.request.method_original")
_FULL, _SCHEME, _PATH, _QUERY = (attribute(f"url.{part}") for part in ("full", "scheme", "path", "query"))
_ADDRESS, _PORT = attribute("server.address"), attribute("server.port")


def _url(
    full: object, kind: object, sent: object, address: object, decoded: object
) -> Sequence[Makes] | None:
    """Make of `http.url` the attributes that the conventions want for the kind of the new span.

    `sent` is the after's URL, in which a client may have given an empty path its "/". `address` is its
    server, in which the instrumentations of web frameworks leave the port, and `decoded` its path, which they
    may decode.
    """
    if not isinstance(full, str):
        return None
    full = as_text(full)
    try:
        url = split_url(full)
        server = _server(url, address)
    except ValueError:  # not a URL, so it has no parts
        return None
    if kind is not Kind.SERVER:
        clean = _redacted(full, url)
        with_path = url.path or clean + "/" != sent
        return [Makes(_FULL, clean if with_path else sent), *(server if kind is Kind.CLIENT else ())]
    if url.fragment or "@" in url.netloc:
        return None  # no attribute of a server has them
    if not url.netloc:
        return _target(full, None) if full.startswith("/") else None  # Django's integration writes only this
    # The path of `http://host` is "/" to some and nothing to others.
    wanted = decoded if url.path and decoded == unquote(url.path) else url.path or "/"
    path = Makes(_PATH, wanted, required=bool(url.path))
    scheme = (Makes(_SCHEME, url.scheme),) if url.scheme else ()
    query = (Makes(_QUERY, _redacted_query(url.query)),) if url.query else ()
    return [*scheme, *query, path, *server]


def as_text(full: str) -> str:
    """Return a URL without Python's marks of bytes, in which Starlette-OpenTracing writes the query."""
    found = _BYTES.fullmatch(full) if "?b'" in full else None
    return "?".join(part for part in found.groups() if part) if found else full


def redacted(full: str) -> str:
    """Return a URL without its credentials, as the conventions want `url.full`; raise ValueError."""
    return _redacted(full, split_url(full))


def _redacted(full: str, url: SplitResult) -> str:
    if "@" not in url.netloc and not _MAY_BE_SECRET(url.query):
        return full  # as nearly all are
    _, at, host = url.netloc.rpartition("@")
    netloc = f"REDACTED:REDACTED@{host}" if at else url.netloc
    query = _redacted_query(url.query)
    if (netloc, query) == (url.netloc, url.query):
        return full
    return url._replace(netloc=netloc, query=query).geturl()


def _redacted_query(query: str) -> str:
    if not _MAY_BE_SECRET(query):
        return query  # as nearly all are
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(f"{key}{eq}{'REDACTED' if key in _SECRET_KEYS else value}" for key, eq, value in pairs)


def _server(url: SplitResult, address: object) -> tuple[Makes, ...]:
    """Make address and port, which the conventions only recommend; a URL may be a path alone."""
    if not url.netloc:
        return ()
    together, apart = _servers(url.scheme, url.netloc)
    return together if address == together[0].value else apart


@lru_cache(maxsize=1024)
def _servers(scheme: str, netloc: str) -> tuple[tuple[Makes, ...], tuple[Makes, ...]]:
    """Make a server whose address has the port, and one without; raise ValueError.

    Most requests go to few servers.
    """
    url = SplitResult("", netloc, "", "", "")
    host, port = url.hostname or "", url.port or _DEFAULT_PORTS.get(scheme)
    rest = () if port is None else (Makes(_PORT, port, required=False),)
    together, apart = (Makes(_ADDRESS, address, required=False) for address in (f"{host}:{port}", host))
    return (together, *rest), (apart, *rest)


def _target(target: object, full: object) -> Sequence[Makes] | None:
    """Make path and query; the URL of a client tells both."""
    if not isinstance(target, str):
        return None
    if isinstance(full, str):
        return (Makes(_FULL, full),) if full.endswith(_redacted_target(target)) else None
    path, mark, query = target.partition("?")
    return [Makes(_PATH, path), *([Makes(_QUERY, _redacted_query(query))] if mark and query else [])]


def _redacted_target(target: str) -> str:
    path, mark, query = target.partition("?")
    return f"{path}{mark}{_redacted_query(query)}"


def _scheme(scheme: object, full: object) -> Sequence[Makes] | None:
    is_told = isinstance(full, str) and full.startswith(f"{scheme}:")
    return (Makes(_SCHEME, scheme, required=not is_told),)


def _is_other(method: object) -> bool:
    return isinstance(method, str) and method not in _METHODS


def _other_method(method: object, name: object) -> Sequence[Makes] | None:
    """Make `_OTHER`, or the method that was meant, of one that the conventions do not know."""
    if not isinstance(method, str) or not _is_other(method):
        return None
    meant = method.upper() if method.upper() in _METHODS and name != "_OTHER" else "_OTHER"
    return Makes(_METHOD, meant), Makes(_ORIGINAL, method, required=meant == "_OTHER")


def _length(length: object) -> object:
    return interned((str(length),))


def _left_out(side: str) -> Dropped:
    return Dropped(
        (attribute(f"http.{side}_content_length"),),
        "nothing: the stable conventions make it opt-in",
        premises=(stands(_METHOD),),
    )


HTTP = (
    Rule(
        "http.request.method",
        Effect.TRANSLATED,
        "`http.method` is renamed to `http.request.method`; a method that the conventions do not know "
        "becomes `_OTHER`",
        _MIGRATION,
        (
            Renamed(_OLD_METHOD, _METHOD),
            Split(
                (_OLD_METHOD,),
                _other_method,
                premises=(Premise((_OLD_METHOD,), _is_other, before=True), stands(_ORIGINAL)),
                reads_after=(_METHOD,),
            ),
        ),
    ),
    Rule(
        "url",
        Effect.TRANSLATED,
        "`http.url` becomes `url.full` (client) or its parts `url.*` (server), and `server.*`; "
        "credentials become REDACTED",
        f"{_MIGRATION} ({_URL})",
        (Split((_OLD_URL,), _url, reads_after=(KIND, _FULL, _ADDRESS, _PATH)),),
    ),
    Rule(
        "url-target",
        Effect.TRANSLATED,
        "`http.target` is split into `url.path` and `url.query`; a client has both in `url.full`",
        f"{_MIGRATION} ({_REGISTRY})",
        (Split((attribute("http.target"),), _target, reads_after=(_FULL,)),),
    ),
    Rule(
        "url.scheme",
        Effect.TRANSLATED,
        "`http.scheme` is renamed to `url.scheme`; a client has it in `url.full`",
        f"{_MIGRATION} ({_URL})",
        (Split((attribute("http.scheme"),), _scheme, reads_after=(_FULL,)),),
    ),
    Rule(
        "http-content-length",
        Effect.TRANSLATED,
        "`http.request_content_length` and `http.response_content_length` become the header attributes "
        "`http.request.header.content-length` and `http.response.header.content-length`",
        _REGISTRY,
        tuple(
            if_there(f"http.{side}_content_length", attribute(f"http.{side}.header.content-length"), _length)
            for side in ("request", "response")
        ),
    ),
    Rule(
        "http-content-length-left-out",
        Effect.DEGRADED,
        "the stable conventions make the sizes of the bodies opt-in, and the instrumentation leaves them out",
        _MIGRATION,
        (_left_out("request"), _left_out("response")),
        "dashboards of the sizes of requests and responses are empty",
    ),
)
