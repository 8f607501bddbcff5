"""Sampling: each tracer's own settings decide at the head of a trace, for the complete trace."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack

import pytest
import requests

from ot2otel.capture.child_process import ProcessFailedError
from ot2otel.capture.environment import SAMPLERS, reporting_to
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS
from ot2otel.lab.service import ServiceProcess
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from ot2otel.recording import RUN_ID
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.running import sampled

REQUESTS = 700  # in each variant, so more than 2 000 in all
RATIO = 0.1
AT_THE_HEAD = {
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": str(RATIO),
    "JAEGER_SAMPLER_TYPE": "probabilistic",
    "JAEGER_SAMPLER_PARAM": str(RATIO),
}
# The sampler of the second service, which decides for its own traces alone.
BEHIND = SAMPLERS["always_on"]
NOT_BY_CHANCE = 1e-5


def chance(kept: int, of: int, ratio: float) -> float:
    """Return how likely it is that exactly `kept` are kept."""
    ways = math.lgamma(of + 1) - math.lgamma(kept + 1) - math.lgamma(of - kept + 1)
    return math.exp(ways + kept * math.log(ratio) + (of - kept) * math.log1p(-ratio))


def at_most(kept: int, of: int, ratio: float) -> float:
    """Return how likely it is that `kept` or fewer are kept."""
    return math.fsum(chance(count, of, ratio) for count in range(kept + 1))


def at_least(kept: int, of: int, ratio: float) -> float:
    """Return how likely it is that `kept` or more are kept."""
    return math.fsum(chance(count, of, ratio) for count in range(kept, of + 1))


@pytest.fixture(scope="module")
def kept() -> Mapping[str, tuple[Span, ...]]:
    return {variant: sampled(variant, REQUESTS, AT_THE_HEAD, BEHIND) for variant in BY_HAND}


@pytest.mark.parametrize("variant", BY_HAND)
def test_the_second_service_follows_the_first_ones_decision_so_that_traces_are_complete(
    kept: Mapping[str, tuple[Span, ...]], variant: str
) -> None:
    names: dict[str, list[str]] = {}
    for span in kept[variant]:
        names.setdefault(span.trace_id, []).append(span.name)

    shapes = Counter(tuple(sorted(trace)) for trace in names.values())

    assert shapes == {("server-1", "server-1_to_server-2", "server-2"): len(names)}


@pytest.mark.parametrize("variant", BY_HAND)
def test_a_ratio_keeps_as_many_traces_as_chance_allows(
    kept: Mapping[str, tuple[Span, ...]], variant: str
) -> None:
    traces = len({span.trace_id for span in kept[variant]})

    assert at_most(traces, REQUESTS, RATIO) > NOT_BY_CHANCE
    assert at_least(traces, REQUESTS, RATIO) > NOT_BY_CHANCE


def test_over_all_variants_the_ratio_is_kept_too(kept: Mapping[str, tuple[Span, ...]]) -> None:
    traces = len({(variant, span.trace_id) for variant, spans in kept.items() for span in spans})

    assert at_most(traces, len(kept) * REQUESTS, RATIO) > NOT_BY_CHANCE
    assert at_least(traces, len(kept) * REQUESTS, RATIO) > NOT_BY_CHANCE


def test_chance_is_counted_as_the_binomial_distribution_says() -> None:
    found = [chance(1, 3, 0.5), at_most(0, 2, 0.5), at_least(1, 2, 0.5), at_most(2100, 2100, RATIO)]

    assert found == pytest.approx([0.375, 0.25, 0.75, 1])


def test_the_defaults_of_opentelemetry_multiply_the_volume_of_jaeger_clients() -> None:
    legacy = {span.trace_id for span in sampled("legacy", 200, {"JAEGER_SAMPLER_TYPE": "remote"})}
    native = {span.trace_id for span in sampled("native", 200, {})}

    assert at_least(len(legacy), 200, 0.001) > NOT_BY_CHANCE
    assert len(native) == 200


def test_jaeger_clients_rate_limit_bounds_the_traces_a_second() -> None:
    limit = 5
    began = time.monotonic()

    kept = sampled("legacy", 200, {"JAEGER_SAMPLER_TYPE": "ratelimiting", "JAEGER_SAMPLER_PARAM": str(limit)})

    # It begins with the credit of up to one second.
    allowed = limit * (time.monotonic() - began + 1)
    assert 0 < len({span.trace_id for span in kept}) <= min(allowed, 199)


def server_1(
    stack: ExitStack, variant: str, collector: Collector, settings: Mapping[str, str], *options: str
) -> ServiceProcess:
    variables = {**reporting_to(collector, VARIANTS[variant].exporters[0], {RUN_ID: "test"}), **settings}
    process = ServiceProcess(
        VARIANTS[variant], FLOWS["hello"], FLOWS["hello"].front, ["--work", "0", *options], variables
    )
    stack.enter_context(process)
    process.start()
    return process


@pytest.mark.parametrize(
    ("variant", "header"),
    [("legacy", "uber-trace-id"), ("shim", "traceparent"), ("native", "traceparent")],
)
def test_an_unsampled_request_exports_nothing_and_hands_the_decision_on(variant: str, header: str) -> None:
    arrived: list[str] = []

    def instead_of_server_2(request: HttpRequest) -> HttpAnswer:
        arrived.append(request.headers[header])
        return HttpAnswer()

    with Collector() as collector, HttpServer(instead_of_server_2) as server_2, ExitStack() as stack:
        service = server_1(stack, variant, collector, SAMPLERS["always_off"], "--server-2", server_2.url)
        service.wait_until_ready()
        requests.get(f"{service.url}/Bryan", timeout=10)

    # The lowest bit is the sampled flag; the next one, which newer SDKs set, is that of a random trace id.
    assert [int(value[-1], 16) & 1 for value in arrived] == [0]
    assert collector.spans == ()


@pytest.mark.parametrize(
    ("kind", "param", "problem"),
    [
        ("probabilistic", "2", "between 0.0 and 1.0"),
        ("probabilistic", "often", "could not convert"),
        ("sometimes", "1", "Unknown sampler type sometimes"),
    ],
)
def test_a_sampler_that_jaeger_client_does_not_know_is_refused_with_the_variables_names(
    kind: str, param: str, problem: str
) -> None:
    settings = {"JAEGER_SAMPLER_TYPE": kind, "JAEGER_SAMPLER_PARAM": param}
    with Collector() as collector, ExitStack() as stack:
        service = server_1(stack, "legacy", collector, settings)

        with pytest.raises(
            ProcessFailedError, match=f"JAEGER_SAMPLER_TYPE, JAEGER_SAMPLER_PARAM: .*{problem}"
        ):
            service.wait_until_ready()
