"""The active span: nesting, asyncio, threads."""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from opentelemetry.trace import get_current_span
from opentracing import Tracer as OpenTracing
from opentracing.scope_managers.contextvars import ContextVarsScopeManager

from tests.documents.claims.marks import claim
from tests.documents.claims.tracers import Traced, legacy, native, shim, shim_and_native
from tests.support.runs import ROOT
from tests.support.untyped import AnyTracer

MAKERS: dict[str, Callable[[], Traced]] = {
    "thread-local": legacy,
    "contextvars": lambda: legacy(scope_manager=ContextVarsScopeManager()),
    "shim": shim,
}


def children(traced: Traced) -> dict[str, str]:
    """Return for each span but the root the name of its parent, "" for none."""
    spans = traced.spans()
    names = {span.span_id: span.name for span in spans}
    return {span.name: names.get(span.parent_id, "") for span in spans if span.name != "root"}


def start_child(traced: Traced) -> None:
    traced.tracer.start_active_span("child").close()


def in_root(run: Callable[[Callable[[], None]], None]) -> dict[str, str]:
    """Let `run` start a child while a root is active; return the child's parent for each maker."""
    found = {}
    for name, make in MAKERS.items():
        traced = make()
        with traced.tracer.start_active_span("root"):
            run(partial(start_child, traced))
        found[name] = children(traced)["child"]
    return found


@claim(
    "scope-gather",
    "opentracing.scope_managers:ThreadLocalScopeManager.activate",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
)
def test_concurrent_tasks_get_wrong_parents_from_the_default_scope_manager_of_jaeger_client() -> None:
    async def task(tracer: AnyTracer, name: str, mine: asyncio.Event, others: asyncio.Event) -> None:
        with tracer.start_active_span(name):
            mine.set()
            await others.wait()
            with tracer.start_active_span(f"{name}-inner"):
                pass

    async def both(tracer: AnyTracer) -> None:
        first, second = asyncio.Event(), asyncio.Event()
        with tracer.start_active_span("root"):
            await asyncio.gather(task(tracer, "a", first, second), task(tracer, "b", second, first))

    found = {}
    for name, make in MAKERS.items():
        traced = make()
        asyncio.run(both(traced.tracer))
        found[name] = children(traced)

    right = {"a": "root", "a-inner": "a", "b": "root", "b-inner": "b"}
    assert (found["contextvars"], found["shim"]) == (right, right)
    # Both tasks share the thread's one active span: b starts while a is active.
    assert found["thread-local"]["b"] == "a"


@claim(
    "scope-to-thread",
    "opentracing.scope_managers:ThreadLocalScopeManager.activate",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
)
def test_asyncio_to_thread_keeps_the_parent_except_with_the_default_of_jaeger_client() -> None:
    found = in_root(lambda start: asyncio.run(asyncio.to_thread(start)))

    assert found == {"thread-local": "", "contextvars": "root", "shim": "root"}


@claim(
    "scope-executor",
    "opentracing.scope_managers:ThreadLocalScopeManager.activate",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
)
def test_an_executor_starts_a_new_trace_with_each_scope_manager() -> None:
    with ThreadPoolExecutor(1) as pool:
        found = in_root(lambda start: pool.submit(start).result())

    assert found == {"thread-local": "", "contextvars": "", "shim": ""}


@claim(
    "scope-copy-context",
    "opentracing.scope_managers:ThreadLocalScopeManager.activate",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
)
def test_a_copied_context_keeps_the_parent_in_an_executor_except_with_the_default_of_jaeger_client() -> None:
    with ThreadPoolExecutor(1) as pool:
        found = in_root(lambda start: pool.submit(contextvars.copy_context().run, start).result())

    assert found == {"thread-local": "", "contextvars": "root", "shim": "root"}


@claim("scope-ignore-active", "opentelemetry.shim.opentracing_shim:TracerShim.start_active_span")
def test_start_active_span_of_the_shim_does_not_ignore_the_active_span() -> None:
    found = []
    for traced in (legacy(), shim()):
        with traced.tracer.start_active_span("root"):
            traced.tracer.start_active_span("active", ignore_active_span=True).close()
            traced.tracer.start_span("plain", ignore_active_span=True).finish()
        found.append(children(traced))

    assert found == [{"active": "", "plain": ""}, {"active": "root", "plain": ""}]


