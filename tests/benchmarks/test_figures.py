from __future__ import annotations

import pytest

from benchmarks import figures
from ot2otel.lab.overhead.report.json import document, read_document

REPORT = figures.read("report")
QUICK = [run["quick"] for name in ("repeats", "busy") for run in figures.read(name)["runs"]]


@pytest.mark.parametrize("saved", [REPORT, *QUICK], ids=["report", *map(str, range(len(QUICK)))])
def test_a_saved_document_is_read_and_written_again_with_the_same_figures(saved: figures.Json) -> None:
    again = document(read_document(saved))

    # The file of the report run also has the circumstances of the measurement.
    assert again == {key: saved[key] for key in saved if key not in ("load_at_start", "seconds")}
