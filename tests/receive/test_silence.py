"""Why no span arrived: each reason provoked with the real client, and told with the way out."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from ot2otel.receive.collector import Collector, Counts, Observations, Ports, embedded
from ot2otel.receive.ports import JAEGER_AGENT, JAEGER_UI, OTLP_HTTP
from ot2otel.receive.program import Program, Sight, Socket
from ot2otel.receive.silence import Evidence, Reason, Silence, why
from tests.golden import packet
from tests.support import clients
from tests.support.peers import module
from tests.support.waiting import wait_until

on_linux = pytest.mark.skipif(
    not Path("/proc/self/net/udp").exists(), reason="the kernel shows no sockets of other processes here"
)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector(ports=Ports.free()) as running:
        yield running


def reason(collector: Collector, program: Program | None = None, **more: object) -> Silence:
    """Return why nothing arrived, from all that is known."""
    known = Evidence(
        collector.counts,
        collector.observations,
        collector.problems,
        collector.ports,
        collector.serves_grpc,
        program,
    )
    found = why(replace(known, **more))  # type: ignore[arg-type]  # each test knows its fields
    assert found
    return found


def ended(name: str, variables: dict[str, str]) -> Program:
    """Run a client to its end, looking at it all the time."""
    started = time.monotonic()
    with subprocess.Popen(clients.command(name), env=variables, stderr=subprocess.DEVNULL) as process:
        sight = Sight(process.pid, pause=0)
        while process.poll() is None:
            sight.look()
    return seen(sight, variables, time.monotonic() - started, process.returncode)


def seen(sight: Sight, variables: dict[str, str], seconds: float, status: int | None = None) -> Program:
    return Program(variables, seconds, status, sight.sockets, sight.libraries, sight.is_visible)


def test_nothing_is_wrong_once_a_span_arrived(collector: Collector) -> None:
    clients.run("otel", clients.environment(collector))

    assert why(Evidence(collector.counts, collector.observations)) is None


# Nobody connected.


def test_a_program_without_a_tracer_ended(collector: Collector) -> None:
    program = ended("untraced", clients.environment(collector))

    found = reason(collector, program)
    assert found.reason is Reason.NOBODY
    assert found.line.startswith("Nobody connected: the command ended with exit code 0 after ")
    assert "Either it has no tracer that reads its address from the environment, or" in found.line


@on_linux
def test_a_program_without_a_tracer_runs(collector: Collector) -> None:
    variables = clients.environment(collector)
    with clients.running("untraced_stays", variables) as process:
        sight = Sight(process.pid)
        sight.look()
        found = reason(collector, seen(sight, variables, 5.0))

    assert found == Silence(
        Reason.NOBODY,
        "Nobody connected in 5 s, and no library of a Python tracer is loaded. Was the tracer set up, or the "
        "program started by opentelemetry-instrument? Did it get a request?",
    )


def test_nobody_connects_to_a_collector_that_waits_for_services(collector: Collector) -> None:
    found = reason(collector, seconds=5.0, taken=[JAEGER_AGENT, OTLP_HTTP, JAEGER_UI])

    assert found == Silence(
        Reason.NOBODY,
        "Nobody connected in 5 s. Point the service here with JAEGER_AGENT_HOST and JAEGER_AGENT_PORT, or "
        "OTEL_EXPORTER_OTLP_ENDPOINT; one in a container needs --host 0.0.0.0 here and this"
        " machine's address "
        "there. Another program has the standard ports 6831/udp, 4318/tcp; a tracer with a fixed address may "
        "report to it.",
    )


# gRPC on an HTTP port.


def test_grpc_comes_to_a_port_for_http(monkeypatch: pytest.MonkeyPatch) -> None:
    module("grpc", "ot2otel[grpc]")
    monkeypatch.setattr(embedded, "is_installed", lambda: False)
    with Collector(ports=Ports.free()) as collector:
        program = ended("otel_grpc", clients.environment(collector))
        found = reason(collector, program)

    assert found == Silence(
        Reason.GRPC_ON_HTTP,
        "A client spoke gRPC at a port that takes OTLP over HTTP. Set "
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf for it, use the exporter over HTTP in its code, or "
        "install grpcio beside ot2otel (pip install 'ot2otel[grpc]').",
    )


def test_grpc_comes_to_a_port_for_http_although_there_is_one_for_it() -> None:
    # Over TLS nothing is passed on.
    found = why(
        Evidence(Counts(), Observations(http2_connections=1), ports=Ports(grpc=4317), serves_grpc=True)
    )

    assert found
    assert found.line.endswith(", or send to port 4317.")


# Protocols at each other's ports are no reason: tests/receive/collector/test_ways_in.py. A wrong path is.


def test_a_path_is_missing_in_the_endpoint_for_traces(collector: Collector) -> None:
    variables = clients.environment(collector, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=collector.otlp_endpoint)

    found = reason(collector, ended("otel", variables))

    assert found == Silence(
        Reason.REFUSED,
        "1 message arrived, and none could be read. The last: POST /: There is no / here. Send OTLP to "
        "/v1/traces, Thrift to /api/traces.",
    )


def test_every_span_is_invalid(collector: Collector) -> None:
    span = {"traceId": "0" * 32, "spanId": "1" * 16, "name": "x"}
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    requests.post(f"{collector.otlp_endpoint}/v1/traces", json=body, timeout=10)

    found = reason(collector)

    assert found.reason is Reason.REFUSED
    assert found.line.startswith("1 span arrived, and none was valid. The last: span 'x': '000")


def test_a_message_has_no_span(collector: Collector) -> None:
    requests.post(f"{collector.otlp_endpoint}/v1/traces", json={}, timeout=10)

    assert reason(collector) == Silence(
        Reason.EMPTY, "1 message arrived without a span in it. Was a span finished?"
    )


# An address fixed in code.


@on_linux
def test_jaeger_client_s_agent_is_fixed_in_code(collector: Collector) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(20)
        variables = clients.environment(collector, TEST_FIXED_PORT=str(other.getsockname()[1]))
        with clients.running("jaeger_with_a_fixed_agent", variables) as process:
            _, (_, port) = other.recvfrom(65536)
            sight = Sight(process.pid)
            sight.look()
            found = reason(collector, seen(sight, variables, 5.0))

    assert found == Silence(
        Reason.SENT_ELSEWHERE,
        f"The command sent UDP from its port {port}, and nothing from there came here. Its address for spans "
        "is fixed in code or in a file. Let the code read it from the environment: JAEGER_AGENT_HOST and "
        "JAEGER_AGENT_PORT, or OTEL_EXPORTER_OTLP_ENDPOINT.",
    )


@on_linux
def test_an_agent_that_is_fixed_to_ours_is_no_reason(collector: Collector) -> None:
    variables = clients.environment(collector, TEST_FIXED_PORT=str(collector.agent_port))
    with clients.running("jaeger_with_a_fixed_agent", variables) as process:
        collector.wait_for(lambda spans: len(spans) == 1)
        sight = Sight(process.pid)
        sight.look()

    [sent] = [one for one in sight.sockets if one.transport == "udp" and not one.remote]
    assert sent.local_port in collector.observations.senders


@on_linux
def test_the_exporter_s_endpoint_is_fixed_in_code(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Collector() as other:
        port = other.otlp_port
        # Only known ports count, and a test has to take a free one.
        monkeypatch.setattr("ot2otel.receive.silence._SPAN_PORTS", {port})
        variables = clients.environment(collector, TEST_FIXED_ENDPOINT=f"{other.otlp_endpoint}/v1/traces")
        with clients.running("otel_with_a_fixed_endpoint", variables) as process:
            sight = Sight(process.pid)
            sight.look()
            found = reason(collector, seen(sight, variables, 5.0))

    assert found.reason is Reason.SENT_ELSEWHERE
    assert found.line.startswith(
        f"The command is connected to 127.0.0.1:{port}. Its address for spans is fixed"
    )


@pytest.mark.parametrize(
    ("sockets", "libraries", "is_elsewhere"),
    [
        pytest.param({Socket("tcp", 5, "10.0.0.1", 4318)}, set(), True, id="a collector"),
        pytest.param({Socket("udp", 5, "10.0.0.1", 6831)}, set(), True, id="an agent"),
        pytest.param({Socket("tcp", 5, "10.0.0.1", 443)}, set(), False, id="the web"),
        pytest.param({Socket("udp", 5, "10.0.0.1", 53)}, set(), False, id="a name server"),
        pytest.param({Socket("tcp", 5, "127.0.0.1", 4999)}, set(), False, id="our own port"),
        pytest.param({Socket("udp", 5)}, set(), True, id="datagrams to nobody knows whom"),
        pytest.param({Socket("udp", 5)}, {"thrift", "tornado"}, True, id="of jaeger-client"),
        pytest.param({Socket("udp", 5)}, {"protobuf"}, False, id="of something beside OpenTelemetry"),
        pytest.param({Socket("udp", 6)}, set(), False, id="datagrams that came here"),
    ],
)
def test_a_socket_leads_elsewhere(sockets: set[Socket], libraries: set[str], is_elsewhere: bool) -> None:
    program = Program(sockets=frozenset(sockets), libraries=frozenset(libraries), seconds=99, is_visible=True)
    known = Evidence(Counts(), Observations(senders=frozenset({6})), ports=Ports(otlp=4999), program=program)

    found = why(known)

    assert found
    assert (found.reason is Reason.SENT_ELSEWHERE) is is_elsewhere


# Switched off, and sampled away.


@pytest.mark.parametrize(
    ("client", "variables", "expected", "says"),
    [
        ("otel", {"OTEL_SDK_DISABLED": "true"}, Reason.SWITCHED_OFF, "switches its tracer off: OTEL_SDK_DIS"),
        ("otel", {"OTEL_TRACES_SAMPLER": "always_off"}, Reason.NOT_SAMPLED, "OTEL_TRACES_SAMPLER=always_off"),
        (
            "otel",
            {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.0"},
            Reason.NOT_SAMPLED,
            "drop traces: OTEL_TRACES_SAMPLER_ARG=0.0. Remove that.",
        ),
    ],
)
def test_a_setting_drops_all_traces(
    collector: Collector, client: str, variables: dict[str, str], expected: Reason, says: str
) -> None:
    found = reason(collector, ended(client, clients.environment(collector, **variables)))

    assert (found.reason, says in found.line) == (expected, True)


def test_the_exporter_is_switched_off() -> None:
    program = Program({"OTEL_TRACES_EXPORTER": "console, none"}, 5.0)

    found = why(Evidence(Counts(), Observations(), program=program))

    assert found
    assert (found.reason, "OTEL_TRACES_EXPORTER=console, none" in found.line) == (Reason.SWITCHED_OFF, True)


def test_the_callers_say_not_to_sample(collector: Collector) -> None:
    unsampled = f"00-{'1' * 32}-{'2' * 16}-00"
    program = ended("otel_of_an_unsampled_caller", clients.environment(collector, TEST_TRACEPARENT=unsampled))

    found = reason(collector, replace(program, requests=3, unsampled_requests=3))

    assert found.reason is Reason.NOT_SAMPLED
    assert found.line.startswith("All 3 requests had a header that says not to sample")


@on_linux
def test_jaeger_client_has_not_asked_yet(collector: Collector) -> None:
    variables = clients.environment(collector)
    with clients.running("jaeger_before_its_first_question", variables) as process:
        sight = Sight(process.pid)
        sight.look()
        found = reason(collector, seen(sight, variables, 5.0))

    assert found == Silence(
        Reason.NOT_SAMPLED,
        "The command has loaded jaeger-client. Its default sampler takes one trace in 1,000 until it asks "
        "here, up to 60 s after its start. Wait for that, or give it a sampler: const, 1.",
    )


def test_jaeger_client_has_just_asked(collector: Collector) -> None:
    with clients.running("jaeger_that_only_asks", clients.environment(collector)):
        wait_until(lambda: collector.observations.sampling_questions > 0)
        found = reason(collector, Program(seconds=5.0))

    assert found == Silence(
        Reason.NOT_SAMPLED,
        "A jaeger-client asked for its sampling strategy and takes every trace from now on; before that it "
        "takes one trace in 1,000. Send the requests again.",
    )


# Not flushed at exit.


@on_linux
def test_the_sdk_s_program_ends_before_a_flush(collector: Collector) -> None:
    found = reason(collector, ended("otel_killed", clients.environment(collector)))

    assert found.reason is Reason.NOT_FLUSHED
    assert found.line.startswith("The command ended with exit code 0 after ")
    assert "without a connection to here, with protobuf loaded, as tracers need: its spans were" in found.line
    assert "Before the end call provider.shutdown() (OpenTelemetry) or wait for tracer.close()" in found.line


def test_jaeger_client_s_program_ends_before_a_flush(collector: Collector) -> None:
    found = reason(collector, ended("jaeger_that_asks_and_is_killed", clients.environment(collector)))

    assert found.reason is Reason.NOT_FLUSHED
    assert "Its jaeger-client asked for its sampling strategy and sent nothing" in found.line


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_the_sdk_s_program_before_a_flush(collector: Collector, number: int) -> None:
    variables = clients.environment(collector, OTEL_BSP_SCHEDULE_DELAY="60000")
    with clients.running("otel_stays", variables) as process:
        process.send_signal(number)
        status = process.wait()

    found = reason(collector, Program(variables, 1.25, status))

    assert found.reason is Reason.NOT_FLUSHED
    name = signal.Signals(number).name
    assert found.line.startswith(
        f"The command was ended by {name} after 1.2 s, and spans that wait in a tracer"
    )


def test_a_program_ends_in_the_middle_of_a_request(collector: Collector) -> None:
    with socket.create_connection((collector.host, collector.otlp_port)) as client:
        client.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    wait_until(lambda: collector.observations.unfinished == 1 and collector.counts.malformed == 1)

    at_the_end = reason(collector, Program(seconds=2.0, status=0))
    meanwhile = reason(collector, Program(seconds=2.0))

    assert at_the_end.line.startswith(
        "The command ended with exit code 0 after 2.0 s, in the middle of a request."
    )
    assert meanwhile.line.startswith("A client broke off before its request was whole")
    assert {at_the_end.reason, meanwhile.reason} == {Reason.NOT_FLUSHED}


# Metrics or logs only.


def test_only_metrics_and_logs_arrive(collector: Collector) -> None:
    program = ended("otel_metrics", clients.environment(collector))

    found = reason(collector, replace(program, libraries=frozenset()))
    with_libraries = reason(collector, program)

    assert found == with_libraries
    assert found.reason is Reason.OTHER_SIGNALS
    assert found.line.startswith(
        "1 request with metrics and 1 request with logs arrived, and none with spans."
    )


def test_a_foreign_message_keeps_to_one_line(collector: Collector) -> None:
    requests.post(f"{collector.otlp_endpoint}/a%0Ab", data=packet("otlp-http-exporter.pb"), timeout=10)

    assert "\n" not in reason(collector).line