@claim(
    "scope-out-of-order",
    "opentracing.scope_managers:_ThreadLocalScope.close",
    "opentelemetry.shim.opentracing_shim:ScopeShim.close",
)
def test_a_scope_closed_before_its_child_is_lost_in_jaeger_client_and_leaks_a_context_on_the_shim() -> None:
    ended = []
    for traced in (legacy(), shim()):
        outer = traced.tracer.start_active_span("outer")
        inner = traced.tracer.start_active_span("inner")
        outer.close()
        inner.close()
        ended.append({span.name for span in traced.spans()})

    assert ended == [{"inner"}, {"outer", "inner"}]
    assert get_current_span().get_span_context().is_valid


@claim("mixing-start-span", "opentelemetry.shim.opentracing_shim:TracerShim.start_span")
def test_start_span_of_the_shim_does_not_see_a_native_span_and_start_active_span_does() -> None:
    opentracing, opentelemetry = shim_and_native()
    outer, inner = opentracing.tracer.start_active_span, opentelemetry.tracer.start_as_current_span
    with outer("root"), inner("native"):
        opentracing.tracer.start_span("plain").finish()
        opentracing.tracer.start_active_span("active").close()

    assert children(opentracing) == {"native": "root", "plain": "root", "active": "native"}


@claim("mixing-new-root", "opentelemetry.shim.opentracing_shim:TracerShim.start_span")
def test_start_span_of_the_shim_under_a_native_span_alone_starts_another_trace() -> None:
    opentracing, opentelemetry = shim_and_native()
    with opentelemetry.tracer.start_as_current_span("root"):
        opentracing.tracer.start_span("plain").finish()
        opentracing.tracer.start_active_span("active").close()

    plain, active, root = opentracing.spans()
    assert (plain.trace_id == root.trace_id, active.trace_id == root.trace_id) == (False, True)


@claim(
    "mixing-native-inside",
    "opentelemetry.shim.opentracing_shim:ScopeManagerShim.activate",
    "opentelemetry.sdk.trace:Tracer.start_span",
)
def test_a_native_span_is_a_child_of_the_shims_active_span() -> None:
    opentracing, opentelemetry = shim_and_native()
    outer, inner = opentracing.tracer.start_active_span, opentelemetry.tracer.start_as_current_span
    with outer("root"), inner("native"):
        pass

    assert children(opentracing) == {"native": "root"}


@claim("shim-gone", "opentelemetry.shim.opentracing_shim:TracerShim.start_span")
def test_the_shim_lacks_the_extensions_of_jaeger_client() -> None:
    section = (
        (ROOT / "docs/reference.md").read_text(encoding="utf-8").partition("## Only in jaeger-client")[2]
    )
    extensions = re.findall(r"^\| `(\w+)\.(\w+)`", section.partition("\n## ")[0], re.MULTILINE)
    has = {}
    for tracer in (legacy().tracer, shim().tracer, OpenTracing()):
        span = tracer.start_span("s")
        objects = {"Tracer": tracer, "Span": span, "SpanContext": span.context}
        has[type(tracer)] = [
            (name, attribute) for name, attribute in extensions if hasattr(objects[name], attribute)
        ]
    context = shim().tracer.start_span("s").context

    assert len(extensions) > 20
    assert list(has.values()) == [extensions, [], []]
    assert context.unwrap().trace_id > 0


@claim("native-not-current", "opentelemetry.sdk.trace:Tracer.start_span")
def test_a_native_span_of_start_span_is_not_the_current_one() -> None:
    traced = native()
    with traced.tracer.start_span("not current"):
        traced.tracer.start_span("s").end()

    assert [span.parent_id for span in traced.spans()] == ["", ""]


@claim("scope-tornado", "opentracing.scope_managers.tornado")
def test_the_scope_manager_for_tornado_does_not_import_with_tornado_6() -> None:
    with pytest.raises(ImportError, match="stack_context"):
        import opentracing.scope_managers.tornado  # noqa: F401


@claim("scope-active-native", "opentelemetry.shim.opentracing_shim:ScopeManagerShim.active")
def test_the_shim_has_no_active_span_under_a_native_span_alone() -> None:
    opentracing, opentelemetry = shim_and_native()
    with opentelemetry.tracer.start_as_current_span("native"):
        assert opentracing.tracer.active_span is None
