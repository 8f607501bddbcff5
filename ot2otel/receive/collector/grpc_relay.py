"""The way to the port of gRPC for a client that speaks HTTP/2 at a port for HTTP/1.1.

Exporters over HTTP and over gRPC read the same variable for their address, so either may come to either port.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast


class GrpcRelay(asyncio.Protocol):
    """Passes a client's bytes to the server of gRPC, and the server's to the client.

    Either side's reading stops while the other does not take what was read, so little is held. `ended` is
    called once its connection to the server is closed, or did not come about.
    """

    def __init__(self, client: asyncio.Transport, ended: Callable[[GrpcRelay], None]) -> None:
        self._client = client
        self._ended = ended
        self._server: asyncio.Transport | None = None
        self._early: list[bytes] = []

    async def connect(self, address: tuple[str, int]) -> None:
        """Connect to the server; close the client if it cannot be reached."""
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, *address)
        except OSError:
            self._client.abort()
            self._ended(self)

    def send(self, data: bytes) -> None:
        """Pass the client's bytes on."""
        if self._server:
            self._server.write(data)
        else:
            self._early.append(data)
            self._client.pause_reading()

    def pause(self) -> None:
        """Read no more from the server: the client does not take it."""
        if self._server:
            self._server.pause_reading()

    def resume(self) -> None:
        """Read from the server again."""
        if self._server:
            self._server.resume_reading()

    def close(self) -> None:
        """Close the connection to the server: the client is gone."""
        if self._server:
            self._server.close()

    def abort(self) -> None:
        """Close the connection to the server, whatever it has still to take."""
        if self._server:
            self._server.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass on what came before."""
        self._server = cast(asyncio.Transport, transport)
        if self._client.is_closing():
            self._server.close()
            return
        self._server.writelines(self._early)
        self._early.clear()
        self._client.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Pass the server's bytes on."""
        self._client.write(data)

    def pause_writing(self) -> None:
        """Read no more from the client: the server does not take it."""
        self._client.pause_reading()

    def resume_writing(self) -> None:
        """Read from the client again."""
        self._client.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        """Close the client's connection, too."""
        self._client.close()
        self._ended(self)
