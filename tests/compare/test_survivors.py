"""The list of the mutants that no test kills: each has a reason."""

from __future__ import annotations

from pathlib import Path

TEXT = Path(__file__).with_name("survivors.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    return TEXT.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0].strip()


def test_no_mutant_is_left_without_a_reason() -> None:
    assert between("unnamed") == "None."


def test_each_reason_is_that_of_a_mutant() -> None:
    sections = [section.splitlines() for section in between("reasons").removeprefix("### ").split("\n### ")]

    assert len(sections) > 1
    assert [
        heading for heading, *lines in sections if not any(line.startswith("- `") for line in lines)
    ] == []
