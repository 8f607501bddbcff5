"""The end of a judgement, as other programs of ours ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ot2otel.acceptance import AcceptFile, Entry, FailOn
from ot2otel.compare.judgement import Grade
from ot2otel.report.ending import ended
from tests.support.endings import DEGRADED, gone
from tests.support.findings import verdict

KIND = Entry("we read the tag", (Grade.DEGRADED,), ("kind",))
URL = Entry("url.full has it", (Grade.GONE,), ("attributes.url",))


def test_without_entries_nothing_is_accepted() -> None:
    found = ended([verdict(DEGRADED), verdict()])

    assert (found.words, found.accepted, found.exit_code, found.warnings) == (
        ("degraded", "identical"),
        0,
        0,
        (),
    )


@pytest.mark.parametrize(
    ("entries", "words", "accepted", "code"),
    [
        ((), "different", 0, 1),
        ((URL,), "degraded, 1 accepted", 1, 1),
        ((URL, KIND), "equivalent, 2 accepted", 2, 0),
    ],
)
def test_the_word_the_number_and_the_exit_code_follow_the_entries(
    entries: tuple[Entry, ...], words: str, accepted: int, code: int
) -> None:
    file = AcceptFile(Path("accept.toml"), entries)

    found = ended([verdict(gone(), DEGRADED)], file, FailOn.of(["degraded"]))

    assert (found.words, found.accepted, found.exit_code) == ((words,), accepted, code)


def test_an_entry_without_a_finding_is_a_warning() -> None:
    found = ended([verdict(gone())], AcceptFile(Path.cwd() / "accept.toml", (KIND,)))

    assert found.warnings == ("accept.toml: entry 1 (degraded kind) accepts nothing",)
