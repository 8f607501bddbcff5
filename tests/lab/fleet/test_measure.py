"""Every variant calls every other, in real processes; the cells are compared with the golden ones."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel.capture.child_process import ProcessFailedError
from ot2otel.cli import main
from ot2otel.headers.settings import EVERY, SETTINGS, Setting, chosen
from ot2otel.lab.catalog import VARIANTS
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.measure import QUICK, measure
from ot2otel.lab.fleet.report import entry
from ot2otel.lab.service import ServiceProcess
from ot2otel.receive.collector import SpansMissing
from tests.golden import fleet as golden
from tests.support.runs import INSTALLED

LEGACY, COMPOSITE, SHIM = (
    setting
    for label in ("legacy/jaeger", "native/composite", "shim/composite")
    for setting in chosen([label])
)
# Sends the id of another parent, and extracts correctly.
WRONG_PARENT = """
from opentelemetry.propagators.jaeger import JaegerPropagator

class WrongParent(JaegerPropagator):
    def inject(self, carrier, context=None, **more):
        super().inject(carrier, context, **more)
        trace_id, span_id, rest = carrier["uber-trace-id"].split(":", 2)
        carrier["uber-trace-id"] = f"{trace_id}:{int(span_id, 16) ^ 1:016x}:{rest}"
"""


def golden_cells() -> dict[tuple[Setting, Setting], Cell]:
    return {(cell.caller, cell.callee): cell for cell in golden.cells(golden.LANE)}


def test_the_quick_settings_are_each_variants_default_and_the_composites() -> None:
    assert [setting.label for setting in QUICK] == [
        "legacy/jaeger",
        "native/w3c",
        "native/composite",
        "shim/w3c",
        "shim/composite",
    ]


def test_the_quick_fleet_is_as_it_was_measured_in_this_lane() -> None:
    pairs = list(product(QUICK, QUICK))

    cells = measure(pairs)

    known = golden_cells()
    assert cells == tuple(known[pair] for pair in pairs)


@pytest.mark.fleet
@pytest.mark.timeout(300)
def test_the_complete_fleet_is_as_it_was_measured_in_this_lane() -> None:
    assert measure(list(product(SETTINGS, SETTINGS))) == golden.cells(golden.LANE)


@pytest.mark.skipif("auto" not in INSTALLED, reason="ot2otel[instrumentation] is not installed in this lane")
def test_a_service_under_the_agent_keeps_what_native_keeps_but_can_not_read_baggage() -> None:
    [auto] = chosen(["auto/composite"], EVERY)

    there, back = measure([(LEGACY, auto), (auto, LEGACY)])

    known = golden_cells()
    assert there.kept == known[LEGACY, COMPOSITE].kept - {Property.BAGGAGE}
    assert back.kept == known[COMPOSITE, LEGACY].kept


def test_a_broken_propagator_in_one_service_turns_its_cells_only(tmp_path: Path) -> None:
    plant(tmp_path, "wrong_parent", WRONG_PARENT, "WrongParent")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    broken = replace(COMPOSITE, variables={"OTEL_PROPAGATORS": "wrong_parent", "PYTHONPATH": path})
    fleet = (LEGACY, COMPOSITE, SHIM)

    cells = measure([*product((LEGACY, broken, SHIM), fleet)])

    known = [golden_cells()[pair] for pair in product(fleet, fleet)]
    turned = [
        replace(cell, kept=cell.kept - {Property.PARENT}) if cell.caller == COMPOSITE else cell
        for cell in known
    ]
    assert list(cells) == turned


def test_a_service_that_reads_nothing_turns_the_cells_that_call_it_only() -> None:
    deaf = replace(COMPOSITE, variables={"OTEL_PROPAGATORS": "none"})
    fleet = (LEGACY, COMPOSITE)

    cells = measure([*product(fleet, (LEGACY, deaf))])

    known = [golden_cells()[pair] for pair in product(fleet, fleet)]
    assert list(cells) == [
        replace(cell, kept=frozenset()) if cell.callee == COMPOSITE else cell for cell in known
    ]


def test_a_service_that_does_not_come_up_is_named_with_its_log() -> None:
    unknown = replace(COMPOSITE, variables={"OTEL_PROPAGATORS": "pigeon"})

    with pytest.raises(ProcessFailedError) as raised:
        measure([(LEGACY, unknown)])

    first, *log = str(raised.value).splitlines()
    assert first == "native/composite: native's server-2 did not come up. Its last log lines:"
    assert "Propagator pigeon not found" in log[-1]


def test_a_service_that_is_slow_to_end_is_waited_for(tmp_path: Path) -> None:
    slow = slow_to_end(COMPOSITE, tmp_path, seconds=7.0)

    cells = measure([(LEGACY, slow)])

    assert cells == (golden_cells()[LEGACY, COMPOSITE],)


def test_a_service_that_delivered_its_spans_and_does_not_end_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_within(monkeypatch, 3.0)
    hanging = slow_to_end(COMPOSITE, tmp_path, seconds=600.0)

    cells = measure([(LEGACY, hanging)])

    assert cells == (golden_cells()[LEGACY, COMPOSITE],)


def test_services_that_do_not_deliver_their_spans_are_killed_together_and_named(
    monkeypatch: pytest.MonkeyPatch, at_root: None
) -> None:
    slow = replace(VARIANTS["native"], package="tests.support.planted.slow_to_deliver")
    monkeypatch.setitem(VARIANTS, "native", slow)
    end_within(monkeypatch, 1.0)

    with pytest.raises(SpansMissing) as raised:
        measure([(COMPOSITE, COMPOSITE)])

    text = str(raised.value)
    assert text.startswith("native/composite calling native/composite should leave 3 spans, got 0:\n")
    assert (
        "Killed because they did not end in time: native/composite's server-1, native/composite's server-2."
        in text
    )


def end_within(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the services have only so many seconds to end, however long they took to start."""
    monkeypatch.setattr("ot2otel.lab.fleet.measure._END", seconds)
    monkeypatch.setattr("ot2otel.lab.patience._STARTS", 0.1)


