from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from benchmarks import instructions
from ot2otel.lab.overhead.ladder import Rung

COMMITTED = {"native-hooks": 1000, "native-null": 2000}


def test_a_count_that_moves_by_less_than_two_per_cent_is_let_pass() -> None:
    assert instructions.moved(COMMITTED, {"native-hooks": 1019, "native-null": 1962}) == {}


def test_a_count_that_moves_further_is_named() -> None:
    moved = instructions.moved(COMMITTED, {"native-hooks": 1030, "native-null": 1940})

    assert moved == {"native-hooks": pytest.approx(0.03), "native-null": pytest.approx(-0.03)}


def test_a_rung_that_only_one_table_has_is_named() -> None:
    moved = instructions.moved(COMMITTED, {"native-null": 2000, "shim-null": 1})

    assert moved == {"native-hooks": float("inf"), "shim-null": float("inf")}


def test_without_valgrind_it_skips_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    result = CliRunner().invoke(instructions.main)

    assert (result.exit_code, result.output) == (
        0,
        "Skipped: valgrind and callgrind_control not found. Install the package valgrind.\n",
    )


def test_another_interpreter_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(instructions, "key", lambda rungs: {"python": "another"})

    result = CliRunner().invoke(instructions.main)

    assert result.exit_code == 0
    assert result.output.startswith("Skipped: the committed table has no counts for this interpreter")


def test_a_change_that_costs_more_instructions_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    (entry, *_) = instructions.read_table()

    def dearer(rung: Rung, counted: Rung) -> int:
        added = entry["added"].get(rung.name, 0) if counted == rung else 0
        untraced: float = entry["untraced"]
        return round(untraced + added * 1.05)

    monkeypatch.setattr(instructions, "key", lambda rungs: entry["key"])
    monkeypatch.setattr(instructions, "instructions", dearer)

    result = CliRunner().invoke(instructions.main)

    assert result.exit_code == 1
    assert "Moved by more than 2%: legacy-hooks +5.0%" in result.stdout
