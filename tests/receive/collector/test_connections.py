"""Many connections, slow ones and false ones: a good request is answered, and every loss is counted."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import threading

import pytest
import requests

from ot2otel.receive.collector import Collector, Counts
from ot2otel.receive.collector import http as server
from ot2otel.receive.collector.application import Request, Response
from ot2otel.receive.collector.application import answer as answer_request
from ot2otel.receive.collector.descriptors import room_for_connections
from ot2otel.receive.collector.http import Limits
from ot2otel.receive.collector.store import SpanStore
from tests.golden import packet
from tests.support import hostile
from tests.support.raw_http import HEAD, answer, connection, connections, in_chunks, status, with_length
from tests.support.waiting import wait_until

OTLP = packet("otlp-http-exporter.pb")
GOOD = with_length(len(OTLP), OTLP)
IMPATIENT = Limits(request_seconds=0.2)


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 5000, reason="this process may not open 3000 sockets"
)
def test_500_slow_clients_and_1000_idle_ones_leave_room_for_a_good_request() -> None:
    with Collector() as collector, connections(collector, 1500) as clients:
        for slow in clients[:500]:
            slow.sendall(HEAD)
        for idle in clients[500:]:
            idle.sendall(GOOD)
        idle_statuses = {status(idle) for idle in clients[500:]}
        response = requests.post(
            f"{collector.otlp_endpoint}/v1/traces",
            data=OTLP,
            headers={"Content-Type": "application/x-protobuf"},
            timeout=10,
        )
        counts = collector.counts

    assert (response.status_code, idle_statuses) == (200, {200})
    assert counts == Counts(spans=3003, requests=1001)


def test_the_connection_that_was_idle_for_the_longest_time_makes_room() -> None:
    with Collector(limits=Limits(connections=3)) as collector, connections(collector, 3) as clients:
        for client in (*clients, clients[0]):
            client.sendall(GOOD)
            assert status(client) == 200
        with connection(collector) as another:
            another.sendall(GOOD)
            assert status(another) == 200

        assert answer(clients[1]) == b""

        name = f"Connection from 127.0.0.1:{clients[1].getsockname()[1]}"
        assert collector.counts == Counts(spans=15, requests=5, closed_connections=1)
        assert collector.problems == (f"{name} was closed: 3 are open, and it was idle",)


def test_beyond_the_limit_a_connection_is_refused_while_all_others_have_a_request() -> None:
    with Collector(limits=Limits(connections=2)) as collector, connections(collector, 2) as clients:
        for client in clients:
            client.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 802\r\n\r\n")
            assert status(client) == 100  # so the collector has seen the request
        with connection(collector) as refused:
            refused_with = answer(refused)
            port = refused.getsockname()[1]
        for client in clients:
            client.sendall(OTLP)
            assert status(client) == 200

    assert refused_with.startswith(b"HTTP/1.1 503 ")
    assert collector.counts == Counts(spans=6, requests=2, refused_connections=1)
    assert collector.problems == (f"Connection from 127.0.0.1:{port} was refused: 2 others have a request",)


@pytest.mark.parametrize(
    ("sent", "source"),
    [
        pytest.param(b"P", "Connection from ", id="head"),
        pytest.param(with_length(802, OTLP[:-1]), "POST /v1/traces", id="body"),
        pytest.param(in_chunks([OTLP], b""), "POST /v1/traces", id="chunks"),
    ],
)
def test_a_request_that_is_not_whole_in_time_is_refused(sent: bytes, source: str) -> None:
    with Collector(limits=IMPATIENT) as collector, connection(collector) as client:
        client.sendall(sent)
        answered = answer(client)

        assert answered.startswith(b"HTTP/1.1 408 ")
        assert collector.counts == Counts(requests=1, malformed=1)
        assert collector.problems[0].startswith(source)
        assert collector.problems[0].endswith(": The request was not whole after 0.2 s.")


def test_a_client_that_sends_byte_after_byte_is_refused_as_well() -> None:
    with Collector(limits=IMPATIENT) as collector, connection(collector) as client:
        client.settimeout(0.02)
        received = b""
        for number in range(5000):
            try:
                client.sendall(GOOD[number : number + 1] if number < len(HEAD) else b"")
                received += client.recv(100)
            except TimeoutError:
                continue
            if received:
                break

    assert received.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_does_not_read_its_answers_is_cut() -> None:
    with (
        Collector(limits=IMPATIENT) as collector,
        connection(collector) as client,
        pytest.raises(ConnectionError),
    ):
        _send_for_ever(client)

    assert collector.counts.requests > 0


def _send_for_ever(client: socket.socket) -> None:
    while True:
        client.sendall(GOOD * 100)


@pytest.mark.parametrize("end_seconds", [0, 60])
def test_a_request_that_is_whole_is_answered_however_long_that_takes(
    monkeypatch: pytest.MonkeyPatch, end_seconds: float
) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def slow(request: Request, store: SpanStore) -> Response:
        begun.set()
        go_on.wait()
        return answer_request(request, store)

    monkeypatch.setattr(server, "answer", slow)
    body = OTLP + hostile.PROTOBUF["text"](40_000)
    limits = Limits(request_seconds=0.1, end_seconds=end_seconds)
    with Collector(limits=limits) as collector, connection(collector) as client:
        client.sendall(with_length(len(body), body))
        begun.wait()
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.recv(1)
        ending = threading.Thread(target=collector.__exit__)
        ending.start()
        go_on.set()

        assert status(client) == 200
        ending.join()

    assert collector.counts == Counts(spans=4, requests=1)


def test_a_client_that_breaks_off_is_counted() -> None:
    with Collector() as collector:
        with connection(collector) as client:
            client.sendall(with_length(802, OTLP[:400]))
        wait_until(lambda: collector.counts.malformed == 1)

    assert collector.counts == Counts(requests=1, malformed=1)


def test_a_client_that_only_connects_is_not_counted() -> None:
    with Collector() as collector, connection(collector):
        pass

    assert collector.counts == Counts()


def test_requests_that_are_sent_at_once_are_answered_one_by_one() -> None:
    with Collector() as collector, connection(collector) as client:
        client.sendall(GOOD * 3)

        assert [status(client) for _ in range(3)] == [200, 200, 200]
        assert collector.counts == Counts(spans=9, requests=3)


@pytest.mark.parametrize(
    ("sent", "statuses", "counts"),
    [
        pytest.param(
            with_length(len(OTLP) + 1, OTLP), [400], Counts(requests=1, malformed=1), id="length too long"
        ),
        pytest.param(
            with_length(len(OTLP) - 1, OTLP),
            [400, 400],
            Counts(requests=2, malformed=2),
            id="length too short",
        ),
        pytest.param(
            in_chunks([OTLP], b"5\r\n"), [400], Counts(requests=1, malformed=1), id="a chunk too short"
        ),
        pytest.param(
            in_chunks([OTLP], b"x\r\n"), [400], Counts(requests=1, malformed=1), id="no length of a chunk"
        ),
        pytest.param(b"no HTTP\r\n\r\n", [400], Counts(requests=1, malformed=1), id="no HTTP"),
        pytest.param(
            HEAD + b"A: " + b"a" * 20_000, [431], Counts(requests=1, malformed=1), id="a head too long"
        ),
        pytest.param(
            HEAD + b"Content-Length: -1\r\n\r\n",
            [400],
            Counts(requests=1, malformed=1),
            id="a negative length",
        ),
        pytest.param(
            HEAD + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n",
            [413],
            Counts(requests=1, malformed=1),
            id="asks before it sends too much",
        ),
    ],
)
def test_a_request_that_lies_is_refused_and_counted(sent: bytes, statuses: list[int], counts: Counts) -> None:
    with Collector() as collector, connection(collector) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)

        assert [status(client) for _ in statuses] == statuses
        assert answer(client) == b""
        assert collector.counts == counts


def test_requests_under_way_hold_a_bounded_number_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MAX_HELD", 1_000_000)
    with Collector() as collector, connections(collector, 2) as clients:
        clients[0].sendall(with_length(700_000, b"\xff" * 600_000))
        clients[1].sendall(with_length(700_000, b"\xff" * 600_000))

        assert answer(clients[0]).startswith(b"HTTP/1.1 503 ")

        clients[1].sendall(b"\xff" * 100_000)
        assert status(clients[1]) == 400
        assert collector.counts == Counts(requests=2, malformed=2, refused_connections=1)


def test_a_request_under_way_at_the_end_is_still_answered() -> None:
    with Collector(limits=Limits(end_seconds=60)) as collector, connection(collector) as client:
        client.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 802\r\n\r\n")
        assert status(client) == 100
        ending = threading.Thread(target=collector.__exit__)
        ending.start()
        client.sendall(OTLP)

        assert status(client) == 200
        ending.join()

    assert collector.counts == Counts(spans=3, requests=1)


def test_a_slow_request_does_not_hold_up_the_end() -> None:
    with connection(collector := Collector(limits=Limits(end_seconds=0)).__enter__()) as client:
        client.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 802\r\n\r\n")
        assert status(client) == 100

        collector.__exit__()

        assert answer(client).startswith(b"HTTP/1.1 503 ")
    assert collector.counts == Counts(requests=1, malformed=1)


def test_the_limit_of_open_files_is_raised_and_put_back() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        with room_for_connections(1000) as room:
            raised, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        after, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert (room, raised >= 1256, after) == (1000, True, 512)


def test_without_any_file_left_an_idle_connection_makes_room() -> None:
    program = """
