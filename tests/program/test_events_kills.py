"""Events through both stages while workers are killed at random: none is lost, every trace is complete."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ot2otel.model import Trace, traces
from ot2otel_flows.queues import Broker, open_broker
from tests.support.events import (
    ARCHIVER,
    FIRST,
    INTAKE,
    LIFECYCLE,
    PROCESSING,
    VALIDATOR,
    Events,
    events,
)
from tests.support.peers import peer
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until

STATES = {VALIDATOR: "valid", ARCHIVER: "archived"}


def reached(broker: Broker, ids: Sequence[str], worker: str, number: int) -> Callable[[], bool]:
    """Return the condition that a worker is done with `number` events."""
    return lambda: sum(STATES[worker] in broker.states(event_id) for event_id in ids) >= number


def is_complete(trace: Trace) -> bool:
    """Tell whether a trace begins with the event, reaches both stages, and has no span without its parent."""
    spans = [node.span for node in trace.walk()]
    stages = {span.service for span in spans if span.name == PROCESSING}
    [first, *others] = trace.roots
    return first.span.name == LIFECYCLE and not others and stages == {VALIDATOR, ARCHIVER}


def survive(flow: Events, broker: Broker, number: int, kills: int, seed: int) -> Counter[str]:
    """Send events, kill a worker `kills` times at random moments of its work, wait until all are archived."""
    chance = random.Random(seed)
    flow.start(INTAKE)
    ids = [flow.send() for _ in range(number)]
    flow.start(VALIDATOR, ARCHIVER, work=0.1)
    for kill in range(kills):
        victim = chance.choice([VALIDATOR, ARCHIVER])
        wait_until(reached(broker, ids, victim, kill * number // (kills + 2)), timeout=60)
        time.sleep(chance.uniform(0, 0.1))  # so that the kill comes at any point of an event
        flow.kill(victim)
        flow.start(victim, work=0.1)
    wait_until(reached(broker, ids, ARCHIVER, number), timeout=120)
    flow.collector.wait_for(
        lambda spans: sum(is_complete(trace) for trace in traces(spans)) >= number,
        20,
        f"{number} complete traces",
    )
    found = traces(flow.collector.spans)
    return Counter(
        {
            "events": number,
            "traces": len(found),
            "complete": sum(is_complete(trace) for trace in found),
            "spans": len(flow.collector.spans),
            "lost attempts": sum(
                event.name == "worker lost" for span in flow.collector.spans for event in span.events
            ),
        }
    )


@pytest.fixture(params=["files", pytest.param("redis", marks=peer("redis"))])
def queues(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "files":
        yield str(tmp_path)
    else:
        with redis_server() as url:
            yield url


@contextmanager
def under_watch(run: tuple[str, str], queues: str) -> Iterator[tuple[Events, Broker]]:
    broker = open_broker(queues, lease=60)
    with events(run, queues, "--lease", "1") as flow:
        yield flow, broker
    broker.close()


@pytest.mark.parametrize("run", FIRST, ids="/".join)
def test_a_hundred_events_survive_three_kills(run: tuple[str, str], tmp_path: Path) -> None:
    with under_watch(run, str(tmp_path)) as (flow, broker):
        counts = survive(flow, broker, number=100, kills=3, seed=7)

    assert (counts["traces"], counts["complete"]) == (100, 100)
    assert counts["lost attempts"] >= 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("run", FIRST, ids="/".join)
def test_a_thousand_events_survive_twenty_kills(run: tuple[str, str], queues: str) -> None:
    with under_watch(run, queues) as (flow, broker):
        counts = survive(flow, broker, number=1_000, kills=20, seed=1)

    print(*run, queues, dict(counts))
    assert (counts["traces"], counts["complete"]) == (1_000, 1_000)
