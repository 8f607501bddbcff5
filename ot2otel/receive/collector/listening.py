"""Sockets that listen on the user's address."""

from __future__ import annotations

import errno
import socket

from ot2otel.errors import Ot2OtelError


class ListenError(Ot2OtelError):
    """The address cannot be listened on."""


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
                f"{protocol} port {port} on {host} is taken. Stop the program that listens there, or "
                "choose another port; 0 takes a free one."
            ) from error
        raise ListenError(f"Cannot listen on {protocol} port {port} of {host}: {error}.") from error
    return bound
