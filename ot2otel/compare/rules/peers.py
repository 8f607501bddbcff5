"""Changes of the names for both ends of a call: where they go depends on the kind of the span.

A client tells the server that it asks, a server its client.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any

from ot2otel.compare.facts import KIND, Place, interned, same
from ot2otel.compare.rules.rule import (
    CONVENTIONS,
    OPENTRACING_TAGS,
    Dropped,
    Effect,
    Licence,
    Makes,
    Premise,
    Renamed,
    Rule,
    Split,
    attribute,
    stands,
    was,
)
from ot2otel.model import Kind

_NETWORK = f"{CONVENTIONS}/registry/attributes/network/"
_SERVERS = f"{CONVENTIONS}/registry/attributes/server/"
_CLIENTS = f"{CONVENTIONS}/registry/attributes/client/"
_HTTP_MIGRATION, _DB_MIGRATION, _RPC_MIGRATION = (
    f"{CONVENTIONS}/non-normative/{name}-migration/" for name in ("http", "db", "rpc")
)

_ADDRESS, _PORT = attribute("server.address"), attribute("server.port")
_CLIENT_ADDRESS, _CLIENT_PORT = attribute("client.address"), attribute("client.port")
_PEER_ADDRESS, _PEER_PORT = attribute("network.peer.address"), attribute("network.peer.port")
_PROTOCOL, _TRANSPORT = attribute("network.protocol.name"), attribute("network.transport")
_PROTOCOL_VERSION = attribute("network.protocol.version")

_OF_CLIENT = stands(KIND, *(kind for kind in Kind if kind is not Kind.SERVER))
_OF_SERVER = stands(KIND, Kind.SERVER)
# `host:1`, `[::1]:1`, or any of them in a URL such as `mysql://host:1`.
_HOST_AND_PORT = re.compile(
    r"(?:[\w+.-]+://)?(?:[^@/]*@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/:@\s]+)(?::(?P<port>\d{1,5}))?(?:[/?;].*)?"
)

Convert = Callable[[Any], Any]  # Any: values of facts


def _unchanged(value: object) -> object:
    return value


def _ip(value: object) -> str | None:
    """Return an address as text; Zipkin's clients wrote IPv4 as a number."""
    if isinstance(value, str):
        return value
    return str(ip_address(value & 0xFFFFFFFF)) if type(value) is int else None


