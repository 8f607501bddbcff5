"""Annotations of GitHub Actions."""

from __future__ import annotations

import re
from dataclasses import replace

from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.marking import Unmatched
from ot2otel.compare.judgement import Grade
from ot2otel.report.github import MOST, github
from tests.support.endings import ANSWERS, DEGRADED, NEW_SPAN, SOME, TRANSLATED, ending, hostile, many
from tests.support.findings import finding, verdict

COMMAND = re.compile(r"::(error|warning|notice) title=([^:,]*)::(.*)")


def commands(text: str) -> list[tuple[str, str, str]]:
    """Read the commands as GitHub's runner does."""
    found = []
    for line in text.splitlines():
        command = COMMAND.fullmatch(line)
        assert command
        kind, title, message = command.groups()
        title = title.replace("%3A", ":").replace("%2C", ",")
        found.append((kind, *(part.replace("%0A", "\n").replace("%25", "%") for part in (title, message))))
    return found  # type: ignore[return-value]  # three texts each


def test_what_fails_is_an_error_and_another_loss_a_warning() -> None:
    example = f"such as {'a' * 32}"

    assert commands(github(ending(verdict(*SOME, answers=ANSWERS)))) == [
        ("error", "answer", "≠ 1 of 3 answers  GET /a: 200 → 502"),
        ("error", "answer", "≠ 1 of 3 answers  GET /b: 200 → 502"),
        ("error", "gone: attribute url", f"2 of 3 spans of shop: gone, no rule, {example}"),
        ("warning", "degraded: kind SERVER → INTERNAL", f"1 of 1 span of shop: alerts go silent, {example}"),
        (
            "notice",
            "ot2otel: different, 1 accepted",
            "legacy → native/otlp: 2 of 3 answers differ, 1 field is gone, 1 field is lost by a rule",
        ),
    ]


def test_where_nothing_fails_there_is_no_error() -> None:
    found = commands(github(ending(verdict(*SOME, NEW_SPAN, answers=ANSWERS), fail_on=("never",))))

    assert {kind for kind, _, _ in found} == {"warning", "notice"}


def test_grades_can_be_made_errors() -> None:
    found = commands(github(ending(verdict(DEGRADED, TRANSLATED), fail_on=("degraded", "translated"))))

    assert [kind for kind, _, _ in found] == ["error", "error", "notice"]


def test_nothing_differs() -> None:
    assert github(ending(verdict())) == (
        "::notice title=ot2otel%3A identical::legacy → native/otlp: nothing differs but ids and times\n"
    )


def test_an_entry_that_accepts_nothing_is_a_warning() -> None:
    unmatched = Unmatched(2, Entry("why", (Grade.GONE,), ("attributes.a",)))

    found = commands(github(replace(ending(verdict()), accept_file="a.toml", unmatched=(unmatched,))))

    assert found[0] == (
        "warning",
        "ot2otel accept",
        "a.toml: entry 2 (gone attributes.a) accepts nothing",
    )


def test_properties_and_messages_are_escaped() -> None:
    text = github(ending(verdict(finding(Grade.GONE, ("attributes.a:b,c%0A::error::", "1")))))

    assert text.startswith("::error title=gone%3A attribute a%3Ab%2Cc%250A%3A%3Aerror%3A%3A::1 of 1 span")


def test_no_text_from_a_span_is_a_command() -> None:
    text = github(hostile())

    assert len(commands(text)) == len(text.splitlines())
    assert text.replace("\n", "").isprintable()


def test_the_rest_is_counted() -> None:
    found = commands(github(many()))

    errors = [command for command in found if command[0] == "error"]
    assert len(errors) == MOST
    assert errors[-1][2] == "9,991 more: GitHub shows 10 of a type. The report has them all."
