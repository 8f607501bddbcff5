"""Thrift to spans, with the C codec and without it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaeger_client.thrift_gen.agent.Agent import emitBatch_args
from jaeger_client.thrift_gen.jaeger.ttypes import Batch, Log, Process, SpanRef, Tag
from jaeger_client.thrift_gen.jaeger.ttypes import Span as ThriftSpan
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.errors import WireError
from ot2otel.model import Event, Kind, Link, Span, Status, StatusCode
from ot2otel.wire import jaeger_thrift
from ot2otel.wire.decoded import Decoded
from ot2otel.wire.jaeger_thrift import decode_batch, decode_datagram
from ot2otel.wire.otlp_json import decode_json
from tests.golden import packet, spans_document
from tests.support.fields import SpanFields
from tests.wire.mutations import mutations

if TYPE_CHECKING:
    from typing_extensions import Unpack

GOLDEN = ["jaeger-client.datagram", "jaeger-thrift-exporter.datagram"]
TRACE = "00000000000000020000000000000001"


def _batch(*spans: ThriftSpan, tags: list[Tag] | None = None) -> Batch:
    return Batch(Process("svc", tags), list(spans))


def _span(**fields: object) -> ThriftSpan:
    required = {
        "traceIdLow": 1,
        "traceIdHigh": 2,
        "spanId": 3,
        "parentSpanId": 0,
        "operationName": "op",
        "flags": 1,
        "startTime": 10,
        "duration": 5,
    }
    return ThriftSpan(**{**required, **fields})


def _datagram(batch: Batch, method: str = "emitBatch") -> bytes:
    transport = TMemoryBuffer()
    protocol = TCompactProtocol(transport)
    protocol.writeMessageBegin(method, TMessageType.ONEWAY, 1)
    emitBatch_args(batch).write(protocol)
    return bytes(transport.getvalue())


def _binary(batch: Batch) -> bytes:
    transport = TMemoryBuffer()
    batch.write(TBinaryProtocol(transport))
    return bytes(transport.getvalue())


def _binary_datagram(batch: Batch, strict: bool = True) -> bytes:
    transport = TMemoryBuffer()
    protocol = TBinaryProtocol(transport, strictWrite=strict)
    protocol.writeMessageBegin("emitBatch", TMessageType.ONEWAY, 1)
    emitBatch_args(batch).write(protocol)
    return bytes(transport.getvalue())


def _minimal(**fields: Unpack[SpanFields]) -> Span:
    resource = {"service.name": "svc"}
    span = Span(TRACE, "0000000000000003", "op", start_ns=10_000, end_ns=15_000, resource=resource)
    return replace(span, **fields)


@pytest.fixture(params=["C codec", "Python codec"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "Python codec":
        # As in a `thrift` without its C extension: fastbinary cannot be imported.
        monkeypatch.setitem(sys.modules, "thrift.protocol.fastbinary", None)
        monkeypatch.delattr("thrift.protocol.fastbinary", raising=False)
        assert jaeger_thrift._Compact(TMemoryBuffer())._fast_decode is None


@pytest.mark.usefixtures("codec")
class TestWithEitherCodec:
    @pytest.mark.parametrize("name", GOLDEN)
    def test_a_captured_datagram_holds_the_spans_written_down_beside_it(self, name: str) -> None:
        decoded = decode_datagram(packet(name))

        assert decoded == decode_json(spans_document(name))

    def test_every_field_is_translated(self) -> None:
        span = _span(
            parentSpanId=-1,
            references=[SpanRef(0, 1, 2, -1), SpanRef(1, 9, 0, 4)],
            tags=[
                Tag("span.kind", 0, vStr="server"),
                Tag("double", 1, vDouble=0.5),
                Tag("bool", 2, vBool=True),
                Tag("long", 3, vLong=-(2**63)),
                Tag("binary", 4, vBinary="XY"),  # the generated code writes text only
                Tag("new", 9),
                Tag("error", 2, vBool=True),
                Tag("twice", 3, vLong=1),
                Tag("twice", 0, vStr="last"),
            ],
            logs=[Log(12, [Tag("event", 0, vStr="e"), Tag("k", 3, vLong=1)])],
        )

        data = _datagram(_batch(span, tags=[Tag("hostname", 0, vStr="h")])).replace(b"XY", b"\xff\x00")

        decoded = decode_datagram(data)

        assert decoded == Decoded(
            (
                _minimal(
                    parent_id="f" * 16,
                    kind=Kind.SERVER,
                    status=Status(StatusCode.ERROR),
                    attributes={
                        "double": 0.5,
                        "bool": True,
                        "long": -(2**63),
                        "binary": b"\xff\x00",
                        "new": '<Unknown Jaeger TagType "<UNSET>">',
                        "twice": "last",
                    },
                    events=(Event("e", 12_000, {"k": 1}),),
                    links=(
                        Link(
                            "00000000000000000000000000000009",
                            "0000000000000004",
                            {"opentracing.ref_type": "follows_from"},
                        ),
                    ),
                    resource={"service.name": "svc", "host.name": "h"},
                ),
            )
        )

    def test_a_batch_in_the_binary_protocol_gives_the_same_spans(self) -> None:
        batch = _batch(_span(tags=[Tag("a", 0, vStr="ü")]), _span(spanId=4))

        assert decode_batch(_binary(batch)) == decode_datagram(_datagram(batch))

    @pytest.mark.parametrize("strict", [True, False])
    def test_a_datagram_in_the_binary_protocol_gives_the_same_spans(self, strict: bool) -> None:
        batch = _batch(_span(tags=[Tag("a", 0, vStr="ü")]), _span(spanId=4))

        assert decode_datagram(_binary_datagram(batch, strict)) == decode_datagram(_datagram(batch))

    def test_a_tag_without_the_value_of_its_type_has_that_types_zero(self) -> None:
        tags = [Tag("s", 0), Tag("d", 1), Tag("b", 2), Tag("l", 3), Tag("x", 4)]

        decoded = decode_datagram(_datagram(_batch(_span(tags=tags))))

        assert decoded.spans[0].attributes == {"s": "", "d": 0.0, "b": False, "l": 0, "x": b""}

    def test_a_time_before_the_epoch_wraps_as_unsigned_numbers_do(self) -> None:
        decoded = decode_datagram(_datagram(_batch(_span(startTime=-1, duration=2))))

        assert decoded == Decoded((_minimal(start_ns=2**64 - 1000, end_ns=1000),))

    def test_invalid_bytes_of_utf_8_are_replaced(self) -> None:
        data = _datagram(_batch(_span(operationName="a#b"))).replace(b"a#b", b"a\xffb")

        assert decode_datagram(data) == Decoded((_minimal(name="a\ufffdb"),))

    def test_a_span_with_an_id_of_zeros_leaves_the_others_alone(self) -> None:
        batch = _batch(_span(), _span(spanId=0), _span(traceIdLow=0, traceIdHigh=0), _span(spanId=5))

        assert decode_datagram(_datagram(batch)) == Decoded(
            (_minimal(), _minimal(span_id="0000000000000005")),
            (
                "span 'op': '0000000000000000' is not a span id",
                "span 'op': '00000000000000000000000000000000' is not a trace id",
            ),
        )

    @pytest.mark.parametrize(
        ("field", "name"),
        [
            ("traceIdLow", "trace_id_low"),
            ("traceIdHigh", "trace_id_high"),
            ("spanId", "span_id"),
            ("parentSpanId", "parent_span_id"),
            ("operationName", "operation_name"),
            ("startTime", "start_time"),
            ("duration", "duration"),
        ],
    )
    def test_a_span_without_a_required_field_is_rejected(self, field: str, name: str) -> None:
        decoded = decode_datagram(_datagram(_batch(_span(**{field: None}), _span())))

        assert decoded == Decoded((_minimal(),), (f"span 1: the required field '{name}' is missing",))

    def test_a_span_without_a_required_field_leaves_the_others_alone(self) -> None:
        batch = _batch(_span(startTime=None), _span(tags=[Tag("a")]), _span())

        assert decode_datagram(_datagram(batch)) == Decoded(
            (_minimal(),),
            (
                "span 1: the required field 'start_time' is missing",
                "span 2: the required field 'v_type' is missing",
            ),
        )

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            pytest.param(b"", "0 bytes are not a Thrift batch: they end too early", id="empty"),
            pytest.param(
                b"garbage", "7 bytes are not a Thrift batch: Bad protocol id in the message: 103", id="text"
            ),
            pytest.param(
                _datagram(_batch(_span()), "emitZipkinBatch"),
                "The call is 'emitZipkinBatch'; Jaeger's agent takes only 'emitBatch'",
                id="another method",
            ),
            pytest.param(
                _datagram(Batch(None, [])),
                "The Thrift batch lacks the required field 'process'",
                id="no process",
            ),
            pytest.param(
                _datagram(Batch(Process("svc"))),
                "The Thrift batch lacks the required field 'spans'",
                id="no spans",
            ),
        ],
    )
    def test_bytes_that_are_not_a_batch_are_a_wire_error(self, data: bytes, message: str) -> None:
        with pytest.raises(WireError) as raised:
            decode_datagram(data)

        assert str(raised.value) == message

    @pytest.mark.parametrize("name", GOLDEN)
    def test_a_truncated_datagram_is_a_wire_error(self, name: str) -> None:
        data = packet(name)

        for length in range(len(data)):
            with pytest.raises(WireError):
                decode_datagram(data[:length])

    def test_deep_nesting_is_a_wire_error(self) -> None:
        header = _datagram(Batch())[:-3]

        for nesting in (b"\x1c" * 65_000, b"\x19" + b"\x19" * 65_000):
            with pytest.raises(WireError):
                decode_datagram(header + nesting)

    @pytest.mark.parametrize(
        "declared",
        [
            pytest.param(b"\x1c\x1c\x18\x00\x00\x19\xfc\x80\xe1\xeb\x17", id="fifty million spans"),
            pytest.param(b"\x1c\x1c\x18\x80\xe1\xeb\x17", id="fifty million characters"),
        ],
    )
    def test_a_lying_length_is_refused_before_anything_is_read_for_it(self, declared: bytes) -> None:
        header = _datagram(Batch())[:-3]

        with pytest.raises(WireError, match="exceeded"):
            decode_datagram(header + declared)

    @given(data=st.binary(max_size=400))
    def test_random_bytes_raise_nothing_but_wire_errors(self, data: bytes) -> None:
        header = _datagram(Batch())[:-3]

        _decode_or_refuse(decode_datagram, data)
        _decode_or_refuse(decode_datagram, header + data)
        _decode_or_refuse(decode_datagram, _binary_datagram(Batch())[:-5] + data)
        _decode_or_refuse(decode_batch, data)

    @given(data=st.one_of([mutations(packet(name)) for name in GOLDEN]))
    def test_mutated_packets_raise_nothing_but_wire_errors(self, data: bytes) -> None:
        _decode_or_refuse(decode_datagram, data)


def _decode_or_refuse(decode: Callable[[bytes], Decoded], data: bytes) -> None:
    try:
        decoded = decode(data)
    except WireError:
        return
    assert all(isinstance(span, Span) for span in decoded.spans)


def test_the_c_codec_is_used_if_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the Python codec was used")

    monkeypatch.setattr(jaeger_thrift._Compact, "readStruct", fail)

    assert len(decode_datagram(packet("jaeger-client.datagram")).spans) == 3
