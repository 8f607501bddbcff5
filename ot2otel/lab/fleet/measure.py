"""Runs services of every setting and lets each call each: one cell for each pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import requests

from ot2otel.capture.child_process import ProcessFailedError
from ot2otel.capture.environment import reporting_to
from ot2otel.headers.extractors import extract
from ot2otel.headers.settings import SETTINGS, Setting, default
from ot2otel.lab.catalog import FLOWS, VARIANTS, Service
from ot2otel.lab.fleet.crossing import Cell, Probe, Sighting, judge, sightings
from ot2otel.lab.fleet.relay import Relay, relay
from ot2otel.lab.run import ended_together
from ot2otel.lab.service import ServiceProcess
from ot2otel.outline import outline
from ot2otel.receive.collector import Collector, SpansMissing
from ot2otel.recording import RUN_ID

Pair = tuple[Setting, Setting]

# The default of each variant, and the settings that use the formats of both jaeger-client and W3C.
QUICK = tuple(
    setting for setting in SETTINGS if setting.short == "composite" or setting in map(default, VARIANTS)
)

_CALLEE, _CALLER = FLOWS["hello"].services
# Requests under way at a time: two cores are busy with these.
_AT_ONCE = 4
# Seconds, for each service in turn. Dozens of services start at once and end at once, on cores that they may
# share with other programs. A service also has the time of the ones before it, so only a hanging one fails.
_START_TIMEOUT = 90.0
_END_TIMEOUT = 90.0
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
    service does not come up or fails a request, SpansMissing if spans of a request without a caller's
    decision do not arrive.
    """
    sent = [
        _Request((caller, callee), probe, f"{number}-{probe.key}")
        for number, (caller, callee) in enumerate(pairs)
        for probe in Probe
    ]
    # A service delivers every span before it ends. The collector ends last and takes all spans that reached
    # it. So a span that is absent afterwards was never sent.
    services: list[ServiceProcess] = []
    with Collector() as collector, relay() as between, ExitStack() as running, ended_together(services):
        progress("starting the services")
        callers, callees = _start(pairs, between, collector, running, services)
        between.routes.update((each.name, callees[each.pair[1]].url) for each in sent)
        progress(f"sending {len(sent)} requests")
        answers = _send(sent, callers, callees)
        progress("stopping the services")
        _stop([*callers.items(), *callees.items()])
    debug = {each.name: _extracts_debug(each, between.headers) for each in sent}
    seen = sightings(collector.spans, answers, debug)
    for each in sent:
        if each.probe is Probe.ROOT:
            _check(each, seen[each.name], collector)
    by_pair = {pair: {each.probe: seen[each.name] for each in sent if each.pair == pair} for pair in pairs}
    return tuple(judge(*pair, by_probe) for pair, by_probe in by_pair.items())


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
    for setting, service in (*callees.items(), *callers.items()):
        try:
            service.wait_until_ready(_START_TIMEOUT)
        except ProcessFailedError as error:
            raise ProcessFailedError(f"{setting.label}: {error}") from error
    return callers, callees


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
                raise ProcessFailedError(
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


def _stop(services: Iterable[tuple[Setting, ServiceProcess]]) -> None:
    """End the services together. Raises ProcessFailedError if one fails or is killed: it may lose spans."""
    services = list(services)
    for _, service in services:
        service.ask_to_stop()
    for setting, service in services:
        if service.stop(_END_TIMEOUT) != 0:
            raise ProcessFailedError(
                f"{setting.label}: {service.service.name} may have ended before its spans were delivered. "
                f"Its last log lines:\n{service.log}"
            )


def _extracts_debug(each: _Request, headers: Mapping[str, Mapping[str, str]]) -> bool:
    lowered = {key.lower(): value for key, value in headers[each.name].items()}
    return extract(each.pair[1], lowered).debug


def _check(each: _Request, sighting: Sighting, collector: Collector) -> None:
    if not sighting.complete:
        arrived = [
            span for span in (sighting.server_1, sighting.client, sighting.server_2) if span is not None
        ]
        caller, callee = each.pair
        raise SpansMissing(
            f"{caller.label} calling {callee.label} should leave 3 spans, got {len(arrived)}:\n"
            f"{outline(arrived)}\nThe kernel dropped {collector.counts.dropped_datagrams} datagrams."
        )
