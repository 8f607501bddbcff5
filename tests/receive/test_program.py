"""What the kernel shows of a program, and what a request's headers say about sampling."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ot2otel.receive import program
from ot2otel.receive.program import Sight, Socket, says_unsampled

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/net/udp").exists(), reason="the kernel shows no sockets of other processes here"
)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"

# A child of a shell, which connects, sends, and waits for the end of its input.
CHILD = """
import socket, sys
tcp = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.sendto(b"x", ("127.0.0.1", int(sys.argv[1])))
unused = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(tcp.getsockname()[1], udp.getsockname()[1], flush=True)
sys.stdin.read()
"""


def test_the_sockets_of_a_descendant_are_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        shell = ["sh", "-c", '"$0" -c "$1" "$2"; true', sys.executable, CHILD, str(port)]
        with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            tcp, udp = map(int, process.stdout.readline().split())
            sight = Sight(process.pid)
            sight.look()
            process.communicate("")

    assert sight.is_visible
    assert sight.sockets == {Socket("tcp", tcp, "127.0.0.1", port), Socket("udp", udp)}
    assert sorted(map(str, sight.sockets)) == [f"127.0.0.1:{port}", f"UDP from port {udp}"]


def test_a_process_that_is_gone_shows_nothing_and_loses_nothing() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    sight = Sight(process.pid, pause=0)

    sight.look()
    sight.look()

    assert (sight.sockets, sight.libraries, sight.is_visible) == (frozenset(), frozenset(), False)


def test_a_look_soon_after_another_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def tree(pid: int) -> list[int]:
        looked.append(pid)
        return []

    monkeypatch.setattr(program, "_tree", tree)
    sight = Sight(1, pause=60)

    sight.look()
    sight.look()

    assert looked == [1]


@pytest.mark.parametrize(
    ("digits", "address"),
    [
        ("0100007F", "127.0.0.1"),
        ("00000000000000000000000001000000", "::1"),
        ("0000000000000000FFFF00000100007F", "127.0.0.1"),
    ],
)
@pytest.mark.skipif(sys.byteorder == "big", reason="these lines are of a little-endian machine")
def test_the_kernel_s_addresses_are_read(digits: str, address: str) -> None:
    assert program._address(digits) == address


@pytest.mark.parametrize(
    ("headers", "unsampled"),
    [
        pytest.param({}, False, id="none"),
        pytest.param({"traceparent": f"00-{TRACE}-{SPAN}-00"}, True, id="W3C, not sampled"),
        pytest.param({"Traceparent": f"00-{TRACE}-{SPAN}-01"}, False, id="W3C, sampled"),
        pytest.param({"traceparent": f"00-{TRACE}-{SPAN}-02"}, True, id="W3C, another flag"),
        pytest.param({"traceparent": "nonsense"}, False, id="W3C, invalid"),
        pytest.param({"uber-trace-id": f"{TRACE}:{SPAN}:0:0"}, True, id="Jaeger, not sampled"),
        pytest.param({"uber-trace-id": f"{TRACE}:{SPAN}:0:3"}, False, id="Jaeger, debug"),
        pytest.param({"uber-trace-id": f"{TRACE}%3A{SPAN}%3A0%3A0"}, True, id="Jaeger, encoded"),
        pytest.param({"b3": "0"}, True, id="B3, denied"),
        pytest.param({"b3": f"{TRACE}-{SPAN}-0"}, True, id="B3, not sampled"),
        pytest.param({"b3": f"{TRACE}-{SPAN}-1-{SPAN}"}, False, id="B3, sampled"),
        pytest.param({"b3": f"{TRACE}-{SPAN}-d"}, False, id="B3, debug"),
        pytest.param({"X-B3-Sampled": "0"}, True, id="B3 in several headers"),
        pytest.param(
            {"uber-trace-id": f"{TRACE}:{SPAN}:0:0", "traceparent": f"00-{TRACE}-{SPAN}-01"},
            False,
            id="two that disagree",
        ),
    ],
)
def test_headers_say_not_to_sample(headers: Mapping[str, str], unsampled: bool) -> None:
    assert says_unsampled(headers) is unsampled
