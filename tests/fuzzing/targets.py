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
from ot2otel.settings import formats, report
from ot2otel.settings.translation import translate
from ot2otel.wire import jaeger_json, jaeger_thrift, otlp_json, otlp_protobuf, sdk_json, zipkin_json
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


def _of_document(decode: Callable[[object], object]) -> Callable[[bytes], object]:
    """Return a decoder of the text of a document; what is no JSON is refused before a decoder sees it."""

    def decode_text(data: bytes) -> object:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise WireError(str(error)) from error
        return decode(document)

    return decode_text


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


def _configuration(data: bytes) -> None:
    """What is read becomes a program that compiles, and texts."""
    for kind in formats.FORMATS:
        try:
            translation = translate(formats.read(data, "configuration", kind), "configuration")
        except Ot2OtelError:
            continue
        compile(translation.code, "set_up.py", "exec")
        report.text(translation)
        report.env_file(translation)


_ZIPKIN = b"""[{"traceId": "1e", "id": "7", "parentId": "9", "kind": "CLIENT", "timestamp": 5, "duration": 3,
"name": "get", "localEndpoint": {"serviceName": "web", "ipv4": "192.0.2.1", "port": 80}, "shared": false,
"remoteEndpoint": {"serviceName": "db", "ipv6": "2001:db8::1"}, "debug": true,
"annotations": [{"timestamp": 6, "value": "miss"}], "tags": {"otel.status_code": "ERROR", "error": "x"}}]"""
_PRINTED = b"""{"name": "get", "context": {"trace_id": "0x1e", "span_id": "0x7", "trace_state": "[]"},
"kind": "SpanKind.SERVER", "parent_id": null, "start_time": "2026-01-01T00:00:00.000001Z",
"end_time": "2026-01-01T00:00:00.000002Z",
"status": {"status_code": "ERROR", "description": "x"}, "attributes": {"a": [1, true, "b"]}, "links":
[{"context": {"trace_id": "0x1e", "span_id": "0x7", "trace_state": "[]"}, "attributes": {}}],
"events": [{"name": "e", "timestamp": "2026-01-01T00:00:00.000001Z", "attributes": {"k": 1.5}}],
"resource": {"attributes": {"service.name": "web"}, "schema_url": ""}}"""
_CONFIGURATIONS = (
    b"sampler: {type: const, param: 1}\nlocal_agent: {reporting_host: a, reporting_port: 1}\ntags: {k: v}\n",
    b'{"sampler": {"type": "probabilistic", "param": 0.5}, "propagation": "b3", "trace_id_header": "x"}',
    b"Config({'sampler': {'type': 'ratelimiting', 'param': 2}, 'max_tag_value_length': n}, service_name='s')",
    b"JAEGER_SERVICE_NAME=s\nJAEGER_TAGS=a=b,c=${D:e}\nJAEGER_SAMPLER_TYPE=const\n",
)


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
    "zipkin-json": Target(_decoder(_of_document(zipkin_json.decode_json)), lambda: [_ZIPKIN]),
    "sdk-json": Target(_decoder(_of_document(sdk_json.decode_json)), lambda: [_PRINTED]),
    "recording-file": Target(_recording, _packets("recordings/*.json")),
    "captured-headers": Target(
        _headers, lambda: [b"GET / HTTP/1.1\r\nuber-trace-id: 1:2:3:1\r\n", b'{"a": ["b"]}']
    ),
    "configuration": Target(_configuration, lambda: _CONFIGURATIONS),
}
