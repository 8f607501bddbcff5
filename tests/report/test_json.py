from __future__ import annotations

import json

from ot2otel.compare.diff import Changed, Extra, Missing, Moved
from ot2otel.compare.rules import Effect, Rule
from ot2otel.compare.verdict import AnswerChanged, Explained, Unexplained, Verdict
from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file import encode
from ot2otel.report.json import document, verdict_entry

SPAN = Span("1" * 32, "1" * 16, "op")
LEGACY = Recording((SPAN,), "hello", "legacy", "jaeger")
NATIVE = Recording((SPAN,), "hello", "native", "otlp")
RULE = Rule("renamed", Effect.TRANSLATED, "old is new", "https://source")
OLD, NEW = Changed("op", "attributes.old", "1", None), Changed("op", "attributes.new", None, "2")
SHAPED = Changed("op", "attributes.new", "1", "2")


def test_a_document_has_the_recordings_by_their_labels_and_a_verdict_for_each_pair() -> None:
    judged = Verdict(LEGACY, NATIVE, (), (), ())

    assert document("hello", [LEGACY, NATIVE], [judged], 1.23456) == {
        "flow": "hello",
        "recordings": {"legacy/jaeger": encode(LEGACY), "native/otlp": encode(NATIVE)},
        "verdicts": [
            {
                "before": "legacy",
                "after": "native",
                "exporter": "otlp",
                "verdict": "identical",
                "explained": [],
                "unexplained": [],
                "traces": [],
            }
        ],
        "seconds": 1.235,
    }


def test_recordings_of_one_label_are_numbered() -> None:
    stranger = Recording((SPAN,))

    recordings = document("", [stranger, stranger, NATIVE], [], 0)["recordings"]

    assert list(recordings) == ["spans", "spans[2]", "native/otlp"]


def test_an_explained_difference_counts_for_its_rule() -> None:
    judged = Verdict(LEGACY, NATIVE, (Explained(RULE, (OLD,)),), (), ())

    assert verdict_entry(judged)["explained"] == [
        {
            "rule": "renamed",
            "effect": "translated",
            "summary": "old is new",
            "source": "https://source",
            "count": 1,
            "differences": [
                {
                    "difference": "changed",
                    "path": "op",
                    "field": "attributes.old",
                    "before": "1",
                    "after": None,
                }
            ],
        }
    ]


def test_each_unexplained_difference_shows_its_origins() -> None:
    left = (
        Unexplained(SHAPED, (OLD, NEW)),
        *(Unexplained(d, ()) for d in (Missing("a"), Extra("b"), Moved("c", "d"))),
    )
    answer = Answer("GET /", 200, "a")
    answers = (AnswerChanged(answer, Answer("GET /", 500, "b")), AnswerChanged(None, answer))

    entries = verdict_entry(Verdict(LEGACY, NATIVE, (), left, answers))["unexplained"]

    changed = {"difference": "changed", "path": "op"}
    first = {"request": "GET /", "status": 200, "body": "a"}
    assert entries == [
        {
            **changed,
            "field": "attributes.new",
            "before": "1",
            "after": "2",
            "origins": [
                {**changed, "field": "attributes.old", "before": "1", "after": None},
                {**changed, "field": "attributes.new", "before": None, "after": "2"},
            ],
        },
        {"difference": "missing", "path": "a", "origins": []},
        {"difference": "extra", "path": "b", "origins": []},
        {"difference": "moved", "path": "c", "to": "d", "origins": []},
        {
            "difference": "answer",
            "path": "GET /",
            "before": first,
            "after": {"request": "GET /", "status": 500, "body": "b"},
        },
        {"difference": "answer", "path": "GET /", "before": None, "after": first},
    ]


def test_a_document_is_json_whatever_the_spans_hold() -> None:
    recording = Recording(
        (Span("1" * 32, "1" * 16, "\ud800\x9b", attributes={"k": float("nan"), "b": b"\0"}),)
    )

    text = json.dumps(document("", [recording], [], 0), allow_nan=False)

    assert json.loads(text)["recordings"] == {"spans": encode(recording)}
