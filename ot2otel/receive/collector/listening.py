"""Sockets that listen on the user's address."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable

from ot2otel.errors import Ot2OtelError
from ot2otel.receive.ports import STANDARD_PORTS, StandardPort

_ALL_ADDRESSES = ("0.0.0.0", "")
_LOOPBACK = "127.0.0.1"


class ListenError(Ot2OtelError):
    """The address cannot be listened on."""


def reached_at(host: str) -> str:
    """Return the address at which this machine's own programs reach a receiver that listens on `host`."""
    return _LOOPBACK if host in _ALL_ADDRESSES else host


def warning(host: str) -> str:
    """Return a sentence about the risk of listening on `host`; "" if only this machine can reach it."""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if is_loopback:
        return ""
    where = "every address of this machine" if host in _ALL_ADDRESSES else host
    return (
        f"Listening on {where}: everybody who reaches it can send spans, without encryption and without a"
        " password. Use it inside a container's network or behind a firewall."
    )


def taken_ports(host: str, ports: Iterable[StandardPort] = STANDARD_PORTS) -> tuple[StandardPort, ...]:
    """Return those of the ports that cannot be taken on `host` now: as a rule another program has them."""
    return tuple(port for port in ports if not _is_free(host, port))


def _is_free(host: str, port: StandardPort) -> bool:
    kind = socket.SOCK_DGRAM if port.transport == "udp" else socket.SOCK_STREAM
    try:
        bound_socket(kind, host, port.number).close()
    except ListenError:
        return False
    return True


def bound_socket(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """Return an IPv4 socket of this kind bound to the address; port 0 takes a free one.

    Raises ListenError if the port is taken or the host is not this machine's.
    """
    bound = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            # Connections of an earlier run that are still in TIME_WAIT do not make a port taken.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        if kind is socket.SOCK_STREAM:
            bound.listen(1024)
    except (OSError, OverflowError) as error:
        bound.close()
        protocol = "TCP" if kind is socket.SOCK_STREAM else "UDP"
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ListenError(
                f"{protocol} port {port} on {host} is taken. Stop the program that listens there, or take a "
                "free port: --free-ports of `ot2otel record`, 0 in `Ports`."
            ) from error
        reason = getattr(error, "strerror", None) or error
        raise ListenError(f"Cannot listen on {protocol} port {port} of {host}: {reason}.") from error
    return bound
