"""Files of spans, read a line at a time."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.populations import Values, legacy_traces, write_lines
from ot2otel.model import Span
from ot2otel.recording import Answer, Port, Recording
from ot2otel.recording_file import RecordingError, encode, encode_answer, json_text, open_recording, read
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import RECORDINGS
from tests.support.untyped import Json

HEAD = Recording((), "hello", "native", "otlp", (), {"s": Port(50123, 8081)}, {"opentelemetry-sdk": "1.39.1"})
FORMS = (
    "Read are: OTLP in JSON, in lines of it or in protobuf;"
    " Jaeger's JSON (API v2 and v3, the page's downloads);"
    " Tempo's answers; Zipkin's JSON v2; the JSON of Python's ConsoleSpanExporter; and gzip of each"
)
HELLO, BYE, LATE = (Answer("GET /", 200, text) for text in ("Hello!", "Bye!", "Late!"))


def span(number: int) -> Span:
    return Span("1" * 32, f"{number:016x}", f"op {number}", resource={"service.name": "s"})


def spans_line(*numbers: int) -> Json:
    return encode_json(span(number) for number in numbers)


def answer_line(answer: Answer) -> Json:
    return {"answer": encode_answer(answer)}


def text_of(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spans.jsonl"


@pytest.fixture(params=["orjson", "json"])
def each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "json":
        monkeypatch.setattr(json_text, "_quick_loads", None)
    else:
        pytest.importorskip("orjson")


def problem_of(path: Path) -> str:
    """Return the error of reading a file to its end, without its path."""
    with pytest.raises(RecordingError) as raised, open_recording(path) as reader:
        list(reader.spans())
    told = str(raised.value)
    assert told.startswith(f"{path} ")
    assert "\n" not in told
    return told.removeprefix(f"{path} ")


@pytest.mark.usefixtures("each_parser")
def test_the_head_is_known_before_the_spans_and_the_answers_after_them(path: Path) -> None:
    first = encode(HEAD) | spans_line(1, 2)
    path.write_text(text_of(first, answer_line(HELLO), spans_line(3), answer_line(BYE)))

    with open_recording(path) as reader:
        assert reader.head == HEAD
        assert list(reader.spans()) == [span(1), span(2), span(3)]
        assert reader.answers == (HELLO, BYE)
        assert reader.problems == ()


def test_every_line_s_answers_are_read(path: Path) -> None:
    begins = encode(HEAD)
    begins["recording"]["answers"] = [encode_answer(HELLO)]
    path.write_text(text_of(begins, answer_line(BYE), begins | spans_line(1), answer_line(LATE)))

    assert read(path).answers == (HELLO, BYE, HELLO, LATE)


def test_another_recording_in_the_same_file_is_told(path: Path) -> None:
    other = encode(Recording((span(2),), "orders", "shim", "jaeger"))
    path.write_text(text_of(encode(HEAD) | spans_line(1), other))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1), span(2)]
        assert reader.head == HEAD
        assert reader.problems == (
            "line 2 begins another recording, of orders: its spans and its answers are read,"
            " its ports and versions are not",
        )


FOREIGN = encode(Recording(()))  # what `ot2otel record` writes of any program
AS_THE_FIRST = "its spans and its answers are read as if they were the first one's"


@pytest.mark.usefixtures("each_parser")
@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        pytest.param([FOREIGN, spans_line(1)], [], id="one recording"),
        pytest.param([FOREIGN | spans_line(1)], [], id="one line"),
        pytest.param(
            [FOREIGN, spans_line(1), answer_line(HELLO), FOREIGN, answer_line(BYE)],
            [f"line 4 begins another recording: {AS_THE_FIRST}"],
            id="two of programs",
        ),
        pytest.param(
            [spans_line(1), FOREIGN],
            [f"line 2 begins another recording: {AS_THE_FIRST}"],
            id="after another tool's spans",
        ),
        pytest.param(
            [FOREIGN, *[FOREIGN | spans_line(1)] * 4, encode(HEAD)],
            [
                "line 2 begins another recording, and 4 more do: their spans and their answers are read"
                " as if they were the first one's, their ports and versions are not"
            ],
            id="many",
        ),
        pytest.param(
            [encode(HEAD), encode(HEAD)],
            [
                f"line 2 begins another recording, of {HEAD.flow}: "
                "its spans and its answers are read, its ports and versions are not"
            ],
            id="the same flow again",
        ),
    ],
)
def test_each_other_recording_in_a_file_is_told_in_one_sentence(
    path: Path, lines: Sequence[Json], problems: Sequence[str]
) -> None:
    path.write_text(text_of(*lines))

    with open_recording(path) as reader:
        spans = list(reader.spans())
        assert list(reader.problems) == problems
    answers = [HELLO] * (answer_line(HELLO) in lines) + [BYE] * (answer_line(BYE) in lines)
    assert (spans, reader.answers) == (
        [span(1)] * sum(bool(line.get("resourceSpans")) for line in lines),
        tuple(answers),
    )


def test_answers_without_spans_are_a_recording(path: Path) -> None:
    path.write_text(text_of(answer_line(HELLO)))

    assert read(path) == Recording((), answers=(HELLO,))


@pytest.mark.usefixtures("each_parser")
def test_blank_lines_and_unknown_keys_are_passed_over(path: Path) -> None:
    path.write_text(
        "\ufeff\n \n" + text_of(spans_line(1) | {"unknown": [{}]}) + "\r\n" + text_of(spans_line(2))
    )

    assert read(path) == Recording((span(1), span(2)))


@pytest.mark.parametrize(
    "rest", ['{"resourceSpans": [{"reso', '{"resourceSpans": [], "é'.encode()[:-1].decode("latin-1")]
)
@pytest.mark.usefixtures("each_parser")
def test_a_cut_last_line_is_told_and_the_spans_before_it_are_read(path: Path, rest: str) -> None:
    path.write_bytes(text_of(spans_line(1)).encode() + rest.encode("latin-1"))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert reader.cut.startswith("line 2 is cut: ")
        assert reader.problems == (reader.cut,)


@pytest.mark.usefixtures("each_parser")
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "can't be read: it is empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf \n\n", "can't be read: it is empty", id="blank"),
        pytest.param(
            b"\x7fELF\x02\x01\n\xff\xfe",
            f"can't be read as spans: its form is unknown. {FORMS}",
            id="a program",
        ),
        pytest.param(
            b"\x28\xb5\x2f\xfd\x04\x00",
            "can't be read as spans: it is compressed with zstd, which is not read. Let the Collector's file"
            " exporter write it without `compression`, or unpack it with `zstd -d`",
            id="zstd",
        ),
        pytest.param(
            b"\x00\x00\x00\x09\x28\xb5\x2f\xfd\x04\x00",
            "can't be read as spans: it is compressed with zstd, which is not read. Let the Collector's file"
            " exporter write it without `compression`, or unpack it with `zstd -d`",
            id="messages in zstd",
        ),
        pytest.param(
            "\ufeff{}".encode("utf-16-le"),
            "can't be read as spans: it is text in UTF-16. Convert it: iconv -f UTF-16 -t UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            b'{"resourceSpans": []}\n{"\n{}\n',
            "is not JSON: line 2: Unterminated string starting at: line 1 column 2 (char 1)",
            id="a broken line",
        ),
        pytest.param(
            b'{"resourceSpans": []}\n\n{}\n{}\n',
            f"can't be read as spans: line 3: its form is unknown. {FORMS}",
            id="a line of another sort",
        ),
        pytest.param(
            b'{"resourceSpans": 1}\n{}\n',
            "can't be read as spans: line 1: resourceSpans must be an array, not 1",
            id="the first of several lines",
        ),
        pytest.param(
            b'{"resourceSpans": 1}\n',
            "can't be read as spans: resourceSpans must be an array, not 1",
            id="one line",
        ),
        pytest.param(
            b'{"resourceSpans": []}\n{"answer": {"request": "GET /", "status": "200", "body": ""}}\n',
            "can't be read as spans: line 2: `status` must be an integer in the description of the recording",
            id="a wrong answer",
        ),
        pytest.param(
            b'{"resourceSpans":\n1}\n',
            "can't be read as spans: resourceSpans must be an array, not 1",
            id="a document of two lines",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(path: Path, content: bytes, problem: str) -> None:
    path.write_bytes(content)

    assert problem_of(path) == problem


@pytest.mark.parametrize("before", [b"", b'{"resourceSpans": []}\n'], ids=["first", "second"])
def test_a_line_of_100_mb_is_refused(path: Path, before: bytes) -> None:
    path.write_bytes(before + b'{"resourceSpans": [], "x": "' + b"x" * 100_000_000 + b'"}\n{}\n')

    assert problem_of(path) == f"can't be read: line {1 + before.count(10)} is longer than 64 MB"


def test_a_document_that_is_too_large_is_refused_with_a_command_that_converts_it(tmp_path: Path) -> None:
    path, converted = tmp_path / "a big one.json", tmp_path / "a big one.jsonl"
    recording = Recording(tuple(span(number) for number in range(1, 1200)), "hello", answers=(HELLO,))
    path.write_text(json.dumps(encode(recording), indent=1))

    with pytest.raises(RecordingError) as raised:
        open_recording(path, largest_document=100_000)

    told, command = str(raised.value).split(" Convert it: ")
    assert told == (
        f"{path} is not JSON lines (Expecting property name enclosed in double quotes: "
        f"line 1 column 2 (char 1)), and one document of 0.2 MB is not read, only up to 0.1 MB."
    )
    python = f"{sys.executable} {command.removeprefix('python ')}"
    subprocess.run(["sh", "-c", python], check=True, timeout=60)
    assert read(converted) == recording
    assert len(converted.read_text().splitlines()) == 5


def test_a_document_on_one_line_may_be_as_large_and_no_larger(path: Path) -> None:
    size = path.write_text(text_of(encode(HEAD) | spans_line(1)))

    with open_recording(path, largest_document=size) as reader:
        assert list(reader.spans()) == [span(1)]
    with pytest.raises(RecordingError) as raised:
        open_recording(path, largest_document=size - 1)

    assert str(raised.value).startswith(
        f"{path} can't be read: one document of 0 MB is not read, only up to 0 MB"
    )


def test_a_fifo_without_a_writer_is_refused_at_once(path: Path) -> None:
    os.mkfifo(path)

    assert problem_of(path) == "can't be read: it is not a regular file; `-` reads standard input"


def test_a_device_is_refused() -> None:
    assert (
        problem_of(Path("/dev/zero")) == "can't be read: it is not a regular file; `-` reads standard input"
    )


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = text_of(spans_line(1), spans_line(2)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    told: list[tuple[int, int | None]] = []

    with open_recording(Path("-"), lambda read, size: told.append((read, size))) as reader:
        spans = list(reader.spans())

    assert spans == [span(1), span(2)]
    assert told[-1] == (len(content), None)
    assert not sys.stdin.closed


def test_the_bytes_read_and_the_size_are_told_line_by_line(path: Path) -> None:
    lines = [text_of(spans_line(number)) for number in (1, 2)]
    path.write_text("".join(lines))
    told: list[tuple[int, int | None]] = []

    with open_recording(path, lambda read, size: told.append((read, size))) as reader:
        list(reader.spans())

    first, size = len(lines[0]), path.stat().st_size
    assert told == [(first, size), (size, size), (size, size)]


def test_only_one_line_s_spans_are_held(path: Path) -> None:
    write_lines(legacy_traces(40, Values.UNIQUE), path, traces_per_line=2)
    gc.collect()
    before = living_spans()

    with open_recording(path) as reader:
        held = max(living_spans() for _ in reader.spans())

    assert held - before <= 2 * 3 + 1  # one is the last line's, in the hand of the caller


def living_spans() -> int:
    return sum(type(each) is Span for each in gc.get_objects())


def test_the_spans_of_a_line_share_their_resource(path: Path) -> None:
    path.write_text(text_of(spans_line(1, 2)))

    with open_recording(path) as reader:
        one, other = reader.spans()

    assert one.resource is other.resource
    assert one.scope is other.scope


def test_a_reader_that_ended_has_no_more_spans(path: Path) -> None:
    path.write_text(text_of(spans_line(1)))

    with open_recording(path) as reader:
        assert list(reader.spans()) == [span(1)]
        assert list(reader.spans()) == []


@pytest.mark.parametrize("recording", sorted(RECORDINGS.glob("*.json")), ids=lambda path: path.stem)
def test_both_parsers_read_the_same_recordings(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("orjson")
    quickly = read(recording)
    monkeypatch.setattr(json_text, "_quick_loads", None)

    assert repr(read(recording)) == repr(quickly)


NUMBERS = [
    "18446744073709551616",
    "-9223372036854775809",
    "9" * 400,
    "9" * 5000,
    "1e400",
    "NaN",
    "-Infinity",
    "-0",
]
ODD_TEXTS = [
    *(f'{{"resourceSpans": [], "unread": {number}}}' for number in ("1e400", "NaN", "-0", "9" * 400)),
    *(f'[{{"spans": [], "processes": {{}}, "data": {number}}}]' for number in NUMBERS),
    *(json.dumps(spans_line(1)).replace('"op 1"', number) for number in NUMBERS),
    *(json.dumps(spans_line(1)).replace('"0"', number) for number in NUMBERS),
    *(
        json.dumps(spans_line(1)).replace('{"stringValue": "s"}', f'{{"doubleValue": {number}}}')
        for number in NUMBERS
    ),
    *(
        json.dumps(spans_line(1)).replace('{"stringValue": "s"}', f'{{"intValue": {number}}}')
        for number in NUMBERS
    ),
    *(
        json.dumps(
            {"spans": [{"traceID": "1", "spanID": "2", "process": {}, "tags": [{"key": "k", "value": 0.5}]}]}
        ).replace("0.5", number)
        for number in NUMBERS
    ),
    *(json.dumps(answer_line(HELLO)).replace("200", number) for number in NUMBERS),
    json.dumps(spans_line(1)).replace("op 1", "\\ud800"),
    json.dumps(spans_line(1)).replace('"name":', '"name": "first", "kind": 2, "name":'),
    *(
        '{"resourceSpans": []} x',
        '{"resourceSpans": [],}',
        "{'resourceSpans': []}",
        '"\x01"',
        "\x00",
        "nul",
        "01",
    ),
]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
@pytest.mark.parametrize("first", ["", '{"resourceSpans": []}\n'], ids=["alone", "as a line"])
def test_both_parsers_read_and_refuse_the_same(
    text: str, first: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("orjson")
    path.write_text(f"{first}{text}\n", encoding="utf-8")
    quickly = outcome(path)
    monkeypatch.setattr(json_text, "_quick_loads", None)

    assert outcome(path) == quickly


def outcome(path: Path) -> str:
    try:
        return repr(read(path))
    except RecordingError as error:
        return str(error)
