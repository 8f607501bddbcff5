"""The fixtures of the claims' tests."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator

import pytest
from opentelemetry import context

from ot2otel.receive.collector import Collector
from tests.documents.claims import witness
from tests.documents.plants.plant import planted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test of a claim that does not enter the objects that its mark names."""
    mark = item.get_closest_marker("claim")
    # Under a plant the object may be another, and only an assertion shall notice that.
    if mark is None or planted():
        return (yield)
    claim, *objects = mark.args
    with witness.watching(objects) as watch:
        result = yield
    if watch.missing:
        pytest.fail(
            f"The test of {claim} did not go through {', '.join(sorted(watch.missing))}.", pytrace=False
        )
    return result


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
