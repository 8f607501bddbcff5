"""Each row of the README's table of planted faults."""

from __future__ import annotations

import json

import pytest

from docs.makers.planted import FAULTS, JAEGER_UI, TEMPO, Planted, by_ot2otel, table
from ot2otel.compare.verdict import Outcome, judge
from tests.support.runs import ROOT

SEEN = {
    "a span": "**different**: `gone span server-2`",
    "its parent": "**different**: `changed parent another span → another span`",
    "kind": "**different**: `changed kind CLIENT → INTERNAL`",
    "status": "**different**: `changed status ERROR → UNSET`",
    "error message": '**different**: `changed status message (absent) → "all is well"`',
    "an attribute's key": "**different**: `gone attribute hello.name`",
    "its value": '**different**: `changed attribute hello.name "Bryan" → "Brian"`',
    "its type": '**different**: `changed http.status_code 400 → http.response.status_code "400"`',
    "an event": "**different**: `gone event answered`",
    "a link": "**different**: `gone link intake: event lifecycle, of this trace`",
    "a resource attribute": "**different**: `gone resource attribute host.name`",
    "tracestate": '**different**: `changed tracestate (absent) → "a=1"`',
}


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: planted.what)
def test_the_fault_alone_is_named(planted: Planted) -> None:
    assert by_ot2otel(planted) == SEEN[planted.what]


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: planted.what)
def test_without_the_fault_nothing_is_lost(planted: Planted) -> None:
    assert judge(planted.before, planted.sound).outcome is Outcome.EQUIVALENT


def test_each_fault_is_in_one_span_or_one_service() -> None:
    changed = {
        planted.what: {
            old.service for old in planted.sound.spans if old not in planted.fault(planted.sound).spans
        }
        for planted in FAULTS
    }

    assert {what: len(services) for what, services in changed.items()} == dict.fromkeys(SEEN, 1)


def test_the_readme_has_the_table() -> None:
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_each_fault_was_measured_in_jaegers_page_and_by_tempo() -> None:
    faults = [planted.what for planted in FAULTS]

    assert list(json.loads(JAEGER_UI.read_text(encoding="utf-8"))["marked"]) == faults
    assert list(json.loads(TEMPO.read_text(encoding="utf-8"))["changes"]) == faults