@pytest.mark.parametrize("stage", ["sending 6 requests", "stopping the services"])
def test_an_interrupted_run_leaves_no_process_behind(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    class Noted(ServiceProcess):
        def start(self) -> None:
            super().start()
            started.append(self.pid)

    def interrupt(now: str) -> None:
        if now == stage:
            raise KeyboardInterrupt

    monkeypatch.setattr("ot2otel.lab.fleet.measure.ServiceProcess", Noted)

    with pytest.raises(KeyboardInterrupt):
        measure([(LEGACY, COMPOSITE)], interrupt)

    assert len(started) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


def test_the_command_prints_one_document() -> None:
    ran = CliRunner().invoke(
        main, ["fleet", "--from", "legacy/jaeger", "--to", "shim/composite", "--format", "json"]
    )

    printed = json.loads(ran.stdout)
    seconds = printed.pop("seconds")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert printed == {"recommendation": None, "cells": [entry(golden_cells()[LEGACY, SHIM])]}
    assert seconds > 0


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_wrong_name_of_a_setting_is_one_line_and_misuse(option: str) -> None:
    ran = CliRunner().invoke(main, ["fleet", "--quick", option, "native/b3"])

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "Error: 'native/b3' is not a propagation setting. Give a variant, a propagation, or one of "
        "legacy/jaeger, native/w3c, native/composite, shim/w3c, shim/composite.\n"
    )


def test_the_lane_s_versions_are_those_that_were_measured() -> None:
    assert golden.measured_versions(golden.LANE) == golden.versions()


def slow_to_end(setting: Setting, directory: Path, seconds: float) -> Setting:
    """Return the setting for a service whose process stays after the service has ended."""
    (directory / "sitecustomize.py").write_text(
        f"import atexit, time\natexit.register(time.sleep, {seconds})\n"
    )
    path = os.pathsep.join(filter(None, (str(directory), os.environ.get("PYTHONPATH"))))
    return replace(setting, variables={**setting.variables, "PYTHONPATH": path})


def plant(directory: Path, module: str, source: str, propagator: str) -> None:
    """Put a distribution into the directory that offers a propagator, as an installed one would."""
    (directory / f"{module}.py").write_text(source)
    information = directory / f"{module}-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    (information / "entry_points.txt").write_text(
        f"[opentelemetry_propagator]\n{module} = {module}:{propagator}\n"
    )
