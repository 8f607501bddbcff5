"""Any bytes through the real sockets: each message is judged as its decoder does, and counted."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ot2otel.errors import WireError
from ot2otel.receive.collector import Collector
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_thrift import decode_batch, decode_datagram
from ot2otel.wire.otlp_json import decode_json
from ot2otel.wire.otlp_protobuf import decode_protobuf
from tests.golden import packet, spans_document
from tests.receive.collector.thrift_batches import batch
from tests.support.raw_http import answer, connection, status
from tests.support.waiting import wait_until
from tests.wire.mutations import mutations

OTLP = packet("otlp-http-exporter.pb")
OTLP_JSON = spans_document("otlp-http-exporter.pb")
DATAGRAMS = [packet("jaeger-client.datagram"), packet("jaeger-thrift-exporter.datagram")]
DECODERS: Mapping[str, Callable[[bytes], Decoded]] = {
    "application/x-protobuf": decode_protobuf,
    "application/json": decode_json,
    "application/x-thrift": decode_batch,
}
BODIES = {
    "application/x-protobuf": OTLP,
    "application/json": OTLP_JSON,
    "application/x-thrift": batch("shop", "checkout", "pay"),
}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@dataclass(frozen=True)
class Sent:
    """A message as it is sent: the body before compression, and with it; None if that is no gzip any more."""

    media_type: str
    encoding: str
    body: bytes | None
    wire: bytes


def _or_mutated(original: bytes) -> st.SearchStrategy[bytes]:
    return st.just(original) | mutations(original) | st.binary(max_size=40)


@st.composite
def messages(draw: st.DrawFn) -> Sent:
    media_type = draw(st.sampled_from(sorted(DECODERS)))
    body = draw(_or_mutated(BODIES[media_type]))
    if draw(st.booleans()):
        return Sent(media_type, "identity", body, body)
    zipped = gzip.compress(body, mtime=0)
    wire = draw(st.just(zipped) | mutations(zipped))
    return Sent(media_type, "gzip", _unzipped(wire), wire)


def _unzipped(wire: bytes) -> bytes | None:
    try:
        return gzip.decompress(wire)
    except (OSError, EOFError, zlib.error):
        return None


@st.composite
def chunked(draw: st.DrawFn, body: bytes) -> bytes:
    pieces, rest = [], body
    while rest:
        size = draw(st.integers(1, len(rest)))
        pieces.append(rest[:size])
        rest = rest[size:]
        if len(pieces) == 5:
            pieces, rest = [*pieces, rest] if rest else pieces, b""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def _head(sent: Sent) -> bytes:
    path = "/api/traces" if sent.media_type == "application/x-thrift" else "/v1/traces"
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: {sent.media_type}\r\nContent-Encoding: {sent.encoding}\r\n"
    ).encode()


def _expected(sent: Sent) -> tuple[int, int, int]:
    """Return the status, the number of spans and the number of rejected ones, as the decoders have it."""
    if sent.body is None:
        return 400, 0, 0
    try:
        decoded = DECODERS[sent.media_type](sent.body)
    except WireError:
        return 400, 0, 0
    success = 202 if sent.media_type == "application/x-thrift" else 200
    return success, len(decoded.spans), len(decoded.rejected)


@settings(deadline=None)
@given(data=st.data(), sent=messages())
def test_any_body_is_answered_as_its_decoder_judges_it(
    collector: Collector, data: st.DataObject, sent: Sent
) -> None:
    collector.clear()
    framed = data.draw(
        st.just(b"Content-Length: %d\r\n\r\n%s" % (len(sent.wire), sent.wire))
        | chunked(sent.wire).map(lambda body: b"Transfer-Encoding: chunked\r\n\r\n" + body)
    )

    with connection(collector) as client:
        client.sendall(_head(sent) + framed)
        answered = status(client)

    counts = collector.counts
    assert (answered, counts.spans, counts.rejected_spans) == _expected(sent)
    assert (counts.requests, counts.malformed) == (1, int(answered not in (200, 202)))
    assert len(collector.spans) == counts.spans


@settings(deadline=None)
@given(sent=messages(), lie=st.integers(1, 30))
def test_a_length_that_is_too_long_is_refused(collector: Collector, sent: Sent, lie: int) -> None:
    collector.clear()

    with connection(collector) as client:
        client.sendall(_head(sent) + b"Content-Length: %d\r\n\r\n%s" % (len(sent.wire) + lie, sent.wire))
        client.shutdown(socket.SHUT_WR)
        answered = answer(client)

    assert answered.startswith(b"HTTP/1.1 400 ")
    assert (collector.counts.requests, collector.counts.malformed, collector.spans) == (1, 1, ())


@settings(deadline=None)
@given(sent=messages().filter(lambda sent: len(sent.wire) > 1), lie=st.integers(1, 30))
def test_a_length_that_is_too_short_ends_the_connection(collector: Collector, sent: Sent, lie: int) -> None:
    collector.clear()
    length = max(0, len(sent.wire) - lie)

    with connection(collector) as client:
        client.sendall(_head(sent) + b"Content-Length: %d\r\n\r\n%s" % (length, sent.wire))
        client.shutdown(socket.SHUT_WR)
        answered = answer(client)

    # The rest is no request, and is counted as one.
    assert answered.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 202 ", b"HTTP/1.1 400 "))
    wait_until(lambda: collector.counts.requests == 2)
    assert 1 <= collector.counts.malformed <= 2


@settings(deadline=None)
@given(data=st.one_of([_or_mutated(original) for original in DATAGRAMS]))
def test_any_datagram_is_counted_as_its_decoder_judges_it(collector: Collector, data: bytes) -> None:
    collector.clear()
    try:
        decoded, malformed = decode_datagram(data), 0
    except WireError:
        decoded, malformed = Decoded(), 1

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(data, ("127.0.0.1", collector.agent_port))
    wait_until(lambda: collector.counts.datagrams == 1)

    counts = collector.counts
    assert (counts.malformed, counts.spans, counts.rejected_spans) == (
        malformed,
        len(decoded.spans),
        len(decoded.rejected),
    )
    assert repr(collector.spans) == repr(decoded.spans)  # by text: NaN equals nothing
