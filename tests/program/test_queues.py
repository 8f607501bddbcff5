"""The guarantees of the queues of the flow `events`, shown on files and on a real Redis server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ot2otel_flows.queues import Broker, Delivery, FileBroker, open_broker
from tests.support.peers import peer
from tests.support.redis_server import redis_server

BODY = {"id": "1", "reading": "21.5"}
# Seconds; a live worker of these tests needs less.
LEASE = 0.5
WAIT = 5.0

# A worker that prints the id of the message that it took, and never settles it.
TAKE = """
import signal, sys
from ot2otel_flows.queues import open_broker
broker = open_broker(sys.argv[1], lease=float(sys.argv[2]))
[delivery] = broker.receive("q", most=1, wait=5)
broker.begin(delivery)
print(delivery.message_id, flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(params=["files", pytest.param("redis", marks=peer("redis"))])
def queues(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "files":
        return str(tmp_path)
    url: str = request.getfixturevalue("redis_url")
    import redis

    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def open_again(queues: str) -> Iterator[Callable[[float], Broker]]:
    brokers: list[Broker] = []

    def opened(lease: float = 60.0) -> Broker:
        brokers.append(open_broker(queues, lease))
        return brokers[-1]

    yield opened
    for broker in brokers:
        broker.close()


@pytest.fixture
def broker(open_again: Callable[[float], Broker]) -> Broker:
    return open_again(60.0)


def received(broker: Broker, number: int) -> list[Delivery]:
    """Receive so many messages; a broker waits for the first only, and may give fewer at once."""
    found: list[Delivery] = []
    deadline = time.monotonic() + WAIT
    while len(found) < number and time.monotonic() < deadline:
        found += broker.receive("q", most=number - len(found), wait=WAIT)
    return found


def killed_in_the_middle(queues: str) -> str:
    """Let a worker take a message and kill it; return the message's id."""
    worker = subprocess.Popen(
        [sys.executable, "-c", TAKE, queues, str(LEASE)], stdout=subprocess.PIPE, text=True
    )
    with worker:
        taken = worker.stdout.readline().strip() if worker.stdout else ""
        os.kill(worker.pid, signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    return taken


def test_a_killed_workers_message_is_delivered_again_and_its_attempt_is_known(
    queues: str, open_again: Callable[[float], Broker]
) -> None:
    open_again(LEASE).send("q", {"uber-trace-id": "1:2:0:1"}, BODY)
    taken = killed_in_the_middle(queues)

    broker = open_again(LEASE)
    [delivery] = broker.receive("q", most=10, wait=WAIT)
    attempt = broker.begin(delivery)

    assert (delivery.message_id, dict(delivery.metadata), delivery.body) == (
        taken,
        {"uber-trace-id": "1:2:0:1"},
        BODY,
    )
    assert (attempt.number, [number for number, _ in attempt.lost]) == (2, [1])


def test_a_live_workers_message_is_not_delivered_to_another(open_again: Callable[[float], Broker]) -> None:
    one, other = open_again(60.0), open_again(60.0)
    for _ in range(3):
        one.send("q", {}, BODY)

    taken = [*received(one, 2), *received(other, 1)]
    left = [*one.receive("q", most=2, wait=0.05), *other.receive("q", most=2, wait=0.05)]

    assert (len({delivery.message_id for delivery in taken}), left) == (3, [])


def test_a_settled_message_is_gone_even_after_the_lease(
    queues: str, open_again: Callable[[float], Broker]
) -> None:
    broker = open_again(LEASE)
    broker.send("q", {}, BODY)

    [delivery] = broker.receive("q", most=1, wait=WAIT)
    broker.settle(delivery)

    assert open_again(LEASE).receive("q", most=1, wait=2 * LEASE) == []


def test_a_released_message_is_delivered_again_and_its_attempt_is_not_lost(broker: Broker) -> None:
    broker.send("q", {}, BODY)
    attempts = []
    for _ in range(3):
        [delivery] = broker.receive("q", most=1, wait=WAIT)
        attempts.append(broker.begin(delivery))
        broker.release(delivery)

    assert [(attempt.number, attempt.lost) for attempt in attempts] == [(1, ()), (2, ()), (3, ())]


def test_a_buried_message_is_a_dead_letter_and_delivered_no_more(broker: Broker) -> None:
    broker.send("q", {}, BODY)

    [delivery] = broker.receive("q", most=1, wait=WAIT)
    broker.bury(delivery)

    assert (broker.receive("q", most=1, wait=0.05), broker.dead_letters("q")) == ([], 1)


def test_a_queue_delivers_its_messages_in_order_and_no_others(broker: Broker) -> None:
    for number in range(5):
        broker.send("q", {}, {"number": number})

    other = broker.receive("other", most=10, wait=0.05)
    found = received(broker, 3)

    assert (other, [delivery.body for delivery in found]) == ([], [{"number": n} for n in range(3)])


def test_events_are_counted_and_each_state_is_noted_once_in_order(broker: Broker) -> None:
    ids = [broker.new_event(), broker.new_event()]
    for state in ("taken in", "valid", "taken in", "archived"):
        broker.note(ids[0], state)

    assert (ids, list(broker.states("1")), list(broker.states("2"))) == (
        ["1", "2"],
        ["taken in", "valid", "archived"],
        [],
    )


def test_metadata_arrives_with_keys_in_lower_case(broker: Broker) -> None:
    broker.send("q", {"Traceparent": "x"}, BODY)

    [delivery] = broker.receive("q", most=1, wait=WAIT)

    assert dict(delivery.metadata).get("traceparent") == "x"


@peer("redis")
def test_a_worker_goes_on_when_redis_is_back() -> None:
    with redis_server() as url:
        broker = open_broker(url, lease=60)
        assert broker.receive("q", most=1, wait=0.05) == []
    import redis

    with pytest.raises(redis.ConnectionError):
        broker.receive("q", most=1, wait=WAIT)
    with redis_server(urlsplit(url).port or 0):
        broker.send("q", {}, BODY)
        [delivery] = broker.receive("q", most=1, wait=WAIT)
        broker.close()

    assert delivery.body == BODY


@peer("redis")
def test_what_redis_gave_to_a_worker_who_died_before_it_could_note_that_is_delivered(
    redis_url: str,
) -> None:
    import redis

    broker = open_broker(redis_url, LEASE)
    broker.send("abrupt", {"a": "b"}, BODY)
    with redis.Redis.from_url(redis_url) as client:
        assert client.rpop("abrupt")

    # A worker polls with a short wait.
    found: list[Delivery] = []
    deadline = time.monotonic() + WAIT
    while not found and time.monotonic() < deadline:
        found += broker.receive("abrupt", most=1, wait=0.05)
    [delivery] = found
    broker.settle(delivery)
    left = broker.receive("abrupt", most=1, wait=3 * LEASE)
    broker.close()

    assert (dict(delivery.metadata).get("a"), delivery.body, left) == ("b", BODY, [])


@pytest.mark.parametrize(
    ("text", "metadata", "body"),
    [
        pytest.param("no JSON", {}, None, id="no JSON"),
        pytest.param("[" * 100_000, {}, None, id="too deep"),
        pytest.param("7", {}, None, id="a number"),
        pytest.param('{"body": {"id": "1"}}', {}, {"id": "1"}, id="no metadata"),
        pytest.param('{"metadata": [1], "body": 2}', {}, 2, id="a list"),
        pytest.param('{"metadata": {"a": 1, "B": "c"}}', {"b": "c"}, None, id="a number in it"),
    ],
)
def test_a_strangers_message_in_a_file_is_delivered_as_far_as_it_is_readable(
    tmp_path: Path, text: str, metadata: dict[str, str], body: object
) -> None:
    from litequeue import LiteQueue

    stranger = LiteQueue(tmp_path / "q.db")
    stranger.put(text)
    stranger.close()
    broker = FileBroker(str(tmp_path), lease=60)

    [delivery] = broker.receive("q", most=1, wait=WAIT)
    broker.close()

    assert (delivery.metadata, delivery.body) == (metadata, body)


@peer("redis")
def test_what_a_stranger_put_into_redis_is_delivered_as_far_as_it_can_be_read(redis_url: str) -> None:
    from kombu.connection import Connection

    with Connection(redis_url) as connection, connection.SimpleQueue("strange") as stranger:
        stranger.put("no JSON", serializer="raw", headers={"a": 1, "B": "c"})
    broker = open_broker(redis_url, lease=60)

    [delivery] = broker.receive("strange", most=1, wait=WAIT)
    broker.close()

    assert dict(delivery.metadata).get("b") == "c"
    assert not isinstance(delivery.body, dict)
