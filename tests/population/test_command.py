"""`ot2otel population`, as its user calls it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from benchmarks.populations import Values, legacy_traces, native_traces
from ot2otel.cli import main
from ot2otel.population import parquet
from ot2otel.recording import Recording
from ot2otel.recording_file import write
from tests.support.weeks import Faults, day


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["population", *map(str, arguments)])


def _json(*arguments: object, codes: Sequence[int] = (0, 1)) -> dict[str, Any]:  # Any: JSON
    result = _run(*arguments, "--format", "json")
    assert result.exit_code in codes, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _spans(traces: Sequence[Sequence[Any]]) -> tuple[Any, ...]:  # Any: spans
    return tuple(span for trace in traces for span in trace)


LEGACY = _spans(list(legacy_traces(400, Values.UNIQUE)))
NATIVE = _spans(list(native_traces(400, Values.UNIQUE)))


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("days")
    day(directory / "before.parquet", 0, 3000)
    day(directory / "after.parquet", 1, 3000, Faults(kindless=True))
    return directory / "before.parquet", directory / "after.parquet"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("migrated")
    parquet.write(LEGACY, directory / "before.parquet")
    parquet.write(NATIVE, directory / "after.parquet")
    return directory / "before.parquet", directory / "after.parquet"


def test_a_migration_is_told_by_its_rules_and_is_no_loss(migrated: tuple[Path, Path]) -> None:
    result = _run(*migrated)

    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 field lost by a rule, 10 fields translated" in " ".join(" ".join(lines).split())
    assert any(line.startswith("→ 1,200 of 1,200 spans  http.method → http.request.method") for line in lines)
    assert len(lines) <= 60


def test_a_lost_kind_is_found_in_all_traces_of_its_operation(days: tuple[Path, Path]) -> None:
    found = _json(*days)

    kinds = [each for each in found["findings"] if each["field"] == "kind"]
    assert found["verdict"] == "different"
    assert [(each["grade"], each["service"]) for each in kinds] == [("changed", "users")]
    [operation] = kinds[0]["operations"]
    assert operation["operation"] == "gateway: GET /users/:id"
    assert kinds[0]["n"] == operation["traces"]


def test_the_page_has_findings_and_a_table_of_shares_and_shifts(
    days: tuple[Path, Path], tmp_path: Path
) -> None:
    plain, with_page = _run(*days), _run(*days, "--html", tmp_path / "page.html")

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert (with_page.exit_code, with_page.stdout) == (plain.exit_code, plain.stdout)
    assert "SERVER → INTERNAL" in page
    table = page.partition("Shares and shifts of the operations")[2].partition("</table>")[0]
    for operation in ("GET /orders", "POST /orders", "POST /batch", "GET /users/:id"):
        assert f'<th scope="row">gateway: {operation}</th>' in table
    assert table.count("% → ") >= 2 * 4  # the shares of traffic and the error rates


def test_a_population_beside_itself_differs_in_nothing(days: tuple[Path, Path]) -> None:
    result = _run(days[0], days[0])

    assert result.exit_code == 0
    assert "nothing differs beyond chance" in " ".join(result.stdout.split())  # a long path folds the line


def test_recordings_a_duckdb_file_and_parquet_say_the_same(
    migrated: tuple[Path, Path], tmp_path: Path
) -> None:
    write(Recording(LEGACY), tmp_path / "before.json")
    with duckdb.connect(str(tmp_path / "after.duckdb")) as database:
        database.execute(f"CREATE TABLE otel_traces AS SELECT * FROM '{migrated[1]}'")

    of_files, of_parquet = (
        _json(tmp_path / "before.json", tmp_path / "after.duckdb"),
        _json(*migrated),
    )

    for each in (of_files, of_parquet):
        del each["seconds"], each["before"]["name"], each["after"]["name"]
    assert of_files == of_parquet


def test_a_key_with_many_values_on_one_side_alone_makes_no_forms(
    days: tuple[Path, Path], tmp_path: Path
) -> None:
    """A sample of the first day has 16 values of item.id or fewer, one of the third has more."""
    day(tmp_path / "third.parquet", 2, 3000)

    found = _json(days[0], tmp_path / "third.parquet")

    assert (found["verdict"], found["forms"]) == ("equivalent", [])
    assert max(found[side]["forms"] for side in ("before", "after")) < 50


def test_too_few_traces_are_no_answer(tmp_path: Path) -> None:
    [[span, *_]] = list(native_traces(1, Values.UNIQUE))
    other = replace(span, name="pay", resource={"service.name": "shop"})
    parquet.write(LEGACY[:60], tmp_path / "before.parquet")
    parquet.write([other], tmp_path / "after.parquet")

    result = _run(tmp_path / "before.parquet", tmp_path / "after.parquet")

    assert result.exit_code == 2
    text = " ".join(result.stdout.split())
    assert "too little traffic to tell; `ot2otel diff` compares single traces" in text
    assert "after: 1 trace, 1 span, 1 form," in text
    assert result.stdout.endswith("exit 2.\n")


def test_few_traces_of_the_same_forms_are_an_answer(tmp_path: Path) -> None:
    trace = list(native_traces(1, Values.UNIQUE))
    for name in ("before", "after"):
        parquet.write(_spans(trace), tmp_path / f"{name}.parquet")

    result = _run(tmp_path / "before.parquet", tmp_path / "after.parquet")

    assert (result.exit_code, "nothing differs" in " ".join(result.stdout.split())) == (0, True)


def test_one_source_is_cut_by_a_time(days: tuple[Path, Path]) -> None:
    found = _json(days[0], "--split", "2026-11-19T12:00:00Z")

    assert found["before"]["traces"] + found["after"]["traces"] == 3000
    assert found["before"]["last"] < found["after"]["first"] + 3600


def test_one_source_is_cut_by_an_attribute(tmp_path: Path) -> None:
    spans = []
    for number, trace in enumerate(native_traces(400, Values.UNIQUE)):
        for span in trace:
            version = {"service.version": "1" if number % 2 else "2"} if number < 360 else {}
            spans.append(_with_resource(span, version))
    parquet.write(spans, tmp_path / "spans.parquet")

    found = _json(tmp_path / "spans.parquet", "--split", "service.version=1,2", codes=[2])

    assert found["verdict"] == "undecided"
    assert (found["before"]["traces"], found["after"]["traces"]) == (180, 180)
    assert found["before"]["name"] == "service.version=1"
    assert found["notes"] == [
        "service.version tells the sides apart, and is not compared.",
        "40 traces have neither value of service.version alone and are left out.",
    ]


@pytest.mark.parametrize("attributes", ["ResourceAttributes", "SpanAttributes"])
def test_the_attribute_that_tells_the_sides_apart_is_no_difference(
    attributes: str, days: tuple[Path, Path], tmp_path: Path
) -> None:
    day(tmp_path / "second.parquet", 2, 3000)
    more = "map_concat({0}, MAP {{'version': '{1}'}}) AS {0}"
    of_version = (
        f"SELECT * REPLACE ({more.format(attributes, version)}) FROM '{path}'"
        for version, path in (("1.8", days[0]), ("1.9", tmp_path / "second.parquet"))
    )
    duckdb.execute(f"COPY ({' UNION ALL '.join(of_version)}) TO '{tmp_path}/both.parquet' (FORMAT parquet)")

    found = _json(tmp_path / "both.parquet", "--split", "version=1.8,1.9")

    assert (found["verdict"], found["forms"]) == ("equivalent", [])
    assert {each["grade"] for each in found["findings"]} == {"noise"}
    assert found["method"]["comparisons"] > 10


def _with_resource(span: Any, more: dict[str, str]) -> Any:  # Any: a span
    from dataclasses import replace

    return replace(span, resource={**span.resource, **more})


def test_the_statements_are_shown(migrated: tuple[Path, Path]) -> None:
    result = _run(*migrated, "--sql")

    assert result.stdout.startswith("-- before: period\nSELECT")
    assert "-- after: traces and their forms, kept as a table\n" in result.stdout


def test_sides_of_other_length_are_refused_unless_asked_for(days: tuple[Path, Path], tmp_path: Path) -> None:
    half = tmp_path / "half.parquet"
    duckdb.execute(
        f"COPY (SELECT * FROM '{days[1]}' WHERE \"Timestamp\" < '2026-11-20 11:00:00') TO '{half}'"
    )

    refused, asked = _run(days[0], half), _run(days[0], half, "--uneven")

    assert refused.exit_code == 2
    assert "not equally long" in refused.stderr
    assert "has 23.9 h" in refused.stderr
    assert asked.exit_code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["{good}"], "Name BEFORE and AFTER", id="one side"),
        pytest.param(["{good}", "{good}", "--split", "x"], "Name BEFORE and AFTER", id="two and a split"),
        pytest.param(["{missing}", "{good}"], "No such file", id="no file"),
        pytest.param(["{good}", "{empty}"], "has no span", id="an empty side"),
        pytest.param(["{good}", "{other}"], "lacks the columns Timestamp, SpanId", id="missing columns"),
        pytest.param(["{good}", "{broken}"], "can't be read", id="broken Parquet"),
        pytest.param(["{good}", "{text}"], "can't be read as spans", id="no spans"),
        pytest.param(["{good}", "{unmapped}"], "not a map", id="attributes that are no map"),
        pytest.param(["{untimed}", "{good}"], "Timestamp is string, not a time", id="times that are texts"),
        pytest.param(["{good}", "{numbered}"], "TraceId is int32, not a text", id="ids that are numbers"),
        pytest.param(["{good}", "{untraced}"], "1,200 of 1,200 spans have no TraceId", id="no ids"),
        pytest.param(["{good}", "{mixed}"], "schema mismatch in glob", id="files of two schemas"),
        pytest.param(["{good}", "--split", "nokey"], "No span has the attribute nokey", id="no key"),
        pytest.param(["{good}", "--split", "2026-99-01"], "is not a time", id="no time"),
        pytest.param(["{good}", "mysql://x/y"], "no known engine", id="another engine"),
        pytest.param(
            ["{good}", "clickhouse://x/y?tabel=z"], "unknown option tabel|not installed", id="option"
        ),
    ],
)
def test_a_source_that_cant_be_compared_is_told_in_a_line(
    arguments: Sequence[str], words: str, migrated: tuple[Path, Path], tmp_path: Path
) -> None:
    names = {name: tmp_path / f"{name}.parquet" for name in ("missing", "empty", "other", "broken", "text")}
    names |= {"good": migrated[0], "unmapped": tmp_path / "unmapped.parquet"}
    parquet.write([], names["empty"])
    duckdb.execute(f"COPY (SELECT '1' AS \"TraceId\") TO '{names['other']}' (FORMAT parquet)")
    duckdb.execute(
        f"COPY (SELECT * REPLACE ('x' AS \"SpanAttributes\") FROM '{names['good']}') "
        f"TO '{names['unmapped']}' (FORMAT parquet)"
    )
    for name, column in (
        ("untimed", '"Timestamp"::VARCHAR AS "Timestamp"'),
        ("numbered", '1 AS "TraceId"'),
        ("untraced", 'NULL::VARCHAR AS "TraceId"'),
    ):
        names[name] = tmp_path / f"{name}.parquet"
        duckdb.execute(
            f"COPY (SELECT * REPLACE ({column}) FROM '{names['good']}') TO '{names[name]}' (FORMAT parquet)"
        )
    names["mixed"] = tmp_path / "mixed"
    names["mixed"].mkdir()
    for number, name in enumerate(("good", "other")):
        (names["mixed"] / f"{number}.parquet").write_bytes(names[name].read_bytes())
    names["broken"].write_bytes(names["good"].read_bytes()[:5000])
    names["text"].write_text("not spans\n")

    result = _run(*(each.format_map(names) for each in arguments))

    assert (result.exit_code, result.stdout) == (2, "")
    assert any(word in result.stderr for word in words.split("|")), result.stderr
    assert len(result.stderr.splitlines()) <= 4


def test_a_name_of_megabytes_is_shown_by_its_beginning(tmp_path: Path) -> None:
    spans = [replace(span, name="x" * 10_000_000) if span is NATIVE[0] else span for span in NATIVE]
    parquet.write(spans, tmp_path / "spans.parquet")

    result = _run(tmp_path / "spans.parquet", tmp_path / "spans.parquet")

    assert result.exit_code == 0, result.output[-1000:]
    assert "characters)" in result.stdout
    assert len(result.stdout) < 20_000


def test_passwords_in_a_url_are_not_shown() -> None:
    pytest.importorskip("clickhouse_connect")

    result = _run("clickhouse://me:s3cret@127.0.0.1:1/x", "clickhouse://me:s3cret@127.0.0.1:1/x")

    assert result.exit_code == 2
    assert "clickhouse://127.0.0.1:1/x does not answer" in result.stderr
    assert "s3cret" not in result.output
