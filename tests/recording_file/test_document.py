from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.recording import Answer, Port, Recording
from ot2otel.recording_file import RecordingError, decode, encode, read, write
from tests.support.spans import spans
from tests.support.untyped import Json

_TEXTS = st.text(st.characters(), max_size=8) | st.just("\ud800")
_NUMBERS = st.integers(0, 2**16)
recordings = st.builds(
    Recording,
    # A file keeps the spans of a resource and a scope together: one span, so that the order is kept.
    spans=st.lists(spans, max_size=1).map(tuple),
    flow=_TEXTS,
    variant=_TEXTS,
    exporter=_TEXTS,
    answers=st.lists(st.builds(Answer, _TEXTS, _NUMBERS, _TEXTS), max_size=2).map(tuple),
    ports=st.dictionaries(_TEXTS, st.builds(Port, _NUMBERS, _NUMBERS), max_size=2),
    versions=st.dictionaries(_TEXTS, _TEXTS, max_size=2),
)
RECORDING = Recording(
    (Span("1" * 32, "2" * 16, "op", resource={"service.name": "s"}),),
    "hello",
    "native",
    "otlp",
    (Answer("GET /", 200, "Hello Zoë!"),),
    {"s": Port(50123, 8081)},
    {"opentelemetry-sdk": "1.39.1"},
)
ABOUT: Json = encode(RECORDING)["recording"]
# Any JSON.
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(max_size=3), values, max_size=2),
    max_leaves=4,
)


def _error_for(about: object) -> str:
    """Return the error for a document in which only `recording` is wrong."""
    with pytest.raises(WireError) as raised:
        decode({"resourceSpans": [], "recording": about})
    return str(raised.value)


@given(recordings)
def test_a_recording_survives_writing_and_reading(recording: Recording) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory, "run.json")
        write(recording, path)

        # Compared as text: NaN equals nothing, and 1 equals True.
        assert repr(read(path)) == repr(recording)


def test_a_file_is_lines_of_otlp_the_first_of_which_tells_of_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"

    write(RECORDING, path)

    head, spans, answer = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert head == {
        "resourceSpans": [],
        "recording": {
            "flow": "hello",
            "variant": "native",
            "exporter": "otlp",
            "answers": [],
            "ports": {"s": {"actual": 50123, "documented": 8081}},
            "versions": {"opentelemetry-sdk": "1.39.1"},
            "stored_in": "",
        },
    }
    assert spans == {"resourceSpans": encode(RECORDING)["resourceSpans"]}
    assert answer == {"answer": {"request": "GET /", "status": 200, "body": "Hello Zoë!"}}


def test_a_document_of_another_tool_has_spans_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"resourceSpans": encode(RECORDING)["resourceSpans"]}), encoding="utf-8")

    assert read(path) == Recording(RECORDING.spans)


def test_absent_fields_of_a_recording_are_empty() -> None:
    document = {"resourceSpans": [], "recording": {"variant": "native", "unknown": 1}}

    assert decode(document) == Recording((), variant="native")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "it is empty", id="nothing"),
        pytest.param(b"{", "is not JSON", id="half an object"),
        pytest.param(b'{"\xff": 1}', "is not JSON", id="not UTF-8"),
        pytest.param(b"[" * 200_000, "is not JSON", id="nested without end"),
        pytest.param(b"[1]", "its form is unknown", id="a list"),
        pytest.param(b"{}", "its form is unknown", id="no spans"),
        pytest.param(b'{"resourceSpans": 1}', "resourceSpans must be an array", id="spans that are none"),
        pytest.param(
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "1", "spanId": "2"}]}]}]}',
            "'1' is not a trace id",
            id="an id that is none",
        ),
        pytest.param(
            b'{"resourceSpans": [], "recording": {"answers": 1}}', "`answers`", id="a wrong recording"
        ),
    ],
)
def test_a_broken_file_is_named_with_its_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)

    with pytest.raises(RecordingError) as raised:
        read(path)

    assert str(raised.value).startswith(str(path))
    assert problem in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.json"

    with pytest.raises(RecordingError) as raised:
        read(path)

    assert str(raised.value) == f"{path} can't be read: No such file or directory"


def test_a_directory_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as raised:
        read(tmp_path)

    assert str(raised.value) == f"{tmp_path} can't be read: Is a directory"


def test_a_directory_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as raised:
        write(RECORDING, tmp_path)

    assert str(raised.value) == f"{tmp_path} can't be written: Is a directory"


@pytest.mark.parametrize(
    ("about", "key", "wanted"),
    [
        pytest.param(None, "recording", "an object", id="nothing"),
        pytest.param([], "recording", "an object", id="a list"),
        pytest.param({"flow": 1}, "flow", "text", id="flow"),
        pytest.param({"variant": None}, "variant", "text", id="variant"),
        pytest.param({"exporter": ["otlp"]}, "exporter", "text", id="exporter"),
        pytest.param({"answers": 1}, "answers", "an array", id="answers"),
        pytest.param({"answers": "abc"}, "answers", "an array", id="answers as text"),
        pytest.param({"answers": [1]}, "answers", "an object", id="answer"),
        pytest.param({"answers": [{"status": 200, "body": ""}]}, "request", "text", id="no request"),
        pytest.param(
            {"answers": [ABOUT["answers"][0] | {"status": "200"}]}, "status", "an integer", id="status"
        ),
        pytest.param(
            {"answers": [ABOUT["answers"][0] | {"status": True}]}, "status", "an integer", id="true"
        ),
        pytest.param({"answers": [ABOUT["answers"][0] | {"body": None}]}, "body", "text", id="body"),
        pytest.param({"ports": []}, "ports", "an object", id="ports"),
        pytest.param({"ports": {"s": 1}}, "ports", "an object", id="port"),
        pytest.param({"ports": {"s": {"actual": "x", "documented": 1}}}, "actual", "an integer", id="actual"),
        pytest.param({"ports": {"s": {"actual": 1}}}, "documented", "an integer", id="no documented port"),
        pytest.param({"versions": ["1"]}, "versions", "an object", id="versions"),
        pytest.param({"versions": {"sdk": 1}}, "versions", "text", id="version"),
    ],
)
def test_a_wrong_field_of_a_recording_is_named(about: object, key: str, wanted: str) -> None:
    assert _error_for(about) == f"`{key}` must be {wanted} in the description of the recording"


@given(st.sampled_from(sorted(ABOUT)), _JSON)
def test_any_json_in_a_recording_is_read_or_refused(key: str, content: object) -> None:
    try:
        recording = decode({"resourceSpans": [], "recording": ABOUT | {key: content}})
    except WireError:
        return

    assert encode(recording)["recording"][key] == content
    recording.normalized_answers()
