"""The fixtures of the claims' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry import context

from ot2otel.receive.collector import Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture(autouse=True)
def _no_context_left_over() -> Iterator[None]:
    """Some claims are about contexts that leak; none may leak into the next test."""
    token = context.attach(context.Context())
    yield
    context.detach(token)
