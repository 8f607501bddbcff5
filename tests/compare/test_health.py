from __future__ import annotations

from dataclasses import replace

import pytest

from ot2otel.compare.facts import FAR_OUTSIDE, FAR_OUTSIDE_NS
from ot2otel.compare.forms import Forms
from ot2otel.compare.health import Note, health
from ot2otel.model import Event, Kind, Span
from tests.support.judging import SPAN, START_NS
from tests.support.trees import branch, forest


def names(*spans: Span) -> dict[str, int]:
    return {note.name: note.count for note in health(Forms().side(spans))}


def test_a_healthy_recording_has_no_note() -> None:
    assert names(*forest(branch("root", branch("leaf")))) == {}


ORPHAN = replace(SPAN, parent_id="9" * 16)
TURN = [replace(SPAN, span_id=own * 16, parent_id=above * 16) for own, above in ("12", "21")]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        pytest.param([], {"empty": 1}, id="nothing"),
        pytest.param([ORPHAN, replace(ORPHAN, span_id="2" * 16)], {"orphans": 2}, id="orphans"),
        pytest.param([SPAN, SPAN, SPAN], {"duplicate ids": 2}, id="duplicate ids"),
        pytest.param([replace(SPAN, end_ns=START_NS - 9)], {"negative durations": 1}, id="backwards"),
        pytest.param([replace(SPAN, events=(Event("e"),))], {"events outside": 1}, id="an event outside"),
        pytest.param(
            [
                replace(SPAN, events=(Event("e", START_NS - FAR_OUTSIDE_NS),)),
                replace(SPAN, span_id="2" * 16, events=(Event("e", SPAN.end_ns + FAR_OUTSIDE_NS),)),
                replace(SPAN, span_id="3" * 16, events=(Event(FAR_OUTSIDE, START_NS, {"k": FAR_OUTSIDE}),)),
            ],
            {},
            id="events just not outside, and one that is called so",
        ),
        pytest.param(
            [replace(SPAN, attributes={"http.method": "GET", "http.request.method": "GET"})],
            {"two generations": 1},
            id="two generations of one convention",
        ),
        pytest.param(
            forest(branch("a", branch("b", kind=Kind.SERVER), kind=Kind.SERVER)),
            {"double SERVER spans": 1},
            id="two SERVER spans for one request",
        ),
        pytest.param(
            forest(branch("a", branch("b", service="unknown_service"))),
            {"unknown service": 1},
            id="an unnamed service beside a named one",
        ),
    ],
)
def test_trouble_in_one_recording_is_counted(spans: list[Span], found: dict[str, int]) -> None:
    assert names(*spans) == found


def test_spans_that_descend_from_themselves_are_counted() -> None:
    assert names(*TURN)["cycles"] == 1


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param(
            forest(branch("a", branch("b", kind=Kind.SERVER, service="two"), kind=Kind.SERVER)),
            id="SERVER spans of two services",
        ),
        pytest.param(forest(branch("a", service="unknown_service")), id="all of an unnamed service"),
        pytest.param([replace(SPAN, end_ns=START_NS)], id="no duration"),
    ],
)
def test_what_may_be_so_is_no_trouble(spans: list[Span]) -> None:
    assert names(*spans) == {}


def test_unread_input_is_told() -> None:
    side = Forms().side([SPAN])

    assert health(side, ["line 3 is no JSON"]) == (Note("unread input", 1, "line 3 is no JSON"),)


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        pytest.param([], "there is no span in it", id="nothing"),
        pytest.param(
            [ORPHAN, replace(ORPHAN, span_id="2" * 16)],
            "2 spans name a parent that is not in the recording",
            id="two orphans",
        ),
        pytest.param([SPAN, SPAN], "1 span has the ids of another span", id="a duplicate"),
        pytest.param([ORPHAN], "1 span names a parent that is not in the recording", id="orphans"),
        pytest.param([SPAN, SPAN, SPAN], "2 spans have the ids of another span", id="duplicate ids"),
        pytest.param(TURN, "1 span descends from itself", id="cycles"),
        pytest.param([replace(SPAN, end_ns=START_NS - 9)], "1 span ends before it starts", id="backwards"),
        pytest.param(
            [replace(SPAN, events=(Event("e"),))],
            "1 span has events far outside its own time",
            id="an event",
        ),
    ],
)
def test_trouble_is_told_in_a_sentence(spans: list[Span], sentence: str) -> None:
    assert sentence in [note.sentence for note in health(Forms().side(spans))]
