"""Says why no span arrived: from a collector's counts and what was seen of the program, to one line.

Both agents' UDP ports take both of Thrift's protocols. Each HTTP port takes OTLP and Thrift, and gRPC if
grpcio is there. So a protocol at another's port is no reason here, except gRPC without grpcio.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ot2otel.receive.collector.port_numbers import Ports
from ot2otel.receive.collector.store import Counts, Observations
from ot2otel.receive.ports import (
    JAEGER_AGENT,
    JAEGER_AGENT_BINARY,
    JAEGER_COLLECTOR,
    OTLP_GRPC,
    OTLP_HTTP,
    StandardPort,
)
from ot2otel.receive.program import Program, Socket

# jaeger-client 4.8.0, `RemoteControlledSampler`: what it takes until it has asked, and when it asks at last.
_FIRST_RATE = "one trace in 1,000"
_FIRST_QUESTION = 60.0  # seconds after its start, at the latest
# Ports of a TCP connection that carries spans; the last two are Jaeger's collector over gRPC and Zipkin.
_SPAN_PORTS = {OTLP_GRPC.number, OTLP_HTTP.number, JAEGER_COLLECTOR.number, 14250, 9411}
_AGENT_PORTS = {JAEGER_AGENT.number, JAEGER_AGENT_BINARY.number}


class Reason(Enum):
    """Why no span arrived."""

    GRPC_ON_HTTP = "gRPC on an HTTP port"
    REFUSED = "refused"
    EMPTY = "messages without spans"
    SENT_ELSEWHERE = "sent elsewhere"
    SWITCHED_OFF = "switched off"
    NOT_SAMPLED = "sampled away"
    NOT_FLUSHED = "not flushed at exit"
    OTHER_SIGNALS = "metrics or logs only"
    NOBODY = "nobody connected"


@dataclass(frozen=True, slots=True)
class Silence:
    """A reason, and the line that tells it with the way out. The line may have foreign text: escape it."""

    reason: Reason
    line: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known.

    Attributes:
        counts: the collector's counts.
        seen: its observations.
        problems: its problems.
        ports: its ports.
        serves_grpc: whether it has a port for gRPC.
        program: the program that should report to it; None if there is none of ours.
        taken: standard ports that another program has.
        seconds: since the collector began to listen.
    """

    counts: Counts
    seen: Observations
    problems: Sequence[str] = ()
    ports: Ports = field(default_factory=Ports)
    serves_grpc: bool = False
    program: Program | None = None
    taken: Sequence[StandardPort] = ()
    seconds: float = 0.0


def why(known: Evidence) -> Silence | None:
    """Return the reason with the best evidence; None if a span arrived.

    What was seen comes first: bytes at our ports, then sockets, settings and headers. "Nobody connected" is
    left when nothing else was.
    """
    if known.counts.spans:
        return None
    for reason, telling in _REASONS:
        if line := telling(known):
            return Silence(reason, line)
    return Silence(Reason.NOBODY, _nobody(known))


def _grpc_on_http(known: Evidence) -> str:
    if not known.seen.http2_connections:
        return ""
    other = (
        f"send to port {known.ports.grpc}"
        if known.serves_grpc
        else "install grpcio beside ot2otel (pip install 'ot2otel[grpc]')"
    )
    return (
        "A client spoke gRPC at a port that takes OTLP over HTTP. Set"
        " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf for it, use the exporter over HTTP in its"
        f" code, or {other}."
    )


def _refused(known: Evidence) -> str:
    counts = known.counts
    bad = counts.malformed - known.seen.unfinished
    last = known.problems[-1] if known.problems else ""
    if bad > 0:
        return f"{_number(bad, 'message')} arrived, and none could be read. The last: {last}"
    if counts.rejected_spans:
        return f"{_number(counts.rejected_spans, 'span')} arrived, and none was valid. The last: {last}"
    return ""


def _empty(known: Evidence) -> str:
    if not known.seen.empty:
        return ""
    return f"{_number(known.seen.empty, 'message')} arrived without a span in it. Was a span finished?"


