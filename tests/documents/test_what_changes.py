"""docs/what-changes.md: its tables have every library, and every field that does not stay."""

from __future__ import annotations

import re

import pytest

from ot2otel.recording import Recording
from tests.golden.record_libraries import EXCHANGES, SCENARIOS, pairs
from tests.support.runs import ROOT

DOCUMENT = (ROOT / "docs" / "what-changes.md").read_text(encoding="utf-8")
SECTIONS = {
    found[1]: section
    for section in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)
    if (found := re.search(r'what_changes\.library\("(\w+)"\)', section))
}
# jaeger-client's own, which it writes beside the integration.
OF_THE_TRACER = {"sampler.type", "sampler.param"}


def rows(section: str) -> dict[str, list[str]]:
    """Return the cells of a table by the fields of their row."""
    lines = re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.MULTILINE)
    return {field: cells.split(" | ") for fields, cells in lines for field in fields.split(", ")}


def said(recording: Recording) -> dict[str, object]:
    """Return the facts of the root, with the documented ports."""
    span = recording.normalized_spans()[0]
    return {**span.attributes, "name": span.name, "kind": span.kind, "status.code": span.status.code}


def test_every_library_that_is_recorded_has_a_section() -> None:
    assert SECTIONS.keys() == EXCHANGES.keys()


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_not_in_a_table_stays_in_every_step(library: str) -> None:
    first, *later = EXCHANGES[library].runs
    table = rows(SECTIONS[library])

    moved = {
        field
        for scenario in SCENARIOS
        for run in later
        for old, new in pairs(library, scenario, first, run)
        for field, value in said(old).items()
        if said(new).get(field) != value
    }
    assert moved - table.keys() - OF_THE_TRACER == set()


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_said_to_stay_does(library: str) -> None:
    first, *later = EXCHANGES[library].runs

    wrong = {
        (run, field)
        for field, cells in rows(SECTIONS[library]).items()
        for run, cell in zip(later, cells, strict=True)
        if cell == "stays"
        for scenario in SCENARIOS
        for old, new in pairs(library, scenario, first, run)
        if field in said(old) and said(new).get(field) != said(old)[field]
    }
    assert wrong == set()
