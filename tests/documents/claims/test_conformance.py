"""OpenTracing's own suite, which every tracer was meant to pass."""

from __future__ import annotations

import contextvars
import sys
import warnings
from unittest import mock

import pytest

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import legacy, shim
from tests.support.untyped import AnySpan, AnyTracer

FAILED_BY_THE_SHIM = {
    "test_active_span",
    "test_binary_propagation",
    "test_context_baggage",
    "test_mandatory_formats",
    "test_span_baggage",
    "test_span_logs",
    "test_start_active_span_default_finish_on_close",
    "test_start_active_span_finish_on_close",
    "test_start_active_span_ignore_active_span",
}


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> type:
    """The suite's tests; they import `mock`, which is unittest's under its old name."""
    monkeypatch.setitem(sys.modules, "mock", mock)
    from opentracing.harness.api_check import APICompatibilityCheckMixin

    suite: type = APICompatibilityCheckMixin
    return suite


def outcomes(checks: type, tracer: AnyTracer) -> tuple[set[str], set[str]]:
    """Return the names of the suite's tests, and of those that the tracer fails."""

    class Suite(checks):  # type: ignore[misc]  # opentracing publishes no types
        def tracer(self) -> AnyTracer:
            return tracer

        def is_parent(self, parent: AnySpan, span: AnySpan) -> bool:
            return bool(parent_of(span) == id_of(parent))

    names = {name for name in dir(Suite) if name.startswith("test_")}
    failed = set()
    for name in names:
        # Some tests leave a span active, and some call functions that the shim calls deprecated.
        run = contextvars.copy_context().run
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                run(getattr(Suite(), name))
            except Exception:
                failed.add(name)
    return names, failed


def parent_of(span: AnySpan) -> int:
    if hasattr(span, "parent_id"):
        return int(span.parent_id or 0)
    parent = span.unwrap().parent
    return int(parent.span_id) if parent else 0


def id_of(span: AnySpan) -> int:
    if span is None:
        return 0
    return int(span.span_id if hasattr(span, "span_id") else span.unwrap().context.span_id)


@claim(
    "conformance-legacy",
    "opentracing.harness.api_check:APICompatibilityCheckMixin.test_active_span",
    "jaeger_client.tracer:Tracer.start_span",
)
def test_jaeger_client_passes_opentracings_suite(checks: type) -> None:
    names, failed = outcomes(checks, legacy().tracer)

    assert (len(names), failed) == (25, set())


@claim(
    "conformance-shim",
    "opentracing.harness.api_check:APICompatibilityCheckMixin.test_active_span",
    "opentelemetry.shim.opentracing_shim:TracerShim.start_span",
)
def test_the_shim_fails_nine_tests_of_opentracings_suite(checks: type) -> None:
    _, failed = outcomes(checks, shim().tracer)

    assert failed == FAILED_BY_THE_SHIM