import resource, socket
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
from ot2otel.receive.collector import Collector
with Collector() as collector, socket.socket() as late:
    clients = [socket.create_connection(("127.0.0.1", collector.otlp_port)) for _ in range(10)]
    clients[0].sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    clients[0].recv(12)
    files = []
    try:
        while True:
            files.append(open("/dev/null"))
    except OSError:
        late.connect(("127.0.0.1", collector.otlp_port))
    late.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    print(late.recv(12), collector.counts.closed_connections > 0)
    for file in [*files, *clients]:
        file.close()
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert (finished.stdout, finished.stderr) == ("b'HTTP/1.1 404' True\n", "")


def test_below_a_low_limit_of_open_files_idle_connections_make_room() -> None:
    program = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
from ot2otel.receive.collector import Collector
with Collector() as collector:
    print(collector.otlp_port, flush=True)
    sys.stdin.readline()
print(collector.counts.closed_connections > 20, collector.counts.refused_connections)
"""
    # The clients are here: their open files don't count there.
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as served:
        assert served.stdin
        assert served.stdout
        port = int(served.stdout.readline())
        clients = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(120)]
        clients[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = clients[-1].recv(12)
        for client in clients:
            client.close()
        told, _ = served.communicate("\n", timeout=60)

    assert (answer, told) == (b"HTTP/1.1 404", "True 0\n")
