"""Spans of HTTP clients: requests, httpx, urllib3 and aiohttp, under their instrumentations."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from ot2otel.compare.facts import KIND, NAME
from ot2otel.compare.rules.http import redacted
from ot2otel.compare.rules.libraries.instrumentation import NOT_INSTRUMENTED, made_by, source
from ot2otel.compare.rules.libraries.servers import method_in_name
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Dropped,
    Effect,
    Makes,
    Rule,
    Split,
    attribute,
    stands,
    text,
    was,
)
from ot2otel.model import Kind

_BY_CLIENT = made_by("requests", "httpx", "urllib3", "aiohttp_client", "urllib")
_OF_CLIENT = stands(KIND, Kind.CLIENT)
_OF_LIBRARY = (_BY_CLIENT, _OF_CLIENT, NOT_INSTRUMENTED)
_METHOD, _OLD_METHOD = attribute("http.request.method"), attribute("http.method")
_OLD_URL = attribute("http.url")


def _by_method(name: object, method: object, old: object) -> Sequence[Makes]:
    return (Makes(NAME, method_in_name(method, old)),)


def _capitals(method: object, old: object, new: object) -> Sequence[Makes] | None:
    """Make the method in capitals under each key that the after has."""
    if not isinstance(method, str) or method.upper() == method:
        return None
    there = [place for place, value in ((_OLD_METHOD, old), (_METHOD, new)) if value is not None]
    return [Makes(place, method.upper()) for place in there] or None


def _sent(full: object) -> Sequence[Makes] | None:
    """Make the URL as it was sent, without credentials and with a path."""
    if not isinstance(full, str):
        return None
    try:
        clean = redacted(full)
        url = urlsplit(clean)
    except ValueError:
        return None
    if not url.path:
        clean = url._replace(path="/").geturl()
    return (Makes(_OLD_URL, clean),) if clean != full else None


def _is_traceback(value: object) -> bool:
    return isinstance(value, str) and value.startswith("Traceback ")


def _is_number(value: object) -> bool:
    return type(value) is int


CLIENTS = (
    Rule(
        "method-as-name",
        Effect.TRANSLATED,
        "an instrumentation names a client's span by the method alone",
        f"{CONVENTIONS}/http/http-spans/#name ({source('requests')})",
        (Split((NAME,), _by_method, reads_after=(_METHOD, _OLD_METHOD), premises=_OF_LIBRARY),),
    ),
    Rule(
        "method-in-capitals",
        Effect.TRANSLATED,
        "a method that an integration wrote in small letters stands in capitals",
        f"{source('requests')} (sanitize_method)",
        (
            Split(
                (_OLD_METHOD,),
                _capitals,
                reads_after=(_OLD_METHOD, _METHOD),
                premises=_OF_LIBRARY,
            ),
        ),
    ),
    Rule(
        "url-as-sent",
        Effect.IMPROVED,
        "`http.url` is the URL as it was sent: with a path, and `REDACTED` for credentials",
        f"{source('requests')} (redact_url)",
        (Split((_OLD_URL,), _sent, premises=(*_OF_LIBRARY, stands(_OLD_URL))),),
    ),
    Rule(
        "traceback-tag",
        Effect.TRANSLATED,
        "the traceback in the tag `error.object` stands in the event `exception`",
        "https://github.com/signalfx/python-requests/blob/master/requests_opentracing/tracing.py",
        (
            Dropped(
                (attribute("error.object"),),
                "the stack of the event `exception`",
                _is_traceback,
                (_BY_CLIENT, stands(("event", 0, "attributes", "exception.stacktrace"))),
            ),
        ),
    ),
    Rule(
        "client-instrumentation",
        Effect.ADDED,
        "the instrumentation of an HTTP client describes server and connection in more attributes",
        f"{CONVENTIONS}/http/http-spans/#http-client ({source('requests')})",
        (
            Added(
                tuple(
                    attribute(key)
                    for key in (
                        *("user_agent.original", "server.address", "network.peer.address"),
                        "network.protocol.version",
                    )
                ),
                text,
                (_BY_CLIENT,),
            ),
            Added((attribute("server.port"), attribute("network.peer.port")), _is_number, (_BY_CLIENT,)),
            # Written beside the stable names if both are asked for.
            Added(
                tuple(map(attribute, ("http.flavor", "http.host", "net.peer.name"))),
                text,
                (_BY_CLIENT, was(_METHOD, None)),
            ),
            Added((attribute("net.peer.port"),), _is_number, (_BY_CLIENT, was(_METHOD, None))),
        ),
    ),
)
