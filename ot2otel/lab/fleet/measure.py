"""Runs services of every setting and lets each call each: one cell for each pair."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import requests

from ot2otel.capture.child_process import ProcessFailedError
from ot2otel.capture.environment import reporting_to
from ot2otel.headers.extractors import extract
from ot2otel.headers.settings import SETTINGS, Setting, default
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS, Service
from ot2otel.lab.driver import NoAnswerError
from ot2otel.lab.fleet.crossing import Cell, Probe, Sighting, judge, sightings
from ot2otel.lab.fleet.relay import Relay, relay
from ot2otel.lab.patience import Deadline, Patience, told_if_busy
from ot2otel.lab.run import ended_together
from ot2otel.lab.service import ServiceProcess
from ot2otel.outline import outline
from ot2otel.receive.collector import Collector, SpansMissing
from ot2otel.recording import RUN_ID

Pair = tuple[Setting, Setting]

# The default of each variant, and the settings that use the formats of both jaeger-client and W3C.
QUICK = tuple(
    setting for setting in SETTINGS if setting.short == "composite" or setting in map(default, BY_HAND)
)

_CALLEE, _CALLER = FLOWS["hello"].services
# Requests under way at a time: two cores are busy with these.
_AT_ONCE = 4
# Seconds for all services to end, on an idle machine far more than they need. See `Patience`.
_END = 30.0
# The relay gives up first, then server-1, then the sender here: so the error names the place of the failure.
_SERVER_1_TIMEOUT = 50.0
_ANSWER_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class _Request:
    pair: Pair
    probe: Probe
    name: str


def measure(pairs: Sequence[Pair], progress: Callable[[str], None] = lambda _: None) -> tuple[Cell, ...]:
    """Run server-1 and server-2 of `hello` for each pair of settings and return the pairs' cells.

    There is one process for each setting that calls, and one for each setting that is called. A relay hands
    each request from the one to the other. No process survives an error. Raises ProcessFailedError if a
    service does not come up or fails at its end, NoAnswerError if one fails a request, SpansMissing if spans
    of a request without a decision of a caller do not arrive.
    """
    sent = [
        _Request((caller, callee), probe, f"{number}-{probe.key}")
        for number, (caller, callee) in enumerate(pairs)
        for probe in Probe
    ]
    # A service delivers its spans in the order of their ends. If those of its last request arrived, all did
    # that it ever sends, whether it ended in time or not. So a span that is absent then was never sent.
    last = [_Request(pair, Probe.ROOT, f"{number}-last") for number, pair in enumerate(_covering(pairs))]
    services: list[ServiceProcess] = []
    patience = Patience()
    with (
        told_if_busy(),
        Collector() as collector,
        relay() as between,
        ExitStack() as running,
        ended_together(services),
    ):
        progress("starting the services")
        with patience.measured() as deadline:
            callers, callees = _start(pairs, between, collector, running, services)
            _wait_until_ready([*callees.items(), *callers.items()], deadline)
        between.routes.update((each.name, callees[each.pair[1]].url) for each in (*sent, *last))
        progress(f"sending {len(sent)} requests")
        answers = _send(sent, callers, callees) | _send(last, callers, callees)
        progress("stopping the services")
        killed = _stop([*callers.items(), *callees.items()], patience.stretched(_END))
    debug = {each.name: _extracts_debug(each, between.headers) for each in (*sent, *last)}
    seen = sightings(collector.spans, answers, debug)
    for each in (*sent, *last):
        if each.probe is Probe.ROOT:
            _check(each, seen[each.name], collector, killed)
    by_pair = {pair: {each.probe: seen[each.name] for each in sent if each.pair == pair} for pair in pairs}
    return tuple(judge(*pair, by_probe) for pair, by_probe in by_pair.items())


def _covering(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield enough of the pairs that each caller and each callee is in one."""
    callers: set[Setting] = set()
    callees: set[Setting] = set()
    for caller, callee in pairs:
        if caller not in callers or callee not in callees:
            callers.add(caller)
            callees.add(callee)
            yield caller, callee


