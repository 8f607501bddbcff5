"""Files of traces: the content decides the format, and an error names the bad place."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel import recording_file
from ot2otel.cli import main
from ot2otel.model import Span
from ot2otel.recording import STORED_IN_JAEGER, Recording
from ot2otel.recording_file import RecordingError
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import RECORDINGS
from tests.support.fake_jaeger import trace

GOLDEN = [str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp")]
TRACE, OTHER_TRACE = "0" * 31 + "1", "0" * 31 + "2"


def span(trace_id: str, number: int, name: str, parent: int = 0, start_ms: int = 0) -> Span:
    return Span(
        trace_id,
        f"{number:016x}",
        name,
        parent_id=f"{parent:016x}" if parent else "",
        start_ns=start_ms * 1_000_000,
        end_ns=(start_ms + 10 - number) * 1_000_000,
        resource={"service.name": "shop"},
    )


ORDER = (span(TRACE, 1, "order"), span(TRACE, 2, "pay", parent=1))
REFUND = (span(OTHER_TRACE, 3, "refund", start_ms=100),)


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


@pytest.mark.parametrize(
    ("text", "recording"),
    [
        pytest.param(json.dumps(encode_json(ORDER)), Recording(ORDER), id="OTLP/JSON"),
        pytest.param(
            json.dumps(recording_file.encode(Recording(ORDER, flow="hello", stored_in=STORED_IN_JAEGER))),
            Recording(ORDER, flow="hello", stored_in=STORED_IN_JAEGER),
            id="a recording",
        ),
        pytest.param(
            lines(encode_json(ORDER), encode_json(REFUND)), Recording(ORDER + REFUND), id="OTLP/JSON lines"
        ),
        pytest.param(lines(encode_json(ORDER)) + "\n", Recording(ORDER), id="one line"),
        pytest.param(
            json.dumps({"data": [trace(ORDER), trace(REFUND)]}),
            Recording(ORDER + REFUND, stored_in=STORED_IN_JAEGER),
            id="Jaeger's envelope",
        ),
        pytest.param(
            json.dumps(trace(ORDER)), Recording(ORDER, stored_in=STORED_IN_JAEGER), id="one trace of Jaeger"
        ),
        pytest.param(
            "\ufeff" + json.dumps([trace(REFUND)]),
            Recording(REFUND, stored_in=STORED_IN_JAEGER),
            id="an array, marked",
        ),
    ],
)
def test_the_content_decides_the_format(text: str, recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_text(text, encoding="utf-8")

    assert recording_file.read(path) == recording


BROKEN = {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": 5}]}]}]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("{}", "its form is unknown. Read are: OTLP in JSON,", id="an empty object"),
        pytest.param(json.dumps(BROKEN), "traceId must be text", id="a span of OTLP"),
        pytest.param(lines(encode_json(ORDER), BROKEN), "line 2: traceId must be text", id="a line's span"),
        pytest.param(
            lines(encode_json(ORDER), {"a": 1}), "line 2: its form is unknown. Read are", id="a line's sort"
        ),
        pytest.param(
            json.dumps([trace(ORDER), trace(REFUND) | {"processes": {}}]),
            "trace 2, span 1: its process 'p1' is not among `processes`",
            id="a span of Jaeger",
        ),
    ],
)
def test_a_bad_span_is_named_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RecordingError) as unreadable:
        recording_file.read(path)

    assert str(unreadable.value).startswith(f"{path} can't be read as spans: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "traces\nof mine\n", "can't be read as spans: its form is unknown. Read are: OTLP", id="text"
        ),
        pytest.param(
            lines(encode_json(ORDER)) + "{\n" + lines(encode_json(REFUND)),
            "is not JSON: line 2: Expecting property name",
            id="a line",
        ),
        pytest.param(
            lines(encode_json(ORDER)) + "{", "is not complete: line 2 is cut: Expecting", id="half a line"
        ),
    ],
)
def test_a_file_of_no_known_form_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RecordingError) as unreadable:
        recording_file.read(path)

    assert str(unreadable.value).startswith(f"{path} {problem}")


def test_diff_pairs_traces_by_structure_and_lists_those_without_a_partner(tmp_path: Path) -> None:
    before, after = tmp_path / "before.jsonl", tmp_path / "after.json"
    before.write_text(lines(encode_json(ORDER), encode_json(REFUND)))
    renamed = "0af7651916cd43dd8448eb211c80319c"
    later = (span(renamed, 7, "order", start_ms=5), span(renamed, 8, "pay", parent=7, start_ms=6))
    after.write_text(json.dumps({"data": [trace(later)]}))

    printed = CliRunner().invoke(main, ["diff", str(before), str(after), "--format", "json"])

    document = json.loads(printed.output)
    [verdict] = document["verdicts"]
    [gone] = [found for found in verdict["findings"] if found["field"] == "span"]
    assert (printed.exit_code, verdict["verdict"], "recordings" in document) == (1, "different", False)
    assert (gone["grade"], gone["spans"]) == ("gone", ["refund"])
    assert gone["examples"] == [{"before": OTHER_TRACE, "after": None}]


def test_diff_in_words_shows_the_trace_without_a_partner(tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(trace(ORDER)))
    after.write_text(json.dumps([trace(ORDER), trace(REFUND)]))

    lines = CliRunner().invoke(main, ["diff", str(before), str(after)]).output.splitlines()

    assert lines[0] == "before: 1 trace, 2 spans; after: 2 traces, 3 spans"
    assert lines[2] == "⊖  before → after  different  1 span is new"
    assert [line for line in lines if line.startswith("+ 1 of 1 span  span refund")]
    assert lines[-2] == "accept one: ot2otel accept VERDICT.json span --span refund --reason '...'"


def test_diff_tells_what_it_could_not_read(tmp_path: Path) -> None:
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    before.write_text(lines(encode_json(ORDER)))
    after.write_text(lines(encode_json(ORDER)) + '{"resourceSp')

    printed = CliRunner().invoke(main, ["diff", str(before), str(after)])

    assert printed.exit_code == 0
    assert printed.output.splitlines()[1].startswith("  after: line 2 is cut: ")


def test_unknown_keys_are_told_before_the_verdict(tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(encode_json(ORDER)))
    after.write_text(json.dumps(encode_json(ORDER) | {"\x1b[31mred": 1}))

    printed = CliRunner().invoke(main, ["diff", str(before), str(after)])

    assert printed.output.splitlines()[1] == "  after: unknown, and not read: document.\\x1b[31mred (1)"


@pytest.mark.parametrize("side", ["before", "after"])
def test_one_side_may_be_standard_input(side: str, tmp_path: Path) -> None:
    file = tmp_path / "traces.json"
    file.write_text(json.dumps(encode_json(ORDER)))
    arguments = {"before": ["-", str(file)], "after": [str(file), "-"]}[side]

    printed = CliRunner().invoke(main, ["diff", *arguments], input=gzip.compress(file.read_bytes()))

    assert printed.exit_code == 0
    assert "identical" in printed.output


@pytest.mark.parametrize(
    "arguments", [["-", "-"], ["-", "FILE", "--noise", "FILE"], ["FILE", "-", "--noise", "-"]], ids=" ".join
)
def test_standard_input_is_not_read_twice(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "traces.json"
    file.write_text(json.dumps(encode_json(ORDER)))
    files = [argument.replace("FILE", str(file)) for argument in arguments]

    printed = CliRunner().invoke(main, ["diff", *files], input="{}")

    assert printed.exit_code == 2
    assert printed.output.splitlines()[-1] == "Error: Standard input, `-`, can be read once only."


def test_diff_compares_the_answers_that_come_after_the_spans(tmp_path: Path) -> None:
    files = [tmp_path / "before.jsonl", tmp_path / "after.jsonl"]
    for path, status in zip(files, (200, 500), strict=True):
        answer = {"answer": {"request": "GET /", "status": status, "body": ""}}
        path.write_text(lines(recording_file.encode(Recording(ORDER, flow="shop")), answer))

    printed = CliRunner().invoke(main, ["diff", *map(str, files)])

    assert "≠ 1 of 1 answers  GET /: 200 → 500" in printed.output


def test_nothing_to_compare_is_no_answer(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty.json", tmp_path / "full.json"
    empty.write_text(json.dumps(encode_json(())))
    full.write_text(json.dumps(encode_json(ORDER)))

    printed = CliRunner().invoke(main, ["diff", str(full), str(empty)])

    assert printed.exit_code == 2
    assert printed.output == "Error: The after has no span: there is nothing to compare.\n"


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("200", 120), ("50", 50)])
def test_the_report_is_as_wide_as_the_terminal_and_at_most_120_columns(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)

    printed = CliRunner().invoke(main, ["diff", *GOLDEN])

    widest = max(map(len, printed.output.splitlines()))
    assert width - 15 < widest <= width


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        pytest.param({}, False, id="a pipe"),
        pytest.param({"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="forced, but not wanted"),
    ],
)
def test_colours_follow_the_environment(variables: dict[str, str], coloured: bool) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}

    printed = subprocess.run(
        [sys.executable, "-m", "ot2otel", "diff", *GOLDEN],
        capture_output=True,
        text=True,
        env={**environment, "TERM": "xterm", **variables},
        timeout=60,
    )

    assert ("\x1b[1;31m" in printed.stdout) is coloured
    assert "▼  legacy → shim/otlp  degraded" in COLOUR.sub("", printed.stdout)


def test_a_terminal_without_the_signs_gets_ascii() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "ot2otel", "diff", *GOLDEN],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        timeout=60,
    )

    assert b"v   legacy -> shim/otlp  degraded" in printed.stdout
    assert printed.stdout.isascii()
