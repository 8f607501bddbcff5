"""Events through both stages while workers are killed at random: every event processed, every trace whole."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ot2otel.model import Trace, traces
from tests.test_events import (
    ARCHIVER,
    FIRST,
    INTAKE,
    LIFECYCLE,
    PROCESSING,
    VALIDATOR,
    Events,
    events,
    wait_until,
)

STATES = {VALIDATOR: "valid", ARCHIVER: "archived"}


def reached(directory: Path, worker: str, number: int) -> Callable[[], bool]:
    """Ask how many events a worker is done with."""

    def ask() -> bool:
        journal = sqlite3.connect(directory / "journal.db")
        [(done,)] = journal.execute(
            "SELECT count(*) FROM states WHERE state = ?", [STATES[worker]]
        ).fetchall()
        journal.close()
        return bool(done >= number)

    return ask


def is_whole(trace: Trace) -> bool:
    """Tell whether a trace begins with the event, reaches both stages, and has no span without its parent."""
    spans = [node.span for node in trace.walk()]
    stages = {span.service for span in spans if span.name == PROCESSING}
    [first, *others] = trace.roots
    return first.span.name == LIFECYCLE and not others and stages == {VALIDATOR, ARCHIVER}


def survive(flow: Events, directory: Path, number: int, kills: int, seed: int) -> Counter[str]:
    """Send events, kill a worker that often at a random moment of its work, wait until all are archived."""
    chance = random.Random(seed)
    flow.start(INTAKE)
    ids = [flow.send() for _ in range(number)]
    flow.start(VALIDATOR, ARCHIVER, work=0.1)
    for kill in range(kills):
        victim = chance.choice([VALIDATOR, ARCHIVER])
        wait_until(reached(directory, victim, kill * number // (kills + 2)), timeout=60)
        time.sleep(chance.uniform(0, 0.1))  # at no particular point of the work on ten events
        flow.kill(victim)
        flow.start(victim, work=0.1)
    wait_until(reached(directory, ARCHIVER, number), timeout=120)
    assert [event_id for event_id in ids if "archived" not in flow.states(event_id)] == []
    flow.collector.wait_for(
        lambda spans: sum(is_whole(trace) for trace in traces(spans)) >= number, 20, f"{number} whole traces"
    )
    found = traces(flow.collector.spans)
    return Counter(
        {
            "events": number,
            "traces": len(found),
            "whole": sum(is_whole(trace) for trace in found),
            "spans": len(flow.collector.spans),
            "lost attempts": sum(
                event.name == "worker lost" for span in flow.collector.spans for event in span.events
            ),
        }
    )


@pytest.mark.parametrize("run", FIRST, ids="/".join)
def test_a_hundred_events_survive_three_kills(run: tuple[str, str], tmp_path: Path) -> None:
    with events(run, tmp_path, "--lease", "1") as flow:
        counts = survive(flow, tmp_path, number=100, kills=3, seed=7)

    assert (counts["traces"], counts["whole"]) == (100, 100)
    assert counts["lost attempts"] >= 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("run", FIRST, ids="/".join)
def test_a_thousand_events_survive_twenty_kills(run: tuple[str, str], tmp_path: Path) -> None:
    with events(run, tmp_path, "--lease", "1") as flow:
        counts = survive(flow, tmp_path, number=1_000, kills=20, seed=1)

    print(run, dict(counts))
    assert (counts["traces"], counts["whole"]) == (1_000, 1_000)
