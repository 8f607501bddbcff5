"""The examples of docs/testing.md do what it says, at each step of a migration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.runs import ROOT
from tests.support.suites import Suite, failures

EXAMPLES = ROOT / "docs" / "testing"
NAMES = ("greeting", "users", "prices")
NEEDS = {"users": ("flask_opentracing", "opentelemetry.instrumentation.flask")}


@pytest.fixture
def example(suite: Suite, monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> Suite:
    """Return a function that runs the test of an example at a step."""
    for module in NEEDS["users"]:
        pytest.importorskip(module)
    shutil.copytree(EXAMPLES, pytester.path, dirs_exist_ok=True)

    def run(step: str, *options: str) -> pytest.RunResult:
        monkeypatch.setenv("STEP", step)
        return suite("", *options)

    return run


def test_the_snapshots_were_taken_on_opentracing_and_each_test_passes_there(example: Suite) -> None:
    example("legacy").assert_outcomes(passed=len(NAMES))

    shutil.rmtree("__traces__")
    example("legacy", "--trace-snapshots=update").assert_outcomes(passed=len(NAMES))
    taken = sorted(Path("__traces__").rglob("*.json"))
    assert [path.read_text(encoding="utf-8") for path in taken] == [
        (EXAMPLES / path).read_text(encoding="utf-8") for path in taken
    ]


def test_on_the_shim_each_loss_is_named_by_the_test_that_fails(example: Suite) -> None:
    result = example("shim")

    result.assert_outcomes(failed=len(NAMES))
    assert failures(result) == (EXAMPLES / "shim.txt").read_text(encoding="utf-8").splitlines()


def test_natively_all_pass(example: Suite) -> None:
    example("native").assert_outcomes(passed=len(NAMES))
