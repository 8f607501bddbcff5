"""`ot2otel convert` and `ot2otel record --format parquet`: the same spans, in another file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from benchmarks.populations import Values, legacy_traces, native_traces, write_lines
from ot2otel.cli import main
from ot2otel.model import Span
from ot2otel.population.columns import span_of
from ot2otel.population.conversion import convert
from ot2otel.population.parquet import SCHEMA
from ot2otel.recording_file import read
from tests.support.clickhouse_server import EXPORTER
from tests.support.runs import ROOT


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("lines")
    files = directory / "before.jsonl", directory / "after.jsonl"
    for path, traces in zip(files, (legacy_traces, native_traces), strict=True):
        write_lines(traces(400, Values.UNIQUE), path)
    return files


def _verdict(*sources: object) -> dict[str, Any]:  # Any: JSON
    result = _run("population", *sources, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    del found["seconds"], found["before"]["name"], found["after"]["name"]
    return found


def test_converted_files_have_the_verdict_of_their_sources(lines: tuple[Path, Path], tmp_path: Path) -> None:
    converted = [tmp_path / f"{path.stem}.parquet" for path in lines]
    for path, target in zip(lines, converted, strict=True):
        result = _run("convert", path, "-o", target)
        assert (result.exit_code, result.stdout) == (0, ""), result.output
        assert result.stderr.endswith(f"{target.name}: 1,200 spans.\n")

    assert _verdict(*converted) == _verdict(*lines)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in converted}


def test_converted_spans_are_those_of_the_source_but_for_their_flags(
    lines: tuple[Path, Path], tmp_path: Path
) -> None:
    convert(lines[1], tmp_path / "spans.parquet", overwrite=False)

    rows = (
        _asked(f"SELECT * FROM '{tmp_path}/spans.parquet'")
        .to_arrow_table()
        .to_pylist(maps_as_pydicts="strict")
    )
    assert [_known(span_of(row)) for row in rows] == [_known(span) for span in read(lines[1]).spans]


def _asked(statement: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(statement)
    assert found is not None
    return found


def _known(span: Span) -> Span:
    from dataclasses import replace

    return replace(span, flags=0)


def test_the_columns_are_the_exporters_and_two_of_types() -> None:
    assert set(SCHEMA.names) - set(EXPORTER) == {"SpanAttributesTypes", "ResourceAttributesTypes"}
    assert set(EXPORTER) <= set(SCHEMA.names)


def test_standard_input_is_converted(lines: tuple[Path, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ot2otel", "convert", "-", "-o", str(tmp_path / "spans.parquet")]
    with lines[0].open("rb") as source:
        done = subprocess.run(command, stdin=source, capture_output=True, cwd=ROOT, timeout=100, check=False)

    assert done.returncode == 0, done.stderr
    assert _asked(f"SELECT count(*) FROM '{tmp_path}/spans.parquet'").fetchall() == [(1200,)]


_SPAN = '{"traceId":"%032x","spanId":"%016x","name":"a","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}'


def _line(start: int = 1) -> str:
    span = _SPAN % (1, 1, start, start + 1)
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("", "it is empty", id="empty"),
        pytest.param("not spans\n", "can't be read as spans", id="no spans"),
        pytest.param('{"resourceSpans":[]}\n', "has no span", id="no span"),
        pytest.param('{"resourceSpans":[]}\n' + _line()[:40], "has no span (line 2 is cut", id="all but cut"),
        pytest.param(_line(2**63 + 1), "Parquet can't hold span", id="a time beyond 64 bits"),
    ],
)
def test_a_file_that_cant_be_converted_is_told_in_a_line_and_leaves_nothing(
    content: str, words: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "spans.jsonl", tmp_path / "spans.parquet"
    source.write_text(content)
    target.write_text("as before")

    result = _run("convert", source, "-o", target, "--overwrite")

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert target.read_text() == "as before"
    assert len(list(tmp_path.iterdir())) == 2


def test_all_before_a_cut_last_line_is_converted(tmp_path: Path) -> None:
    source, target = tmp_path / "spans.jsonl", tmp_path / "spans.parquet"
    source.write_text(_line() + _line()[:40])

    result = _run("convert", source, "-o", target)

    assert (result.exit_code, result.stdout) == (0, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{source}: line 2 is cut: ")
    assert second == f"{target}: 1 span."
    assert _asked(f"SELECT \"SpanName\" FROM '{target}'").fetchall() == [("a",)]


def test_a_population_of_a_cut_recording_has_all_before_the_cut(
    lines: tuple[Path, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.jsonl"
    cut.write_text(lines[1].read_text() + _line()[:40])

    found = _verdict(lines[0], cut)

    [problem] = [note for note in found["notes"] if note.startswith(f"{cut}: ")]
    assert "is cut" in problem
    assert found["after"]["spans"] == 1200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param([], "exists. Name another file", id="an existing file"),
        pytest.param(["--overwrite"], "", id="overwritten"),
    ],
)
def test_an_existing_file_is_replaced_only_if_asked_for(
    more: Sequence[str], words: str, lines: tuple[Path, Path], tmp_path: Path
) -> None:
    target = tmp_path / "spans.parquet"
    target.write_text("as before")

    result = _run("convert", lines[0], "-o", target, *more)

    assert (result.exit_code, words in result.stderr) == (2 if words else 0, True)
    assert (target.read_bytes()[:4] == b"PAR1") == (not words)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param(
            "file/x.parquet", "file/x.parquet can't be written: Not a directory.", id="below a file"
        ),
        pytest.param(
            "no/x.parquet", "no/x.parquet can't be written: No such file or directory.", id="nowhere"
        ),
        pytest.param(".", ". is a directory: name a file.", id="a directory"),
        pytest.param("pipe", "pipe is no file: name a file.", id="a pipe"),
    ],
)
def test_a_target_that_cannot_be_written_is_told_by_its_name(
    target: str, words: str, lines: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    os.mkfifo("pipe")

    result = _run("convert", lines[0], "-o", target, "--overwrite")

    assert (result.exit_code, result.stderr) == (2, f"Error: {words}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "pipe"]


_PROGRAM = """
import os, urllib.request
urllib.request.urlopen(urllib.request.Request(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces",
    data=%r.encode(), headers={"Content-Type": "application/json"})).read()
"""


def test_a_program_is_recorded_as_parquet(tmp_path: Path) -> None:
    target = tmp_path / "spans.parquet"
    program = [sys.executable, "-c", _PROGRAM % _line(10**18)]
    record = [sys.executable, "-m", "ot2otel", "record", "-o", str(target), "--format", "parquet", "--"]

    done = subprocess.run([*record, *program], capture_output=True, cwd=ROOT, timeout=100, check=False)

    assert done.returncode == 0, done.stderr
    assert b"spans.parquet: 1 span, 1 trace" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["spans.parquet"]
    names = _asked(f"SELECT \"SpanName\" FROM '{target}'").fetchall()
    assert names == [("a",)]


@pytest.mark.parametrize(
    ("output", "words"),
    [pytest.param("-", "name a file", id="standard output"), pytest.param("x", "exists", id="an old file")],
)
def test_parquet_of_a_recording_needs_a_new_file(
    output: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").write_text("as before")

    result = _run("record", "-o", output, "--format", "parquet", "--", "true")

    assert (result.exit_code, words in result.stderr) == (2, True)
    assert Path("x").read_text() == "as before"