def _connected_elsewhere(known: Evidence) -> str:
    ours = {known.ports.otlp, known.ports.thrift, known.ports.grpc, known.ports.agent, known.ports.binary}
    for one in sorted(_sockets(known)):
        ports = _SPAN_PORTS if one.transport == "tcp" else _AGENT_PORTS
        if one.remote and one.remote_port in ports - ours:
            return f"The command is connected to {one.remote}:{one.remote_port}. {_FIXED}"
    return ""


def _sent_elsewhere(known: Evidence) -> str:
    # A UDP socket gets its port when it sends. Other libraries send as well, but need no Thrift.
    program = known.program
    if program and program.libraries and "thrift" not in program.libraries:
        return ""
    for one in sorted(_sockets(known)):
        if one.transport == "udp" and not one.remote and one.local_port not in known.seen.senders:
            return (
                f"The command sent UDP from its port {one.local_port}, and nothing from there came here."
                f" {_FIXED}{_taken(known)}"
            )
    return ""


def _sockets(known: Evidence) -> frozenset[Socket]:
    return known.program.sockets if known.program else frozenset()


def _switched_off(known: Evidence) -> str:
    setting = _setting(known, _OFF)
    return f"The command's environment switches its tracer off: {setting}. Remove that." if setting else ""


def _not_sampled(known: Evidence) -> str:
    program = known.program
    setting = _setting(known, _NOTHING_SAMPLED)
    if setting:
        return f"The command's environment lets its sampler drop traces: {setting}. Remove that."
    if program and program.unsampled_requests and program.unsampled_requests == program.requests:
        return (
            f"All {program.requests} requests had a header that says not to sample (traceparent,"
            " uber-trace-id or"
            " b3), and a tracer obeys it. Set the header's last flag to 1, or leave the header out."
        )
    is_running = program is None or program.status is None
    if known.seen.sampling_questions and is_running:
        return (
            "A jaeger-client asked for its sampling strategy and takes every trace from now on;"
            " before that it"
            f" takes {_FIRST_RATE}. Send the requests again."
        )
    if (
        program
        and is_running
        and program.libraries >= {"thrift", "tornado"}
        and program.seconds < _FIRST_QUESTION
    ):
        return (
            f"The command has loaded jaeger-client. Its default sampler takes {_FIRST_RATE} until"
            " it asks here, up"
            f" to {_FIRST_QUESTION:g} s after its start. Wait for that, or give it a sampler: const, 1."
        )
    return ""


def _not_flushed(known: Evidence) -> str:
    program, seen = known.program, known.seen
    if program is None or program.status is None:
        if seen.unfinished:
            return (
                "A client broke off before its request was whole: its process ended, or its time-out passed."
                " Flush before the end: provider.shutdown() or tracer.close()."
            )
        return ""
    ended = f"The command {_ended(program.status)} after {program.seconds:.1f} s"
    if seen.unfinished:
        return f"{ended}, in the middle of a request. {_FLUSH}"
    if seen.sampling_questions:
        return (
            f"{ended}. Its jaeger-client asked for its sampling strategy and sent nothing:"
            f" {_FIRST_RATE} is taken"
            f" before that, and what was taken later was not flushed. {_FLUSH}"
        )
    if _killed(program.status):
        return f"{ended}, and spans that wait in a tracer are lost by that. {_FLUSH}"
    if program.libraries and not (seen.connections or seen.metrics or seen.logs):
        return (
            f"{ended} without a connection to here, with"
            f" {' and '.join(sorted(program.libraries))} loaded, as tracers"
            f" need: its spans were not flushed, or a sampler in its code dropped them. {_FLUSH}"
        )
    return ""


def _other_signals(known: Evidence) -> str:
    seen = known.seen
    numbers = {"metrics": seen.metrics, "logs": seen.logs}
    found = " and ".join(
        f"{_number(number, 'request')} with {name}" for name, number in numbers.items() if number
    )
    if not found:
        return ""
    return (
        f"{found} arrived, and none with spans. Give the TracerProvider a span processor with an"
        " exporter, or set"
        " OTEL_TRACES_EXPORTER=otlp for the agent; its sampler may also drop all."
    )


