"""Spans of HTTP clients: requests, httpx, urllib3 and aiohttp, under their instrumentations."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from ot2otel.compare.facts import KIND, NAME
from ot2otel.compare.rules.http import redacted
from ot2otel.compare.rules.libraries.instrumentation import (
    NOT_INSTRUMENTED,
    ROLE,
    if_it_was,
    made_by,
    source,
)
from ot2otel.compare.rules.libraries.servers import method_in_name
from ot2otel.compare.rules.opentracing import MOST_CHARACTERS, class_name
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    Added,
    Dropped,
    Effect,
    Makes,
    Rule,
    Split,
    attribute,
    integer,
    of_event,
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
_LOG = tuple(of_event("attributes", key) for key in ("error.kind", "message"))
_EXCEPTION = tuple(of_event("attributes", f"exception.{key}") for key in ("type", "message", "stacktrace"))


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
    return (Makes(_OLD_URL, clean),)


def _is_traceback(value: object) -> bool:
    return isinstance(value, str) and value.startswith("Traceback ")


def _is_recorded(
    traceback: str,
    log_kinds: Sequence[object],
    log_messages: Sequence[object],
    kinds: Sequence[object],
    messages: Sequence[object],
    stacks: Sequence[object],
) -> bool:
    """Tell whether an event `exception` with a stack is that of the exception at the end of a traceback.

    If the message differs from run to run, the log has that of the traceback's. jaeger-client cuts a long
    traceback; then the log alone tells the exception.
    """
    logged = [
        (class_name(kind), message) for kind, message in zip(log_kinds, log_messages, strict=True) if kind
    ]
    for kind, message, stack in zip(kinds, messages, stacks, strict=True):
        if stack is None or not isinstance(kind, str):
            continue
        own = [said for name, said in logged if name == kind]
        if any(_ends_with(traceback, kind, said) for said in (message, *own)):
            return True
        if own and _is_cut(traceback):
            return True
    return False


def _ends_with(traceback: str, kind: str, message: object) -> bool:
    """Tell whether a traceback ends with this exception; it leaves out the module `__main__`."""
    name = kind.removeprefix("__main__.")
    said = f"{name}: {message}" if message else name
    return traceback.rstrip().endswith(f"\n{said}".rstrip())


def _is_cut(traceback: str) -> bool:
    """Tell whether the end of a traceback is missing: it is as long as a tag may be, or ends in a frame."""
    return len(traceback) == MOST_CHARACTERS or traceback.rstrip().splitlines()[-1].startswith(" ")


CLIENTS = (
    Rule(
        "method-as-name",
        Effect.TRANSLATED,
        "the instrumentation names a client's span by the method alone",
        f"{CONVENTIONS}/http/http-spans/#name ({source('requests')})",
        (
            Split(
                (NAME,),
                if_it_was(Kind.CLIENT, _by_method),
                reads=ROLE,
                reads_after=(_METHOD, _OLD_METHOD),
                premises=_OF_LIBRARY,
            ),
        ),
    ),
    Rule(
        "method-in-capitals",
        Effect.TRANSLATED,
        "the instrumentation writes the method in capitals; the integration wrote small letters",
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
        "the traceback in the tag `error.object` moves to the event `exception`",
        "https://github.com/signalfx/python-requests/blob/master/requests_opentracing/tracing.py",
        (
            Dropped(
                (attribute("error.object"),),
                "the stack of the event `exception`",
                _is_traceback,
                (_BY_CLIENT,),
                reads=_LOG,
                reads_after=_EXCEPTION,
                only_if=_is_recorded,
            ),
        ),
    ),
    Rule(
        "client-instrumentation",
        Effect.ADDED,
        "the instrumentation of an HTTP client describes server and connection in more attributes",
        f"{CONVENTIONS}/http/http-spans/#http-client-span ({source('requests')})",
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
            Added((attribute("server.port"), attribute("network.peer.port")), integer, (_BY_CLIENT,)),
            # Written beside the stable names if both are asked for.
            Added(
                tuple(map(attribute, ("http.flavor", "http.host", "net.peer.name"))),
                text,
                (_BY_CLIENT, was(_METHOD, None)),
            ),
            Added((attribute("net.peer.port"),), integer, (_BY_CLIENT, was(_METHOD, None))),
        ),
    ),
)
