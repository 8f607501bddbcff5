"""Processes that end without `close` deliver their spans, and so do their children."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from ot2otel.receive.collector import Collector
from ot2otel_flows.children import deliver_in_children
from tests.support.running import unhurried
from tests.support.runs import ROOT

OPENTELEMETRY = ["otel_native", "shim_bridge"]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn", "os.fork"])
@pytest.mark.parametrize("package", OPENTELEMETRY)
def test_a_child_and_its_parent_deliver_their_spans(package: str, method: str) -> None:
    assert _names_of_spans(package, method) == ["child", "parent"]


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_with_jaeger_client_a_child_that_is_no_fork_delivers_its_span(method: str) -> None:
    assert _names_of_spans("legacy_opentracing", method) == ["child", "parent"]


@pytest.mark.parametrize("method", ["fork", "os.fork"])
def test_with_jaeger_client_the_span_of_a_forked_child_is_lost(method: str) -> None:
    assert _names_of_spans("legacy_opentracing", method) == ["parent"]


@pytest.mark.parametrize("package", OPENTELEMETRY)
def test_a_child_that_ends_by_os_exit_loses_its_span(package: str) -> None:
    assert _names_of_spans(package, "os._exit") == ["parent"]


def _names_of_spans(package: str, method: str) -> list[str]:
    with Collector() as collector:
        subprocess.run(
            [sys.executable, "-m", "tests.support.planted.children", package, method],
            cwd=ROOT,
            env=unhurried(collector),
            timeout=60,
            check=True,
        )
    return sorted(span.name for span in collector.spans)


def test_celery_is_asked_where_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Callable[..., None]] = []
    signal = SimpleNamespace(connect=lambda receiver, weak: asked.append(receiver))
    monkeypatch.setitem(sys.modules, "celery", ModuleType("celery"))
    signals = SimpleNamespace(worker_process_shutdown=signal)
    monkeypatch.setitem(sys.modules, "celery.signals", cast(ModuleType, signals))
    delivered: list[str] = []

    deliver_in_children(lambda: delivered.append("spans"))
    for receiver in asked:
        receiver(sender=None, pid=1, exitcode=0)

    assert delivered == ["spans"]