def _nobody(known: Evidence) -> str:
    program = known.program
    if program is None:
        return (
            f"Nobody connected in {known.seconds:.0f} s. Point the service here with JAEGER_AGENT_HOST and"
            " JAEGER_AGENT_PORT, or OTEL_EXPORTER_OTLP_ENDPOINT; one in a container needs --host"
            " 0.0.0.0 here and"
            f" this machine's address there.{_taken(known)}"
        )
    if program.status is not None:
        return (
            f"Nobody connected: the command {_ended(program.status)} after {program.seconds:.1f}"
            " s. Either it has no"
            " tracer that reads its address from the environment, or it ended without a flush:"
            f" provider.shutdown() or tracer.close().{_taken(known)}"
        )
    if program.is_visible and not program.libraries:
        return (
            f"Nobody connected in {program.seconds:.0f} s, and no library of a Python tracer is"
            " loaded. Was the"
            " tracer set up, or the program started by opentelemetry-instrument? Did it get a request?"
            f"{_taken(known)}"
        )
    return (
        f"Nobody connected in {program.seconds:.0f} s. Was a span finished: did the program get a"
        " request? Else its"
        f" address may be fixed in code, or a sampler in its code drops all.{_taken(known)}"
    )


def _taken(known: Evidence) -> str:
    taken = [port for port in known.taken if port.number in _SPAN_PORTS | _AGENT_PORTS]
    if not taken:
        return ""
    ports = ", ".join(f"{port.number}/{port.transport}" for port in taken)
    return f" Another program has the standard ports {ports}; a tracer with a fixed address may report to it."


_FIXED = (
    "Its address for spans is fixed in code or in a file. Let the code read it from the environment:"
    " JAEGER_AGENT_HOST and JAEGER_AGENT_PORT, or OTEL_EXPORTER_OTLP_ENDPOINT."
)
_FLUSH = "Before the end call provider.shutdown() (OpenTelemetry) or wait for tracer.close() (jaeger-client)."

# Values are compared in lower case.
_OFF: dict[str, Callable[[str], bool]] = {
    "OTEL_SDK_DISABLED": lambda value: value == "true",
    "JAEGER_DISABLED": lambda value: value == "true",
    "OTEL_TRACES_EXPORTER": lambda value: {*value.replace(" ", "").split(",")} <= {"none", "console"},
}
_NOTHING_SAMPLED: dict[str, Callable[[str], bool]] = {
    "OTEL_TRACES_SAMPLER": lambda value: value in ("always_off", "parentbased_always_off"),
    "OTEL_TRACES_SAMPLER_ARG": lambda value: _is_below_one(value),
    "JAEGER_SAMPLER_PARAM": lambda value: _is_below_one(value),
}


def _setting(known: Evidence, settings: dict[str, Callable[[str], bool]]) -> str:
    environment = known.program.environment if known.program else {}
    for name, leads_to_nothing in settings.items():
        value = environment.get(name, "").strip()
        if value and leads_to_nothing(value.lower()):
            return f"{name}={value[:80]}"
    return ""


def _is_below_one(value: str) -> bool:
    try:
        return float(value) < 1
    except ValueError:
        return False


def _killed(status: int) -> bool:
    # A shell tells the signal that ended its command as 128 and its number.
    return status < 0 or status in (128 + signal.SIGKILL, 128 + signal.SIGTERM)


def _ended(status: int) -> str:
    number = -status if status < 0 else status - 128
    if not _killed(status):
        return f"ended with exit code {status}"
    try:
        return f"was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"was ended by signal {number}"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# The best evidence first.
_REASONS: tuple[tuple[Reason, Callable[[Evidence], str]], ...] = (
    (Reason.GRPC_ON_HTTP, _grpc_on_http),
    (Reason.REFUSED, _refused),
    (Reason.EMPTY, _empty),
    (Reason.SENT_ELSEWHERE, _connected_elsewhere),
    (Reason.SWITCHED_OFF, _switched_off),
    (Reason.SENT_ELSEWHERE, _sent_elsewhere),
    (Reason.NOT_SAMPLED, _not_sampled),
    (Reason.NOT_FLUSHED, _not_flushed),
    (Reason.OTHER_SIGNALS, _other_signals),
)
