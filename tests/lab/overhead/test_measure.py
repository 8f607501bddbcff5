"""Real processes are measured here; the tests do not look at durations."""

from __future__ import annotations

import sys
from importlib import metadata

import pytest
from click.testing import CliRunner

from ot2otel import cli
from ot2otel.lab.overhead import child, estimate, in_process, measure, two_process
from ot2otel.lab.overhead.ladder import BASELINE, LADDER, UNDER_AGENT, Level, Rung
from ot2otel.lab.overhead.result import Overhead
from tests.support.overheads import overhead
from tests.support.runs import RUNS

RUNGS = [rung for rung in LADDER if not measure.missing(rung)]


def test_every_rung_answers_and_delivers_its_spans() -> None:
    requests = in_process.WARM_UP + in_process.BLOCK

    sample = in_process.measure(RUNGS, rounds=1)

    assert {name: (len(taken.wall), taken.sent, taken.arrived) for name, taken in sample.rungs.items()} == {
        rung.name: (1, *(2 * [requests * 3 if rung.level is Level.REAL else 0])) for rung in RUNGS
    }


def test_pairs_of_servers_deliver_their_spans_in_the_block_that_made_them() -> None:
    rungs = [rung for rung in RUNGS if rung.quick]
    requests = two_process.WARM_UP + two_process.BLOCK

    sample = two_process.measure(rungs, rounds=1)

    assert {name: (len(taken.cpu), taken.sent, taken.arrived) for name, taken in sample.rungs.items()} == {
        rung.name: (1, *(2 * [requests * 3 if rung.level is Level.REAL else 0])) for rung in rungs
    }


@pytest.mark.parametrize("rung", UNDER_AGENT, ids=lambda rung: rung.name)
def test_a_pair_under_the_agent_delivers_its_spans_too(rung: Rung) -> None:
    if reason := measure.missing(rung):
        pytest.skip(reason)
    requests = two_process.WARM_UP + two_process.BLOCK

    sample = two_process.measure([rung], rounds=1)

    taken = sample.rungs[rung.name]
    assert (len(taken.cpu), taken.sent, taken.arrived) == (1, requests * 3, requests * 3)


def test_the_agent_is_measured_between_two_processes_alone() -> None:
    quick, report = (
        [rung.label for rung in plan.two_process_rungs] for plan in (measure.QUICK, measure.REPORT)
    )

    assert [label for label in quick if label.startswith("auto")] == ["auto, exported over otlp"]
    assert [label for label in report if label.startswith("auto")] == [
        "auto, exported over otlp",
        "auto, exported over otlp-grpc",
    ]
    assert "auto" not in {rung.variant for rung in measure.REPORT.in_process_rungs}


def test_a_footprint_is_of_a_process_that_did_nothing_else() -> None:
    footprint = in_process.footprint(BASELINE)

    assert footprint.import_ms > 0
    assert footprint.peak_memory_mib is None or 10 < footprint.peak_memory_mib < 200


def test_an_exporter_that_does_not_import_is_left_out_with_the_reason() -> None:
    reason = measure.missing(Rung("native", Level.REAL, "jaeger"))

    assert (reason == "") is (("native", "jaeger") in RUNS)
    assert not reason or "native can't export with jaeger here" in reason


def test_instrumentation_that_is_not_installed_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)

    assert measure.missing(Rung("instrumented", Level.HOOKS)) == (
        "opentelemetry-instrumentation-flask is not installed: pip install 'ot2otel[instrumentation]'"
    )


def test_a_process_that_fails_is_reported_with_its_last_lines() -> None:
    with pytest.raises(child.ChildFailedError, match=r"programs\.worker failed.*\n(.*\n)*KeyError: 'rungs'"):
        child.ask("ot2otel.lab.overhead.programs.worker", {})


@pytest.mark.parametrize(
    ("output", "lacking", "named"),
    [("text", "scipy.stats", "Measuring needs scipy"), ("html", "matplotlib", "The page needs matplotlib")],
)
def test_what_is_not_installed_is_named_before_anything_is_measured(
    output: str, lacking: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimate._student_quantile.cache_clear()
    monkeypatch.setitem(sys.modules, lacking, None)
    for loaded in ("html", "plots"):
        monkeypatch.delitem(sys.modules, f"ot2otel.lab.overhead.report.{loaded}", raising=False)
    monkeypatch.delattr("ot2otel.lab.overhead.report.html", raising=False)
    monkeypatch.setattr(in_process, "measure", None)

    result = CliRunner().invoke(cli.main, ["overhead", "--format", output])

    assert result.exit_code == 2
    assert f"{named}" in result.output
    assert "pip install 'ot2otel[bench]'" in result.output


@pytest.mark.parametrize(("again", "exit_code"), [(0.2, 0), (9.0, 1)], ids=["believed", "withheld"])
def test_the_exit_code_says_whether_the_figures_may_be_believed(
    again: float, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(plan: measure.Plan, progress: measure.Progress) -> Overhead:
        return overhead(again)

    monkeypatch.setattr(measure, "measure", measured)

    result = CliRunner().invoke(cli.main, ["overhead", "--format", "json"])

    assert result.exit_code == exit_code
    assert (f'"believable": {str(exit_code == 0).lower()}' in result.stdout) is True
    assert ("the untraced program differs from itself" in result.stderr) is (exit_code == 1)