def _port(value: object) -> int | None:
    """Return a port as a number."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= 5:
        return int(value)
    return value if type(value) is int else None


def if_there(old: str, new: Place, convert: Convert = _unchanged, *premises: Premise) -> Split:
    """Make a licence for a place that is one of several: another value there does not contradict it."""

    def moved(value: object, there: object) -> Sequence[Makes] | None:
        wanted = convert(value)
        return (Makes(new, wanted),) if wanted is not None and same(wanted, there) else None

    return Split((attribute(old),), moved, premises=premises, reads_after=(new,))


def _host_and_port(old: str, host: Place, port: Place, premise: Premise, *, named: bool = True) -> Split:
    """Make a licence that splits `host:port`; the port is only recommended.

    Unless `named`, another host in that place does not contradict it.
    """

    def moved(value: object, there: object) -> Sequence[Makes] | None:
        found = _HOST_AND_PORT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return None
        wanted = found["host"].strip("[]")
        if not named and wanted != there:
            return None
        makes = [Makes(host, wanted)]
        return [*makes, Makes(port, int(found["port"]), required=False)] if found["port"] else makes

    return Split((attribute(old),), moved, premises=(premise,), reads_after=(host,))


def _ends(names: Sequence[str], new: Place, premise: Premise, convert: Convert = _unchanged) -> list[Licence]:
    return [Renamed(attribute(old), new, convert, (premise,)) for old in names]


_HOSTS = ("net.peer.name", "peer.hostname")
_IPS = ("net.peer.ip", "net.sock.peer.addr", "peer.ipv4", "peer.ipv6")
_PORTS = ("net.peer.port", "peer.port")


def _protocol(name: object) -> Sequence[Makes] | None:
    """Make the lower-case name of a protocol; `http` may go without saying."""
    if not isinstance(name, str):
        return None
    return (Makes(_PROTOCOL, name.lower(), required=name.lower() != "http"),)


def _flavor(flavor: object) -> Sequence[Makes] | None:
    """Make name and version of the protocol; HTTP/2 and HTTP/3 have no minor version."""
    if flavor in ("SPDY", "QUIC"):
        return (Makes(_PROTOCOL, str(flavor).lower()),)
    version = _http_version(flavor)
    if version is None:
        return None
    return Makes(_PROTOCOL_VERSION, version), Makes(_PROTOCOL, "http", required=False)


def _http_version(version: object) -> str | None:
    return {"1.0": "1.0", "1.1": "1.1", "2.0": "2", "2": "2", "3.0": "3", "3": "3"}.get(str(version))


def _transport(name: object) -> str | None:
    return {"ip_tcp": "tcp", "ip_udp": "udp", "pipe": "pipe", "unix": "unix"}.get(str(name))


def _family(family: object) -> Sequence[Makes] | None:
    if family == "unix":
        return (Makes(_TRANSPORT, "unix"),)
    kind = {"inet": "ipv4", "inet6": "ipv6"}.get(str(family))
    return None if kind is None else (Makes(attribute("network.type"), kind),)


def _in_list(value: object) -> object:
    return interned((str(value),))


_STABLE = Premise(tuple(map(attribute, ("http.request.method", "db.system.name", "rpc.system.name"))))
_HTTP = stands(attribute("http.request.method"))

PEERS = (
    Rule(
        "server.address",
        Effect.TRANSLATED,
        "the name of the server stands in `server.address`: a client wrote it as `peer.*` or `net.peer.*`, "
        "any span as `http.host` or `net.host.name`",
        f"{_SERVERS} ({_NETWORK}, {OPENTRACING_TAGS})",
        (
            *_ends(_HOSTS, _ADDRESS, _OF_CLIENT),
            *(if_there(old, _ADDRESS, _ip, _OF_CLIENT) for old in _IPS),
            _host_and_port("peer.address", _ADDRESS, _PORT, _OF_CLIENT),
            _host_and_port("db.connection_string", _ADDRESS, _PORT, _OF_CLIENT),
            _host_and_port("http.host", _ADDRESS, _PORT, stands(KIND)),
            # Flask's instrumentation leaves the port in the name.
            if_there("http.host", _ADDRESS),
        ),
    ),
    Rule(
        "server.port",
        Effect.TRANSLATED,
        "the port of the server stands in `server.port`",
        f"{_SERVERS} ({_NETWORK}, {OPENTRACING_TAGS})",
        tuple(_ends(_PORTS, _PORT, _OF_CLIENT, _port)),
    ),
    Rule(
        "client.address",
        Effect.TRANSLATED,
        "on a server's span, `client.address` names the client instead of `peer.*` and `net.peer.*`",
        f"{_CLIENTS} ({_NETWORK}, {OPENTRACING_TAGS})",
        (
            *_ends(_HOSTS, _CLIENT_ADDRESS, _OF_SERVER),
            *(if_there(old, _CLIENT_ADDRESS, _ip, _OF_SERVER) for old in _IPS),
            _host_and_port("peer.address", _CLIENT_ADDRESS, _CLIENT_PORT, _OF_SERVER),
        ),
    ),
    Rule(
        "client.port",
        Effect.TRANSLATED,
        "on a server's span, `client.port` is the port of the client",
        f"{_CLIENTS} ({_NETWORK}, {OPENTRACING_TAGS})",
        tuple(_ends(_PORTS, _CLIENT_PORT, _OF_SERVER, _port)),
    ),
    Rule(
        "network.peer.address",
        Effect.TRANSLATED,
        "the address at the other end of the connection stands in `network.peer.address`",
        f"{_NETWORK} ({OPENTRACING_TAGS})",
        (
            *(Renamed(attribute(old), _PEER_ADDRESS, _ip) for old in ("peer.ipv4", "peer.ipv6")),
            _host_and_port("peer.address", _PEER_ADDRESS, _PEER_PORT, stands(KIND), named=False),
        ),
    ),
    Rule(
        "network.peer.port",
        Effect.TRANSLATED,
        "the port at the other end of the connection stands in `network.peer.port`",
        f"{_NETWORK} ({OPENTRACING_TAGS})",
        tuple(if_there(old, _PEER_PORT, _port) for old in _PORTS),
    ),
    Rule(
        "http.request.header.host",
        Effect.TRANSLATED,
        "`http.host` becomes the header attribute `http.request.header.host`",
        f"{CONVENTIONS}/registry/attributes/http/",
        (if_there("http.host", attribute("http.request.header.host"), _in_list),),
    ),
    Rule(
        "network.protocol.name",
        Effect.TRANSLATED,
        "the name of the protocol stands in `network.protocol.name`, which may be left out if it is `http`",
        f"{_HTTP_MIGRATION} ({_NETWORK})",
        tuple(Split((attribute(old),), _protocol) for old in ("net.protocol.name", "net.app.protocol.name")),
    ),
    Rule(
        "network.protocol.version",
        Effect.TRANSLATED,
        "the version of the protocol stands in `network.protocol.version`; HTTP's 2.0 and 3.0 are 2 and 3",
        f"{_HTTP_MIGRATION} ({_NETWORK})",
        (
            Split((attribute("http.flavor"),), _flavor),
            if_there("net.protocol.version", _PROTOCOL_VERSION, _http_version),
        ),
    ),
    Rule(
        "network.transport",
        Effect.TRANSLATED,
        "`net.transport` is renamed to `network.transport`; `ip_tcp` and `ip_udp` are `tcp` and `udp`",
        _NETWORK,
        (Renamed(attribute("net.transport"), _TRANSPORT, _transport),),
    ),
    Rule(
        "network.type",
        Effect.TRANSLATED,
        "`net.sock.family` becomes `network.type`, or `network.transport` for a Unix socket",
        _NETWORK,
        (Split((attribute("net.sock.family"),), _family),),
    ),
    Rule(
        "transport-left-out",
        Effect.DEGRADED,
        "today's conventions for HTTP, databases and RPC leave out `net.transport` and `net.sock.family`",
        f"{_DB_MIGRATION} ({_HTTP_MIGRATION}, {_RPC_MIGRATION})",
        (
            Dropped((attribute("net.transport"),), "nothing: it is removed", premises=(_STABLE,)),
            Dropped((attribute("net.sock.family"),), "nothing: it is removed", premises=(_HTTP,)),
        ),
        "a search for the transport of a connection finds nothing",
    ),
    Rule(
        "server-name-left-out",
        Effect.DEGRADED,
        "`server.address` comes from the request's headers, such as Host: `http.server_name` or "
        "`net.host.name` with another name is gone",
        f"{_HTTP_MIGRATION}#http-server-span-attributes",
        tuple(
            Dropped(
                (attribute(old),),
                "nothing: `server.address` comes from the request's headers",
                premises=(was(attribute("http.host")), stands(_ADDRESS), _OF_SERVER),
            )
            for old in ("http.server_name", "net.host.name")
        ),
        "a search for a server by its own name finds nothing",
    ),
)
