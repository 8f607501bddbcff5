"""The README's picture marks the losses of the verdict, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from docs.makers import hero_svg
from docs.makers.blocks import recording
from docs.makers.hero import Hero, became, in_words, losses
from ot2otel.compare.facts import KIND, STATUS
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from tests.support.runs import ROOT

BEFORE = recording("hello-legacy-jaeger")
SHIM = recording("hello-shim-otlp")
NATIVE = recording("hello-native-otlp")
AFTERS = {
    name: recording(name)
    for name in ("hello-shim-otlp", "hello-shim-jaeger", "hello-native-otlp", "hello-native-jaeger")
}
# The trace of the one that server-2 refuses; no other loses as much on the shim.
SHOWN = sorted(
    {span.trace_id: span for span in reversed(BEFORE.spans)}.values(), key=lambda span: span.start_ns
)[1].trace_id


def without_span(one: Recording, name: str) -> Recording:
    """Leave out the second span of that name."""
    second = [span for span in one.spans if span.name == name][1]
    return replace(one, spans=tuple(span for span in one.spans if span is not second))


def without_attribute(one: Recording, key: str) -> Recording:
    def cut(span: Span) -> Span:
        return replace(
            span, attributes={name: value for name, value in span.attributes.items() if name != key}
        )

    return replace(one, spans=tuple(map(cut, one.spans)))


PLANTED = {
    **AFTERS,
    "a span is missing": without_span(SHIM, "server-2"),
    "a span is missing natively": without_span(NATIVE, "server-2"),
    "an attribute is missing": without_attribute(NATIVE, "hello.name"),
    "an answer is another": replace(
        NATIVE, answers=(NATIVE.answers[0], NATIVE.answers[0], NATIVE.answers[2])
    ),
}


def drawn(*afters: Recording) -> ElementTree.Element:
    return ElementTree.fromstring(hero_svg.draw(became(BEFORE, afters)))


def of_class(picture: ElementTree.Element, role: str) -> list[ElementTree.Element]:
    return [element for element in picture.iter() if role in element.get("class", "").split()]


def text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def struck(picture: ElementTree.Element) -> Counter[tuple[str, ...]]:
    """Return the old and the new values of the pills."""
    runs = [
        [part for part in run if part.tag.endswith("tspan")]
        for run in picture.iter()
        if run.get("font-size") == "14"
    ]
    return Counter(tuple(map(text, parts)) for parts in runs if parts)


def arrived(hero: Hero, number: int = 1) -> dict[str, str]:
    return {
        tally.label: f"{sum(tally.arrived[number])} of {len(tally.arrived[number])}" for tally in hero.tallies
    }


@pytest.mark.parametrize("after", AFTERS.values(), ids=AFTERS)
def test_each_lost_kind_and_status_of_the_trace_is_struck_through(after: Recording) -> None:
    lost = Counter(
        (str(old.name), str(new.name))
        for judged in judge(BEFORE, after).judged
        for settled in judged.settled
        for row in judged.rows
        for place in settled.old
        if settled.grade is Grade.DEGRADED and place in (KIND, STATUS)
        if row.old and row.new and SHOWN in {before for before, _ in row.times.examples}
        for old, new in [(row.old.value(place), row.new.value(place))]
    )

    assert struck(drawn(after)) == lost


@pytest.mark.parametrize("after", PLANTED.values(), ids=PLANTED)
def test_each_loss_of_the_verdict_is_a_hole_or_counted(after: Recording) -> None:
    verdict = judge(BEFORE, after)
    lost = losses(verdict)
    hero = became(BEFORE, [after])
    # The kind and the error of a missing span are lost with it; the verdict does not repeat them.
    gone = [
        row.old
        for judged in verdict.judged
        for row in judged.rows
        for _ in range(row.times.count)
        if row.old is not None and row.new is None
    ]
    repeated = sum((span.kind.name != "UNSPECIFIED") + (span.status.name == "ERROR") for span in gone)

    holes = of_class(drawn(after), "loss-line")

    assert len(holes) + hero.columns[1].others == lost + repeated
    assert hero.columns[1].losses == lost
    assert bool(lost) == (verdict.outcome in (Outcome.DEGRADED, Outcome.DIFFERENT))


def test_nothing_but_a_loss_has_a_loss_colour() -> None:
    picture = drawn(SHIM, NATIVE)
    coloured = {role: of_class(picture, role) for role in hero_svg.LOSS_COLOURS}

    assert {role: len(found) for role, found in coloured.items()} == {
        "loss-ground": 1,  # the shim's column
        "loss-edge": 5,
        "loss-sunk": 1,
        "loss-line": 3 + 8,
        "loss": 5 + 2 + 2 + 2,  # the pills; the open line and its mark; the counts; two lines of consequence
    }
    assert Counter(text(found) for found in coloured["loss"]) == {
        "INTERNAL": 3,
        "UNSET": 2 + 1,
        "": 1,
        "1 of 4": 1,
        "0 of 8": 1,
        "Alerts on status ERROR": 1,
        "see 1 of 4.": 1,
    }


def test_where_nothing_is_lost_nothing_has_a_loss_colour() -> None:
    picture = drawn(NATIVE, BEFORE)

    assert [of_class(picture, role) for role in hero_svg.LOSS_COLOURS] == [[]] * len(hero_svg.LOSS_COLOURS)
    assert [text(each) for each in picture.iter() if text(each) == "Nothing is lost."] == [
        "Nothing is lost."
    ] * 2


def test_colours_are_in_the_table_alone_and_a_loss_shares_none() -> None:
    picture = hero_svg.draw(became(BEFORE, [SHIM, NATIVE]))
    body = picture.partition("</style>")[2]
    usual, lost = (
        {hue for row in table.values() for hue in row[1:]}
        for table in (hero_svg.COLOURS, hero_svg.LOSS_COLOURS)
    )

    assert re.findall(r"#[0-9a-f]{3,6}|fill=|stroke=\"#", body) == []
    assert usual & lost == set()


def test_an_error_that_arrives_is_ink() -> None:
    errors = [each for each in drawn(NATIVE).iter() if text(each) == "ERROR" and each.get("font-size")]

    assert {each.get("class") for each in errors} == {"ink bold"}
    assert len(errors) == 4


def test_a_missing_span_is_gone() -> None:
    hero = became(BEFORE, [without_span(SHIM, "server-2")])

    assert [line.kinds[1].value for line in hero.lines] == ["INTERNAL", "INTERNAL", "gone"]
    assert arrived(hero) == {"spans": "7 of 8", "errors": "1 of 4", "kinds": "0 of 8"}
    assert "SERVER and UNSET struck through for gone" in in_words(hero)


def test_the_error_of_a_missing_span_does_not_arrive() -> None:
    hero = became(BEFORE, [without_span(NATIVE, "server-1_to_server-2")])

    assert arrived(hero) == {"spans": "7 of 8", "errors": "3 of 4", "kinds": "7 of 8"}


def test_a_lost_attribute_is_counted() -> None:
    hero = became(BEFORE, [PLANTED["an attribute is missing"]])

    assert hero.columns[1].others == 3
    assert arrived(hero) == {"errors": "4 of 4", "kinds": "8 of 8"}
    assert "Other losses: 3." in in_words(hero)
    assert "Lost: 3 facts." in {text(each) for each in drawn(PLANTED["an attribute is missing"]).iter()}


def test_the_open_line_has_the_code_and_the_attributes_that_are_left() -> None:
    detail = became(BEFORE, [SHIM, NATIVE]).detail

    assert detail is not None
    assert (detail.line, detail.code) == (1, "set_tag(tags.ERROR, True)")
    assert detail.attributes == ((), ("error = true",), ('error.type = "400"',))


def test_code_that_marks_no_span_as_failed_cannot_be_shown() -> None:
    with pytest.raises(LookupError, match=r"tracing\.py sets no error tag"):
        became(replace(BEFORE, flow="tracing"), [SHIM])


def test_the_same_recordings_are_the_same_picture_in_every_process() -> None:
    program = "from docs.makers import pictures; print(pictures.drawn()['hero.svg'], end='')"
    pictures = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }

    assert pictures == {hero_svg.draw(became(BEFORE, [SHIM, NATIVE]))}
