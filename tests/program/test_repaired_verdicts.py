"""The verdicts on the repaired shim, from committed recordings."""

from __future__ import annotations

from functools import cache

import pytest
from click.testing import CliRunner

from ot2otel import cli, recording_file
from ot2otel.compare.verdict import Outcome, Verdict, judge
from ot2otel.lab.catalog import BY_HAND, COMPARABLE, INTEGRATIONS, REPAIRED, VARIANTS
from tests.golden import RECORDINGS
from tests.support.repaired import LEFT, losses


@cache
def judged(flow: str, before: str, after: str) -> Verdict:
    old, new = (recording_file.read(RECORDINGS / f"{flow}-{run}.json") for run in (before, after))
    return judge(old, new)


@pytest.mark.parametrize("run", LEFT, ids="-".join)
def test_only_what_the_repair_cannot_bring_back_is_lost(run: tuple[str, str]) -> None:
    flow, exporter = run

    verdict = judged(flow, "legacy-jaeger", f"shim+repair-{exporter}")

    assert (verdict.outcome, losses(verdict)) == LEFT[run]


@pytest.mark.parametrize("run", LEFT, ids="-".join)
def test_every_kind_and_every_error_arrives(run: tuple[str, str]) -> None:
    flow, exporter = run

    ledger = {row.name: row for row in judged(flow, "legacy-jaeger", f"shim+repair-{exporter}").ledger}

    assert [(row.n, row.of) for row in (ledger["kinds"], ledger["errors"])] == [
        (row.of, row.of) for row in (ledger["kinds"], ledger["errors"])
    ]
    assert ledger["kinds"].of > 0


@pytest.mark.parametrize("flow", ["hello", "frontend_backend", "events"])
def test_the_step_from_the_repaired_shim_to_native_code_loses_nothing(flow: str) -> None:
    verdict = judged(flow, "shim+repair-otlp", "native-otlp")

    assert (verdict.outcome, losses(verdict)) == (Outcome.EQUIVALENT, set())


def test_an_option_runs_only_if_it_is_named() -> None:
    assert set(COMPARABLE) == {*VARIANTS, INTEGRATIONS.name, REPAIRED.name}
    assert REPAIRED.name not in {*VARIANTS, *BY_HAND}


def test_compare_names_the_variants_with_options_where_one_is_unknown() -> None:
    refused = CliRunner().invoke(cli.main, ["compare", "--variants", "legacy,shim+repairs"])

    assert refused.exit_code == 2
    assert "'shim+repairs' is not one of legacy, shim, native, auto, shim+repair." in refused.stderr


def test_a_command_that_needs_documented_ports_does_not_know_the_option() -> None:
    refused = CliRunner().invoke(cli.main, ["up", "--variants", "shim+repair"])

    assert refused.exit_code == 2
    assert "'shim+repair' is not one of legacy, shim, native, auto." in refused.stderr
