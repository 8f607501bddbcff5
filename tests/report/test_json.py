"""The document for programs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # check-jsonschema brings it, without types
import pytest
from hypothesis import given

from ot2otel import recording_file
from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import LedgerRow, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file import encode
from ot2otel.report.json import document, recordings, verdict_entry
from tests.golden import RECORDINGS
from tests.support.findings import LOST, finding, side, verdict
from tests.support.likely_recordings import likely_pairs
from tests.support.untyped import Json

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "verdict.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
GOLDEN = sorted(path.stem for path in RECORDINGS.glob("*.json"))


def golden(name: str) -> Recording:
    return recording_file.read(RECORDINGS / f"{name}.json")


def test_a_document_has_an_entry_for_each_verdict() -> None:
    judged = verdict(
        ledger=(LedgerRow("spans", 1, 2),), before=side(Recording((), "hello", "legacy", "jaeger"))
    )

    found = document([judged], 1.23456)

    assert found == {
        "version": 2,
        "flow": "hello",
        "verdicts": [verdict_entry(judged)],
        "seconds": 1.235,
    }


def test_a_verdict_has_all_but_its_findings_at_a_glance() -> None:
    judged = verdict(
        ledger=(LedgerRow("spans", 1, 2),),
        before=side(Recording((), "hello", "legacy", "jaeger"), "1 span has no parent", traces=3, spans=8),
    )

    assert verdict_entry(judged) == {
        "verdict": "identical",
        "accepted": 0,
        "sentence": "nothing differs but ids and times",
        "before": {
            "label": "legacy/jaeger",
            "variant": "legacy",
            "exporter": "jaeger",
            "stored_in": "",
            "traces": 3,
            "spans": 8,
            "services": ["shop"],
            "schemas": {},
            "health": [{"name": "odd", "count": 1, "sentence": "1 span has no parent"}],
        },
        "after": {
            "label": "native/otlp",
            "variant": "native",
            "exporter": "otlp",
            "stored_in": "",
            "traces": 1,
            "spans": 1,
            "services": ["shop"],
            "schemas": {},
            "health": [],
        },
        "approximate": False,
        "ledger": {"spans": {"n": 1, "of": 2}},
        "answers": {"compared": False, "before": 0, "after": 0, "same": 0, "changed": []},
        "findings": [],
        "rules": {},
    }


def test_a_finding_names_its_rule_which_is_told_once() -> None:
    found = finding(
        Grade.DEGRADED,
        ("kind", "SERVER"),
        ("kind, attributes.span.kind", 'INTERNAL, "server"'),
        rules=(LOST,),
        n=2,
        of=3,
        expected="1",
        examples=(("a", ""),),
        parts=((), (Part("kind", "INTERNAL"), Part("attributes.span.kind", '"server"'))),
    )

    entry = verdict_entry(verdict(found))

    assert entry["findings"] == [
        {
            "grade": "degraded",
            "service": "shop",
            "spans": ["pay"],
            "more_spans": 0,
            "field": "kind",
            "old": [{"field": "kind", "values": "SERVER"}],
            "new": [
                {"field": "kind", "values": "INTERNAL"},
                {"field": "attributes.span.kind", "values": '"server"'},
            ],
            "n": 2,
            "of": 3,
            "rules": ["lost"],
            "expected": "1",
            "accepted": None,
            "examples": [{"before": "a", "after": None}],
        }
    ]
    assert entry["rules"] == {
        "lost": {
            "effect": "degraded",
            "summary": "it is gone",
            "consequence": "alerts go silent",
            "source": "https://source/of/the/rule",
        }
    }


def test_answers_that_differ_are_shown() -> None:
    answer = Answer("GET /", 200, "a")
    answers = Answers(
        2, 1, 0, (AnswerChanged(answer, None), AnswerChanged(answer, Answer("GET /", 500, "b")))
    )

    found = verdict_entry(verdict(answers=answers))["answers"]

    first = {"request": "GET /", "status": 200, "body": "a"}
    assert found == {
        "compared": True,
        "before": 2,
        "after": 1,
        "same": 0,
        "changed": [
            {"before": first, "after": None},
            {"before": first, "after": {"request": "GET /", "status": 500, "body": "b"}},
        ],
    }


def test_recordings_of_one_label_are_numbered() -> None:
    stranger, native = Recording(()), Recording((), "hello", "native", "otlp")

    found = recordings([stranger, stranger, native])

    assert found == {"spans": encode(stranger), "spans[2]": encode(stranger), "native/otlp": encode(native)}


def test_every_fact_of_each_file_is_in_one_entry() -> None:
    span = Span("1" * 32, "1" * 16, "pay", attributes={"a": 1, "b": "x"})
    other = Span("2" * 32, "2" * 16, "pay", attributes={"a": 2, "c": True})

    entry = verdict_entry(judge(Recording((span,)), Recording((other,))), everything=True)

    by_place = {tuple((each["old"] or each["new"])[0]["place"]): each for each in entry["facts"]}
    assert {place: each["grade"] for place, each in by_place.items()} == {
        ("name",): "kept",
        ("kind",): "kept",
        ("status", "code"): "kept",
        ("time",): "kept",
        ("attributes", "a"): "changed",
        ("attributes", "b"): "gone",
        ("attributes", "c"): "new",
        ("root",): "kept",
        ("trace",): "kept",
    }
    assert by_place["attributes", "a"] == {
        "grade": "changed",
        "service": "",
        "span": "pay",
        "old": [{"place": ["attributes", "a"], "value": "1"}],
        "new": [{"place": ["attributes", "a"], "value": "2"}],
        "rules": [],
        "expected": None,
        "times": 1,
        "examples": [{"before": "1" * 32, "after": "2" * 32}],
    }


def test_the_facts_of_a_flow_are_as_many_as_its_files_have() -> None:
    before, after = golden("hello-legacy-jaeger"), golden("hello-shim-otlp")
    judged = judge(before, after)

    facts = verdict_entry(judged, everything=True)["facts"]

    for key, recording in (("old", before), ("new", after)):
        keys = sum(len(span.attributes) for span in recording.normalized_spans())
        found = sum(each["times"] for each in facts for one in each[key] if one["place"][0] == "attributes")
        assert found == keys


@pytest.mark.parametrize("after", GOLDEN)
def test_every_flow_fits_the_schema(after: str) -> None:
    before = golden(f"{after.partition('-')[0]}-legacy-jaeger")

    found = document([judge(before, golden(after))], 0, everything=True)

    VALIDATOR.validate(_read_again(found))


@given(pair=likely_pairs())
def test_whatever_the_spans_hold_it_is_json_that_fits_the_schema(pair: tuple[Recording, Recording]) -> None:
    found = document([judge(*pair)], 0, everything=True) | {"recordings": recordings(pair)}

    VALIDATOR.validate(_read_again(found))


def _read_again(found: dict[str, Any]) -> Json:  # Any: JSON
    again: Json = json.loads(json.dumps(found, allow_nan=False))
    return again


def test_every_key_of_the_schema_is_documented() -> None:
    text = (DOCS / "json.md").read_text(encoding="utf-8")

    keys = set(SCHEMA["properties"])
    for part in SCHEMA["$defs"].values():
        keys |= set(part.get("properties", ()))
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_a_grade_of_a_finding_is_documented() -> None:
    text = (DOCS / "json.md").read_text(encoding="utf-8")

    assert SCHEMA["$defs"]["grade"]["enum"] == [grade.value for grade in Grade]
    assert {grade.value for grade in Grade if f"`{grade.value}`" not in text} == set()


def test_the_example_in_python_prints_the_losses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = re.findall(
        r"^```python\n(.*?)^```", (DOCS / "json.md").read_text(encoding="utf-8"), re.M | re.S
    )
    for name, recording in (("before", "legacy-jaeger"), ("after", "shim-otlp")):
        shutil.copy(RECORDINGS / f"hello-{recording}.json", tmp_path / f"{name}.jsonl")
    monkeypatch.chdir(tmp_path)

    exec(example, {})

    outcome, *losses = capsys.readouterr().out.splitlines()
    assert outcome == "degraded"
    assert {loss.split()[2] for loss in losses} == {"kind", "status.code"}
