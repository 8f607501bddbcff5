"""What each decoder promises for any input, and the inputs to begin with."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

from ot2otel.errors import Ot2OtelError, WireError
from ot2otel.headers import captured
from ot2otel.model import Span
from ot2otel.recording_file import open_recording
from ot2otel.wire import jaeger_json, jaeger_thrift, otlp_json, otlp_protobuf
from ot2otel.wire.checked import MAX_ELEMENTS, Checked
from ot2otel.wire.otlp_json_encoder import encode_json
from tests import golden

_Struct = dict[int, tuple[int, Any]]  # a field's type and content, by its number; Any: what the type says
_LARGEST_SEED = 30_000  # bytes


@dataclass(frozen=True)
class Target:
    """A decoder under test: `check` fails for an input that breaks a promise."""

    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]


def _packets(*patterns: str) -> Callable[[], list[bytes]]:
    """Return the small golden files of these names: large ones slow a fuzzer down."""

    def contents() -> list[bytes]:
        found = [path.read_bytes() for pattern in patterns for path in sorted(golden.DIRECTORY.glob(pattern))]
        return [content for content in found if len(content) <= _LARGEST_SEED]

    return contents


def _fields(span: Span) -> str:
    return repr(span)  # unlike the span itself, its text is equal to itself where a number is NaN


def _check_spans(spans: Sequence[Span]) -> None:
    """A span that was taken can be written and read again."""
    again = otlp_json.decode_json(json.loads(json.dumps(encode_json(spans))))
    assert not again.rejected, again.rejected
    assert sorted(map(_fields, again.spans)) == sorted(map(_fields, spans))


def _decoder(decode: Callable[[bytes], object]) -> Callable[[bytes], None]:
    def check(data: bytes) -> None:
        try:
            decoded = decode(data)
        except WireError:
            return
        _check_spans(decoded.spans)  # type: ignore[attr-defined]

    return check


def _checker(check_message: Callable[[bytes], Checked]) -> Callable[[bytes], None]:
    """What was checked can be built, and has the spans that were counted."""

    def check(data: bytes) -> None:
        try:
            checked = check_message(data)
        except WireError:
            return
        spans = checked.build()
        assert [span.trace_id for span in spans] == list(checked.trace_ids)
        assert len(checked.costs) == len(spans) <= MAX_ELEMENTS
        _check_spans(spans)

    return check


def _recording(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            with open_recording(Path(file.name)) as reader:
                spans = list(reader.spans())
        except Ot2OtelError:
            return
        _check_spans(spans)


def _headers(data: bytes) -> None:
    try:
        captured.parse(data)
    except Ot2OtelError:
        return


def _batch() -> bytes:
    """Return a batch of one span with a tag, in the binary protocol."""
    transport = TMemoryBuffer()
    protocol = TBinaryProtocol(transport)
    tag: _Struct = {1: (TType.STRING, "k"), 2: (TType.I32, 0), 3: (TType.STRING, "v")}
    ids: _Struct = {field: (TType.I64, field) for field in (1, 2, 3)}
    times: _Struct = {7: (TType.I32, 1), 8: (TType.I64, 5), 9: (TType.I64, 6)}
    span = ids | {4: (TType.I64, 0), 5: (TType.STRING, "op")} | times | {10: (TType.LIST, [tag])}
    _write(protocol, {1: (TType.STRUCT, {1: (TType.STRING, "s")}), 2: (TType.LIST, [span])})
    return bytes(transport.getvalue())


def _write(protocol: TBinaryProtocol, fields: _Struct) -> None:
    writers = {TType.STRING: protocol.writeString, TType.I32: protocol.writeI32, TType.I64: protocol.writeI64}
    for number, (kind, content) in fields.items():
        protocol.writeFieldBegin("", kind, number)
        if kind == TType.STRUCT:
            _write(protocol, content)
        elif kind == TType.LIST:
            protocol.writeListBegin(TType.STRUCT, len(content))
            for each in content:
                _write(protocol, each)
        else:
            writers[kind](content)
    protocol.writeFieldStop()


TARGETS: Mapping[str, Target] = {
    "otlp-protobuf": Target(_checker(otlp_protobuf.check_protobuf), _packets("packets/*.pb")),
    "otlp-json": Target(_decoder(otlp_json.decode_json), _packets("packets/*.json")),
    "thrift-datagram": Target(_checker(jaeger_thrift.check_datagram), _packets("packets/*.datagram")),
    "thrift-batch": Target(_decoder(jaeger_thrift.decode_batch), lambda: [_batch()]),
    "jaeger-json": Target(_decoder(jaeger_json.decode_json), _packets("jaeger/*.json")),
    "recording-file": Target(_recording, _packets("recordings/*.json")),
    "captured-headers": Target(
        _headers, lambda: [b"GET / HTTP/1.1\r\nuber-trace-id: 1:2:3:1\r\n", b'{"a": ["b"]}']
    ),
}
