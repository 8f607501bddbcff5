"""The forms of files: the content tells them, whatever the name; gzip is unpacked."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToJson
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ot2otel.model import Span
from ot2otel.recording import STORED_IN_JAEGER, Answer, Recording
from ot2otel.recording_file import RecordingError, convert, encode, open_recording, read
from ot2otel.recording_file.inflating import LARGEST_RATIO, UNSUSPECTED
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.support.fake_jaeger import trace
from tests.support.otlp_requests import request
from tests.wire.mutations import mutations

TRACE = "0" * 31 + "1"


def span(number: int) -> Span:
    return Span(TRACE, f"{number:016x}", f"op {number}", resource={"service.name": "s"})


def message(*numbers: int) -> bytes:
    """Return these spans as a message of protobuf."""
    found = ExportTraceServiceRequest()
    resource_spans = found.resource_spans.add()
    resource_spans.resource.attributes.add(key="service.name").value.string_value = "s"
    spans = resource_spans.scope_spans.add().spans
    for number in numbers:
        one = span(number)
        spans.add(trace_id=bytes.fromhex(one.trace_id), span_id=bytes.fromhex(one.span_id), name=one.name)
    body: bytes = found.SerializeToString()
    return body


def sized(*bodies: bytes) -> bytes:
    return b"".join(len(body).to_bytes(4, "big") + body for body in bodies)


def delimited(*bodies: bytes) -> bytes:
    return b"".join(bytes([len(body) & 127 | 128, len(body) >> 7]) + body for body in bodies)


def text(*documents: object, indent: int | None = None, between: str = "\n") -> bytes:
    return between.join(json.dumps(document, indent=indent) for document in documents).encode()


ONE, OTHER = encode_json([span(1)]), encode_json([span(2)])
# Ids are base64 and enumerations are names, as in Grafana Tempo's answers.
MAPPED = MessageToJson(ExportTraceServiceRequest.FromString(message(1, 2))).encode()
ZIPKIN = [
    {"traceId": TRACE, "id": f"{number:016x}", "name": f"op {number}", "localEndpoint": {"serviceName": "s"}}
    | {"timestamp": 1}
    for number in (1, 2)
]
PRINTED = [
    {
        "name": f"op {number}",
        "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{number:016x}", "trace_state": "[]"},
        "kind": "SpanKind.INTERNAL",
        "start_time": None,
        "resource": {"attributes": {"service.name": "s"}, "schema_url": ""},
    }
    for number in (1, 2)
]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text(ONE, OTHER), id="lines"),
        pytest.param(text(ONE, OTHER, indent=1), id="documents of several lines"),
        pytest.param(text(ONE, OTHER, between=""), id="documents on one line"),
        pytest.param(text([ONE, OTHER]), id="an array of documents"),
        pytest.param(text({"result": ONE}, {"result": OTHER}), id="a stream of Jaeger's API v3"),
        pytest.param(text({"result": ONE}, {"result": OTHER}, between=""), id="a stream without lines"),
        pytest.param(text(ONE["resourceSpans"][0], OTHER["resourceSpans"][0]), id="logged by Java"),
        pytest.param(text({"trace": ONE}, {"batches": OTHER["resourceSpans"]}), id="Tempo"),
        pytest.param(text(ZIPKIN), id="Zipkin"),
        pytest.param(MAPPED, id="protobuf's own mapping"),
        pytest.param(text([ZIPKIN[:1], ZIPKIN[1:]], indent=2), id="traces of Zipkin"),
        pytest.param(text(*ZIPKIN), id="Zipkin's in lines"),
        pytest.param(text(*PRINTED, indent=4) + b"\n", id="printed by the SDK"),
        pytest.param(text(*PRINTED), id="printed in lines"),
        pytest.param(text(PRINTED), id="an array of printed ones"),
        pytest.param(message(1, 2), id="a message"),
        pytest.param(message(1) + message(2), id="messages without sizes, which are one"),
        pytest.param(sized(message(1), message(2)), id="the Collector's messages"),
        pytest.param(sized(text(ONE), text(OTHER)), id="the Collector's, of JSON"),
        pytest.param(delimited(message(1), message(2)), id="delimited messages"),
        pytest.param(b"\n \r\n\t" + text(ONE, OTHER), id="blanks first"),
        pytest.param(b"\xef\xbb\xbf" + text(ONE, OTHER), id="marked"),
    ],
)
@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_content_tells_the_form(content: bytes, packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "traces.txt"
    path.write_bytes(packed(content))

    with open_recording(path) as reader:
        found = list(reader.spans())

    assert [(each.trace_id, each.span_id, each.name, each.service) for each in found] == [
        (TRACE, f"{number:016x}", f"op {number}", "s") for number in (1, 2)
    ]
    assert reader.problems == ()


def test_all_answers_of_several_recordings_in_one_document_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    answers = [Answer("GET /", 200, name) for name in ("one", "other")]
    path.write_bytes(
        text(*(encode(Recording((span(1),), "shop", answers=(each,))) for each in answers), indent=1)
    )

    assert read(path).answers == tuple(answers)


def test_jaegers_api_v2_is_stored_in_jaeger_and_v3_is_otlp(tmp_path: Path) -> None:
    v2, v3 = tmp_path / "v2", tmp_path / "v3"
    v2.write_bytes(text({"data": [trace([span(1)])], "total": 0, "errors": None}))
    v3.write_bytes(text({"result": ONE}))

    assert read(v2) == Recording((span(1),), stored_in=STORED_IN_JAEGER)
    assert read(v3) == Recording((span(1),))


def problem(path: Path) -> str:
    """Return the error of reading a file to its end, without its path."""
    with pytest.raises(RecordingError) as raised, open_recording(path) as reader:
        list(reader.spans())
    told = str(raised.value)
    assert told.startswith(f"{path} ")
    assert "\n" not in told
    return told.removeprefix(f"{path} ")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            text({"error": {"httpCode": 404, "message": "No traces found"}}),
            "Jaeger answered with an error: No traces found",
            id="Jaeger's error",
        ),
        pytest.param(
            text({"data": None, "errors": [{"code": 400, "msg": "bad id"}]}),
            "Jaeger answered with an error: bad id",
            id="Jaeger's other error",
        ),
        pytest.param(
            text([{"traceId": TRACE, "id": "1" * 16, "binaryAnnotations": []}]),
            "span 1: it is Zipkin's JSON v1; only v2 is read",
            id="Zipkin v1",
        ),
        pytest.param(
            text({"Name": "op", "SpanContext": {}}),
            "it is the JSON of OpenTelemetry's stdouttrace exporter for Go. Read are: OTLP",
            id="Go",
        ),
        pytest.param(text({"verdicts": []}), "it is a verdict of ot2otel, and no recording. Read", id="ours"),
        pytest.param(text(5), "its form is unknown. Read are: OTLP in JSON", id="a number"),
        pytest.param(text([[]]), "its form is unknown. Read are: OTLP in JSON", id="lists"),
        pytest.param(b"Traceback (most recent call last):", "its form is unknown. Read are", id="words"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "its form is unknown. Read are", id="a picture"),
        pytest.param(message(1, 2)[:-3], "96 bytes are not OTLP traces in protobuf", id="a cut message"),
        pytest.param(b"\x0a\x03abc", "5 bytes are not OTLP traces in protobuf", id="no message"),
        pytest.param(
            sized(message(1), b"\x0a\x03abc"), "message 2: 5 bytes are not OTLP", id="no second message"
        ),
    ],
)
def test_a_file_that_is_not_read_is_named(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_bytes(content)

    assert problem(path).startswith(f"can't be read as spans: {told}")


def test_other_signals_in_the_same_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_bytes(text({"resourceMetrics": []}, ONE, {"resourceLogs": []}, {"resourceLogs": []}))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert reader.problems == ("unknown, and not read: resourceLogs (2), resourceMetrics (1)",)


def test_unknown_keys_are_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    odd = {f"key{number}": 1 for number in range(7)}
    path.write_bytes(text(ONE | odd | {"a\nb": 1}, OTHER | {"key3": 1, "a\nb": 1}))

    with open_recording(path) as reader:
        list(reader.spans())
        [sentence] = reader.problems

    assert sentence.startswith("unknown, and not read: document.")
    assert {"document.key3 (2)", "document.a\\nb (2)"} <= set(sentence.partition(": ")[2].split(", "))
    assert sentence.endswith(", and 3 more")


FORMS = [
    *(
        text(ONE, OTHER),
        text(ONE, OTHER, indent=1),
        text({"result": ONE}),
        text(ZIPKIN),
        text(*PRINTED, indent=4),
    ),
    *(message(1, 2), sized(message(1), message(2)), delimited(message(1), message(2)), MAPPED),
    gzip.compress(text(ONE, OTHER)),
]


@given(st.sampled_from(FORMS).flatmap(mutations))
def test_a_file_with_small_errors_is_read_or_refused_in_one_line(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "traces")
        path.write_bytes(content)

        try:
            with open_recording(path) as reader:
                told = [*reader.problems] if list(reader.spans()) else []
        except RecordingError as error:
            told = [str(error)]

        assert [each for each in told if "\n" in each] == []


def test_any_form_is_converted_to_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "traces", tmp_path / "traces.jsonl"
    for content in FORMS:
        source.write_bytes(content)

        convert(source, target)

        with open_recording(source) as one, open_recording(target) as other:
            assert list(one.spans()) == list(other.spans())


# Cut files.


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        pytest.param(text(*PRINTED, indent=4)[:-20], "document 2 is cut: Unterminated", id="documents"),
        pytest.param(text(*PRINTED, indent=4)[:-8], "document 2 is cut: Expecting", id="a shorter cut"),
        pytest.param(sized(message(1), message(2))[:-1], "message 2 is cut", id="a message"),
        pytest.param(sized(message(1)) + b"\0\0", "message 2 is cut", id="a size"),
        pytest.param(delimited(message(1), message(2))[:-1], "message 2 is cut", id="a delimited message"),
        pytest.param(delimited(message(1)) + b"\x80", "message 2 is cut", id="a delimited size"),
        pytest.param(delimited(message(1)) + b"\xff" * 20, "message 2 is cut", id="no size"),
    ],
)
def test_the_cut_end_of_a_file_is_told(content: bytes, cut: str, tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_bytes(content)

    with open_recording(path) as reader:
        assert [each.name for each in reader.spans()] == ["op 1"]
        assert reader.cut.startswith(cut)
        assert reader.problems == (reader.cut,)
    with pytest.raises(RecordingError, match=f"{path} is not complete: {cut}"):
        read(path)


def test_rubbish_between_documents_is_no_cut_end(tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_bytes(text(PRINTED[0], indent=4) + b"\nWARNING: x\n" + text(PRINTED[1], indent=4))

    assert problem(path).startswith("is not JSON: document 2: Expecting value: line ")


def test_a_large_message_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "traces.pb"
    path.write_bytes(request(1, 1, 5000, 400))

    with open_recording(path) as reader:
        assert sum(1 for _ in reader.spans()) == 5000


def test_a_message_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "traces.pb"
    path.write_bytes(message(1, 2))

    with pytest.raises(RecordingError, match="one document of 0 MB is not read, only up to 0 MB"):
        open_recording(path, largest_document=50)


def test_messages_of_a_size_that_no_exporter_writes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "traces.pb"
    path.write_bytes(sized(message(1)) + b"\xff\xff\xff\xff")

    assert problem(path) == "can't be read: message 2 is longer than 64 MB"


# gzip.


def test_members_of_gzip_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    first, second = text(ONE, OTHER)[:40], text(ONE, OTHER)[40:]
    path.write_bytes(gzip.compress(first) + gzip.compress(b"") + gzip.compress(second) + bytes(600))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1), span(2)]
        assert reader.problems == ()


def test_bytes_after_gzip_are_told(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    path.write_bytes(gzip.compress(text(ONE)) + b"\0\0rest")

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert reader.problems == ("the bytes after its gzip data are not read",)


def test_cut_gzip_is_told_and_the_lines_before_it_are_read(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    path.write_bytes(gzip.compress(text(ONE, OTHER) + b"\n")[:-9])

    with open_recording(path) as reader:
        assert span(1) in list(reader.spans())
        assert reader.cut
        assert reader.problems == (reader.cut,)


def test_gzip_that_is_cut_between_lines_is_told(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    packer = zlib.compressobj(wbits=31)
    path.write_bytes(packer.compress(text(ONE) + b"\n") + packer.flush(zlib.Z_SYNC_FLUSH))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert reader.problems == ("its gzip data is cut",)


@pytest.mark.parametrize(
    "content", [text(ONE, indent=1), message(1, 2), b""], ids=["a document", "a message", "nothing"]
)
def test_one_document_in_cut_gzip_is_an_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    path.write_bytes(gzip.compress(content)[: -20 if content else 5])

    assert problem(path) == "can't be read: its gzip data is cut"


def test_a_document_in_gzip_without_its_checksum_is_read_and_the_cut_told(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    path.write_bytes(gzip.compress(text(ONE, indent=1))[:-4])

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert reader.problems == ("its gzip data is cut",)


def test_damaged_gzip_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    packed = bytearray(gzip.compress(text(ONE, OTHER)))
    packed[-6] ^= 1
    path.write_bytes(packed)

    assert problem(path).startswith("can't be read: its gzip data is damaged: ")


def test_gzip_in_gzip_is_not_unpacked_twice(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz.gz"
    path.write_bytes(gzip.compress(gzip.compress(text(ONE))))

    assert problem(path).startswith("can't be read as spans: its form is unknown.")


def blanks(size: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    piece = b"\n" * 1_000_000
    return b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()


@pytest.mark.parametrize("first", [b"", text(ONE) + b"\n"], ids=["blanks alone", "blanks after a line"])
def test_a_bomb_of_blanks_is_refused(first: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(first) + blanks(2 * UNSUSPECTED))

    assert problem(path) == (
        f"can't be read: its gzip data grows to more than {LARGEST_RATIO} times its size;"
        " no file of spans does"
    )


def test_a_bomb_of_one_line_is_refused_at_its_length(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(text(ONE) + b"\n" + b'"' + b"a" * 80_000_000))

    assert problem(path) == "can't be read: line 2 is longer than 64 MB"


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "traces.gz"
    path.write_bytes(gzip.compress(text(ONE, OTHER)))
    told: list[tuple[int, int | None]] = []

    with open_recording(path, lambda read, size: told.append((read, size))) as reader:
        list(reader.spans())

    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(RecordingError, match="Standard input can't be read: it is closed"):
        open_recording(Path("-"))


@pytest.mark.parametrize(
    "content",
    [gzip.compress(text(ONE, OTHER)), sized(message(1), message(2)), message(1, 2)],
    ids=["gzip", "messages", "a message"],
)
def test_standard_input_may_have_any_form(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    with open_recording(Path("-")) as reader:
        assert list(reader.spans()) == [span(1), span(2)]
