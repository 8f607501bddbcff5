"""The fixtures of the claims' tests."""

from __future__ import annotations

import logging
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


@pytest.fixture(autouse=True)
def _each_log_line_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the SDK log what it logged for an earlier test.

    Each of its batch processors adds a filter to one logger of the process, for good. The filter holds back a
    line that equals the last one of the same 20 seconds.
    """
    monkeypatch.setattr(logging.getLogger("opentelemetry.sdk._shared_internal"), "filters", [])
