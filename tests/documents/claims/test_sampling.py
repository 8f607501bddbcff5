"""The decision to record a trace."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points
from types import SimpleNamespace

import pytest
from jaeger_client.config import Config
from jaeger_client.sampler import ConstSampler, ProbabilisticSampler, RemoteControlledSampler
from opentelemetry.propagators.jaeger import JaegerPropagator
from opentelemetry.sdk.trace import TracerProvider, sampling
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, native, propagating, shim


def described(sampler: sampling.Sampler) -> str:
    return sampler.get_description()


@claim(
    "sampling-defaults",
    "jaeger_client.sampler:RemoteControlledSampler.__init__",
    "opentelemetry.sdk.trace.sampling:_get_from_env_or_default",
)
def test_jaeger_client_samples_one_trace_in_a_thousand_by_default_and_opentelemetry_all() -> None:
    no_agent = SimpleNamespace(io_loop=None)

    remote = RemoteControlledSampler(no_agent, "service")

    assert Config({}, service_name="service").sampler is None  # new_tracer() then makes a remote one
    assert type(remote.sampler) is ProbabilisticSampler
    assert remote.sampler.rate == 0.001
    assert TracerProvider(shutdown_on_exit=False).sampler is sampling.DEFAULT_ON
    assert described(sampling.DEFAULT_ON).startswith("ParentBased{root:AlwaysOnSampler")


@claim("sampling-unknown", "opentelemetry.sdk.trace.sampling:_get_from_env_or_default")
def test_a_sampler_that_opentelemetry_does_not_know_becomes_always_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote")
    with caplog.at_level(logging.WARNING):
        sampler = TracerProvider(shutdown_on_exit=False).sampler

    assert described(sampler) == described(sampling.DEFAULT_ON)
    assert "Couldn't recognize sampler parentbased_jaeger_remote" in caplog.text


@claim(
    "sampling-tags",
    "jaeger_client.tracer:Tracer.start_span",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_only_jaeger_client_writes_its_sampler_into_the_root() -> None:
    old, new = legacy(), shim()
    for traced in (old, new):
        with traced.tracer.start_active_span("root"), traced.tracer.start_active_span("child"):
            pass

    child, root = old.spans()
    assert {"sampler.type": "const", "sampler.param": True}.items() <= root.attributes.items()
    assert "sampler.type" not in child.attributes
    assert [dict(span.attributes) for span in new.spans()] == [{}, {}]


@claim(
    "sampling-priority",
    "jaeger_client.span:Span._set_sampling_priority",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_sampling_priority_decides_in_jaeger_client_and_is_an_attribute_on_the_shim() -> None:
    unwanted = {"sampling.priority": 0}
    old, new = legacy(), shim()
    for traced in (old, new):
        traced.tracer.start_span("unwanted", tags=dict(unwanted)).finish()
    forced = legacy(sampler=ConstSampler(False))
    unforced = shim(sampler=ParentBased(ALWAYS_OFF))
    for traced in (forced, unforced):
        traced.tracer.start_span("wanted", tags={"sampling.priority": 1}).finish()

    assert (old.spans(), new.span.attributes) == ((), unwanted)
    assert ([span.name for span in forced.spans()], unforced.spans()) == (["wanted"], ())


@claim("sampling-parent", "opentelemetry.sdk.trace.sampling:ParentBased.should_sample")
def test_a_callers_decision_wins_over_the_services_own_sampler() -> None:
    decided = []
    for flags, sampler in (("1", ALWAYS_OFF), ("0", sampling.ALWAYS_ON)):
        traced = native(sampler=ParentBased(sampler))
        with propagating(JaegerPropagator()) as propagator:
            context = propagator.extract({"uber-trace-id": f"{'a' * 32}:{'b' * 16}:0:{flags}"})
        traced.tracer.start_span("s", context=context).end()
        decided.append(len(traced.spans()))

    assert decided == [1, 0]


@claim("sampling-rate", "opentelemetry.sdk.trace.sampling:_get_from_env_or_default")
def test_opentelemetry_samples_by_ratio_and_has_no_sampler_by_rate(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names = [
        f"{parent}{kind}" for parent in ("", "parentbased_") for kind in ("jaeger_remote", "ratelimiting")
    ]
    for name in names:
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", name)
        assert described(TracerProvider(shutdown_on_exit=False).sampler) == described(sampling.DEFAULT_ON)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.25")
    by_ratio = TracerProvider(shutdown_on_exit=False).sampler

    assert [name for name in names if f"Couldn't recognize sampler {name}." in caplog.text] == names
    assert described(by_ratio) == "TraceIdRatioBased{0.25}"
    # Samplers that come as plugins.
    assert set(names) & {entry.name for entry in entry_points(group="opentelemetry_traces_sampler")} == set()
