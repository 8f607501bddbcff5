"""One connection of the HTTP server: h11 reads its requests, one after the other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

import h11

from ot2otel.errors import WireError
from ot2otel.receive.collector.application import (
    MAX_BODY,
    HttpError,
    Request,
    Response,
    check_head,
    refusal,
    too_large,
)
from ot2otel.receive.collector.grpc_relay import GrpcRelay
from ot2otel.receive.collector.http2_refusal import PREFACE, Http2Refusal
from ot2otel.wire.otlp_response import JSON

if TYPE_CHECKING:
    from ot2otel.receive.collector.store import SpanStore

_SIGNATURE = 14  # bytes of HTTP/2's preface that no request in HTTP/1 begins with
_MAX_HEAD = 16 * 1024  # bytes
_MAX_DRAINED = 64 * 1024 * 1024  # bytes that a client may go on to send after it was refused


class Owner(Protocol):
    """The server of a connection, as the connection sees it."""

    store: SpanStore

    @property
    def grpc_advice(self) -> str:
        """The message for clients that speak gRPC, where no relay serves them."""

    def relay(self, client: asyncio.Transport) -> GrpcRelay | None:
        """Return a relay to the server of gRPC, None if there is no such server."""

    def begun(self, connection: Connection) -> None:
        """Note that a request began."""

    def ended(self, connection: Connection) -> None:
        """Note that the request was answered."""

    def holds(self, connection: Connection, more: int) -> None:
        """Note that the connection holds this many more bytes, or fewer."""

    def closed(self, connection: Connection) -> None:
        """Note that the connection is closed."""

    def answer(self, request: Request, connection: Connection) -> Response | None:
        """Return the response; None if `connection.respond` gets it later."""


class Connection(asyncio.Protocol):
    """A connection.

    Attributes:
        name: a text that tells the client's address.
        held: the number of bytes that its request under way has taken so far.
        is_read: whether its request is whole, and will be answered whatever happens.
    """

    def __init__(self, owner: Owner, address: tuple[str, int]) -> None:
        self.held = 0
        self.is_read = False
        self.name = f"Connection from {address[0]}:{address[1]}"
        self._owner = owner
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._transport: asyncio.Transport | None = None
        self._is_under_way = False
        self._is_blocked = False  # the client does not read its answers
        self._refusal: Http2Refusal | None = None
        self._relay: GrpcRelay | None = None
        self._begin()

    def _begin(self) -> None:
        self._request: Request | None = None
        self._body: list[bytes] = []
        self._length = 0
        self._refused: WireError | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Read the next part of a request."""
        if self._is_closing():
            return
        if not (self._is_under_way or self._relay) and data.startswith(PREFACE[:_SIGNATURE]):
            self._begin_http2()
        if self._relay:
            self._relay.send(data)
            return
        if not self._is_under_way:
            self._is_under_way = True
            self._owner.begun(self)
        if self._refusal:
            self._refuse_http2(self._refusal, data)
            return
        self._hold(len(data))
        self._http.receive_data(data)
        self._advance()

    def _begin_http2(self) -> None:
        if self._transport:
            self._relay = self._owner.relay(self._transport)
        if not self._relay:
            self._owner.store.note("http2_connections")
            self._refusal = Http2Refusal(self._owner.grpc_advice)

    def _refuse_http2(self, refusal: Http2Refusal, data: bytes) -> None:
        answer = refusal.received(data)
        if answer is None:
            self.cut()
        elif self._transport:
            self._transport.write(answer)

    def eof_received(self) -> None:
        """Refuse a request that ends too early; the transport closes by itself."""
        if self._refusal or self._relay:
            return
        if self._is_under_way and self._http.their_state is not h11.DONE:
            self._owner.store.note("unfinished")
        if not self._is_closing() and self._http.their_state is not h11.DONE:
            self._http.receive_data(b"")
            self._advance()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a request that was under way."""
        if self._relay:
            self._relay.close()
        is_unanswered = self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE)
        if self._is_under_way and is_unanswered and not self.is_read and not self._refusal:
            self._owner.store.note("unfinished")
            self._owner.store.refuse(WireError(f"{self._source()}: the client broke off"), "requests")
        self._hold(-self.held)
        self._owner.closed(self)

    def pause_writing(self) -> None:
        """Read no more requests until the client reads its answers."""
        self._is_blocked = True
        if self._relay:
            self._relay.pause()
        elif self._transport:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the next request."""
        self._is_blocked = False
        if self._relay:
            self._relay.resume()
        else:
            self._go_on()

    def refuse(self, error: HttpError) -> None:
        """Answer the request under way with this error, and close; cut a connection that is closing."""
        if (
            self._refusal
            or self._relay
            or self._is_closing()
            or self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE)
        ):
            self.cut()
            return
        self._body.clear()
        self._hold(-self.held)
        self._refused = error
        self._refuse_now()

    def cut(self) -> None:
        """Close without an answer."""
        if self._transport:
            self._transport.abort()

    def respond(self, response: Response) -> None:
        """Send the response to the request under way."""
        self.is_read = False
        if self._is_closing():
            return
        self._send(response)
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            if not self._is_blocked:
                self._go_on()
        else:
            self._close()

    def _go_on(self) -> None:
        if not (self._http.our_state is h11.DONE and self._http.their_state is h11.DONE):
            return
        self._http.start_next_cycle()
        self._begin()
        rest, _ = self._http.trailing_data
        self._hold(len(rest) - self.held)
        if not rest:
            self._is_under_way = False
            self._owner.ended(self)
        if self._transport:
            self._transport.resume_reading()
        self._advance()

    def _advance(self) -> None:
        try:
            while not self._is_closing():
                event = self._http.next_event()
                if isinstance(event, h11.Request):
                    self._head(event)
                elif isinstance(event, h11.Data):
                    self._take(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    self._whole()
                    return
                elif isinstance(event, h11.ConnectionClosed):
                    self._close()
                else:
                    if event is h11.NEED_DATA and self._http.they_are_waiting_for_100_continue:
                        self._write(h11.InformationalResponse(status_code=100, headers=[]))
                    return
        except h11.RemoteProtocolError as error:
            self._refused = self._refused or HttpError(error.error_status_hint, f"not HTTP: {error}")
            self._refuse_now()

    def _head(self, event: h11.Request) -> None:
        headers = {name: value.decode("latin-1") for name, value in event.headers}
        path, _, query = event.target.decode("latin-1").partition("?")
        self._request = Request(
            event.method.decode("latin-1"),
            path,
            headers.get(b"content-type", "").partition(";")[0].strip().lower(),
            headers.get(b"content-encoding", "identity").strip().lower(),
            query=query,
        )
        try:
            check_head(self._request)
            if int(headers.get(b"content-length", 0)) > MAX_BODY:
                raise too_large()
        except HttpError as error:
            self._refused = error
            if self._http.they_are_waiting_for_100_continue:
                self._refuse_now()

    def _take(self, data: bytes) -> None:
        self._length += len(data)
        if self._length > MAX_BODY and not self._refused:
            self._refused = too_large()
        if self._refused:
            # The client may read the answer only after it has sent everything, so the rest is dropped.
            self._body.clear()
            self._hold(-self.held)
            if self._length > _MAX_DRAINED:
                self._refuse_now()
        else:
            self._body.append(data)

    def _whole(self) -> None:
        if self._refused or not self._request:
            self._refuse_now()
            return
        request = replace(self._request, body=b"".join(self._body))
        self._body.clear()
        self.is_read = True
        response = self._owner.answer(request, self)
        if response:
            self.respond(response)
        elif self._transport:
            self._transport.pause_reading()

    def _refuse_now(self) -> None:
        if self._refused and self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            media_type = self._request.media_type if self._request else JSON
            self.respond(refusal(self._refused, self._source(), media_type, self._owner.store))
        else:
            self._close()

    def _send(self, response: Response) -> None:
        headers = [
            ("Content-Type", response.media_type),
            ("Content-Length", str(len(response.content))),
            *response.headers,
        ]
        self._write(
            h11.Response(status_code=response.status, headers=headers),
            h11.Data(data=response.content),
            h11.EndOfMessage(),
        )

    def _write(self, *events: h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage) -> None:
        if self._transport:
            self._transport.write(b"".join(self._http.send(event) or b"" for event in events))

    def _close(self) -> None:
        if self._transport:
            self._transport.close()

    def _is_closing(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def _hold(self, more: int) -> None:
        self.held += more
        self._owner.holds(self, more)

    def _source(self) -> str:
        return str(self._request) if self._request else self.name
