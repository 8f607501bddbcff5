"""The pictures in the documents, and the cost that one of them shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import figures
from docs.makers import blocks, pictures
from ot2otel.lab.overhead.ladder import Shape
from ot2otel.lab.overhead.report.json import document
from ot2otel.lab.overhead.report.plots import forest
from ot2otel.lab.overhead.result import Overhead
from tests.support.overheads import overhead
from tests.support.runs import ROOT

PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    return tmp_path


def save(results: Path, measured: Overhead) -> None:
    found = document(measured) | {"seconds": 600, "load_at_start": 0.1}
    (results / "report.json").write_text(json.dumps(found))


def test_the_committed_pictures_are_what_the_committed_data_draws() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in pictures.DIRECTORY.iterdir()}

    assert pictures.drawn() == committed


def test_every_picture_is_shown_in_a_document_with_a_text() -> None:
    shown = {
        (document.parent / path).resolve(): words
        for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for words, path in PICTURE.findall(document.read_text(encoding="utf-8"))
        if (document.parent / path).resolve().parent == pictures.DIRECTORY
    }

    assert set(shown) == set(pictures.DIRECTORY.iterdir())
    assert all(len(words) > 20 for words in shown.values())


def test_without_figures_the_document_has_the_command_that_measures_them(results: Path) -> None:
    assert blocks.cost() == "Not measured yet: run `python -m benchmarks.evidence report`."
    assert "cost.svg" not in pictures.drawn()


def test_figures_that_were_withheld_are_not_shown(results: Path) -> None:
    save(results, overhead(again=9.0))

    assert blocks.cost() == "Not measured yet: run `python -m benchmarks.evidence report`."
    assert "cost.svg" not in pictures.drawn()


def test_the_cost_has_a_table_for_each_shape_and_says_where_it_was_measured(results: Path) -> None:
    save(results, overhead())

    head = "| variant | rung | exporter | ratio | added us |\n| --- | ---: | ---: | ---: | ---: |"
    assert blocks.cost() == (
        "Both services in one process, no socket between them, beside an untraced request of 264 us, "
        "251 to 402 by process:\n\n"
        "![The time that each rung of the ladder adds to a request.](pictures/cost.svg)\n\n"
        f"{head}\n| untraced | no tracing, measured again |  | 1.600 | 0.2 ± 1.0 |\n"
        "| native | hooks only |  | 1.600 | 51.4 ± 1.3 |\n"
        "| native | recorded, not exported |  | 1.600 | 168.2 ± 3.2 |\n"
        "| native | exported | otlp | 1.600 | 174.0 ± 3.0 |\n\n"
        "Two processes over loopback, beside an untraced request of 1591 us, 1502 to 1733 by process:\n\n"
        f"{head}\n| untraced | no tracing, measured again |  | 1.600 | 4.0 ± 20.0 |\n"
        "| native | exported | otlp | 1.600 | 295.0 ± 25.0 |\n\n"
        "`python -m benchmarks.evidence report`: 600 s on 2 cores (a processor), load 0.1 at the start, "
        "switch interval 5 ms; python 3.11.7."
    )


def test_the_cost_is_drawn_of_the_rungs_in_one_process_as_on_the_page(results: Path) -> None:
    save(results, overhead())

    assert pictures.drawn()["cost.svg"] == forest(overhead(), Shape.IN_PROCESS)
