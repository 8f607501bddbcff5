"""The tracing of each step of the migration; the environment variable STEP names the step."""

from __future__ import annotations

import os

import jaeger_client
import opentracing
from jaeger_client.reporter import InMemoryReporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.scope_managers.contextvars import ContextVarsScopeManager

STEP = os.environ.get("STEP", "legacy")


def provider(service: str) -> TracerProvider:
    return TracerProvider(resource=Resource.create({"service.name": service, "host.name": "here"}))


def opentracing_tracer(service: str) -> opentracing.Tracer:
    if STEP == "shim":
        return create_tracer(provider(service))
    return jaeger_client.Tracer(
        service,
        InMemoryReporter(),
        jaeger_client.ConstSampler(True),
        scope_manager=ContextVarsScopeManager(),
    )