def _start(
    pairs: Iterable[Pair],
    between: Relay,
    collector: Collector,
    running: ExitStack,
    started: list[ServiceProcess],
) -> tuple[dict[Setting, ServiceProcess], dict[Setting, ServiceProcess]]:
    def start(setting: Setting, service: Service, *options: str) -> ServiceProcess:
        variables = {**reporting_to(collector, "otlp", {RUN_ID: "fleet"}), **setting.variables}
        variant = VARIANTS[setting.variant]
        process = ServiceProcess(variant, FLOWS["hello"], service, ["--work", "0", *options], variables)
        started.append(running.enter_context(process))
        process.start()
        return process

    callees = {callee: start(callee, _CALLEE) for callee in dict.fromkeys(callee for _, callee in pairs)}
    callers = {
        caller: start(caller, _CALLER, "--server-2", between.url, "--timeout", str(_SERVER_1_TIMEOUT))
        for caller in dict.fromkeys(caller for caller, _ in pairs)
    }
    return callers, callees


def _wait_until_ready(services: Iterable[tuple[Setting, ServiceProcess]], deadline: Deadline) -> None:
    for setting, service in services:
        try:
            service.wait_until_ready(deadline.left)
        except ProcessFailedError as error:
            raise type(error)(f"{setting.label}: {error}") from error


def _send(
    sent: Sequence[_Request],
    callers: Mapping[Setting, ServiceProcess],
    callees: Mapping[Setting, ServiceProcess],
) -> dict[str, str]:
    """Send the requests, some at a time, and return the answers by the requests' names."""

    def send(each: _Request) -> str:
        caller, callee = (services[one] for services, one in zip((callers, callees), each.pair, strict=True))
        with requests.Session() as session:
            session.trust_env = False
            try:
                response = session.get(
                    f"{caller.url}/{each.name}", headers=dict(each.probe.headers), timeout=_ANSWER_TIMEOUT
                )
                response.raise_for_status()
            except requests.RequestException as error:
                logs = "\n".join(filter(None, (caller.log, callee.log)))
                raise NoAnswerError(
                    f"{each.pair[0].label} calling {each.pair[1].label} failed: {error}. "
                    f"The services' last log lines:\n{logs}"
                ) from error
        return response.text

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        return dict(zip((each.name for each in sent), pool.map(send, sent), strict=True))
    finally:
        # After an error the requests under way end with their services.
        pool.shutdown(wait=False, cancel_futures=True)


def _stop(services: Sequence[tuple[Setting, ServiceProcess]], seconds: float) -> Sequence[str]:
    """End the services together; return those that were killed because they did not end within `seconds`.

    Raises ProcessFailedError if one fails: it may lose spans.
    """
    deadline = Deadline(seconds)
    for _, service in services:
        service.ask_to_stop()
    codes = [service.stop(deadline.left) for _, service in services]
    for (setting, service), code in zip(services, codes, strict=True):
        if code not in (0, -signal.SIGKILL):
            raise ProcessFailedError(
                f"{setting.label}: {service.service.name} may have ended before its spans were delivered. "
                f"Its last log lines:\n{service.log}"
            )
    return [
        f"{setting.label}'s {service.service.name}"
        for (setting, service), code in zip(services, codes, strict=True)
        if code
    ]


def _extracts_debug(each: _Request, headers: Mapping[str, Mapping[str, str]]) -> bool:
    lowered = {key.lower(): value for key, value in headers[each.name].items()}
    return extract(each.pair[1], lowered).debug


def _check(each: _Request, sighting: Sighting, collector: Collector, killed: Sequence[str]) -> None:
    if not sighting.complete:
        arrived = [
            span for span in (sighting.server_1, sighting.client, sighting.server_2) if span is not None
        ]
        caller, callee = each.pair
        raise SpansMissing(
            f"{caller.label} calling {callee.label} should leave 3 spans, got {len(arrived)}:\n"
            f"{outline(arrived)}\nThe kernel dropped {collector.counts.dropped_datagrams} datagrams."
            + (f"\nKilled because they did not end in time: {', '.join(killed)}." if killed else "")
        )
