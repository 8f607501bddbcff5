"""Each test sees its own spans and no other's, and what it left behind is told."""

from __future__ import annotations

import pytest

from tests.support.suites import Suite

TRACERS = """
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import jaeger_client
import pytest
from jaeger_client.reporter import InMemoryReporter
from opentelemetry import context, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.shim.opentracing_shim import create_tracer
from opentracing.scope_managers.contextvars import ContextVarsScopeManager

PROVIDER = TracerProvider()
PROVIDER.add_span_processor(BatchSpanProcessor(InMemorySpanExporter()))
OTEL = PROVIDER.get_tracer("app")
JAEGER = jaeger_client.Tracer("shop", InMemoryReporter(), jaeger_client.ConstSampler(True))


@pytest.fixture(autouse=True)
def watched(request):
    if "spans" in request.fixturenames:
        spans = request.getfixturevalue("spans")
        spans.watch(PROVIDER)
        spans.watch(JAEGER)

"""


def test_threads_and_pools_work_for_the_test_that_started_or_called_them(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
POOL = ThreadPoolExecutor(1)
GO, DONE = threading.Event(), threading.Event()


def work(name):
    OTEL.start_span(name).end()


def late():
    GO.wait(10)
    work("late")
    threading.Thread(target=work, args=["later"]).start()
    DONE.set()


def test_first(spans):
    POOL.submit(work, "first's in the pool").result()
    thread = threading.Thread(target=work, args=["first's own"])
    thread.start()
    thread.join()
    threading.Thread(target=late).start()
    assert [span.name for span in spans] == ["first's in the pool", "first's own"]


def test_second(spans):
    GO.set()
    assert DONE.wait(10)
    POOL.submit(work, "second's in the pool").result()
    assert spans.tree() == (("second's in the pool", ()),)
"""
    )

    result.assert_outcomes(passed=2)


def test_a_server_of_a_sessions_fixture_works_for_the_test_that_runs(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
import http.server
import urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with OTEL.start_as_current_span(f"GET {self.path}"):
            self.send_response(204)
            self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def server():
    with OTEL.start_as_current_span("nobody's"):
        served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.mark.parametrize("path", ["/a", "/b", "/c"])
def test_it(spans, server, path):
    urllib.request.urlopen(server + path).close()
    assert [span.name for span in spans.wait_for(1)] == [f"GET {path}"]
"""
    )

    result.assert_outcomes(passed=3)


def test_tasks_are_the_tests_that_made_them_and_their_order_is_the_same_in_each_run(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
import random

LOOP = asyncio.new_event_loop()
LEFT = []


async def step(name):
    with OTEL.start_as_current_span(name):
        await asyncio.sleep(random.random() / 100)


async def main():
    with OTEL.start_as_current_span("main"):
        await step("before")
        await asyncio.gather(*(step(name) for name in random.sample("abcdef", 6)))
        await step("after")


async def later(name):
    await asyncio.sleep(0.01)
    await step(name)


@pytest.mark.parametrize("run", range(5))
def test_it(spans, run):
    LOOP.run_until_complete(main())
    names = ("before", "after", *"abcdef")
    assert spans.tree() == (("main", tuple((name, ()) for name in names)),)
    LEFT.append(LOOP.create_task(later(f"left by {run}")))


def test_those_left_are_nobody_elses(spans):
    LOOP.run_until_complete(asyncio.gather(*LEFT))
    assert spans.tree() == ()


def test_the_loop_is_closed():
    LOOP.close()
"""
    )

    result.assert_outcomes(passed=7)


def test_leaks_are_told_with_their_names_and_taken_away(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
KEPT = []
TLS = JAEGER
CONTEXTVARS = jaeger_client.Tracer(
    "shop",
    InMemoryReporter(),
    jaeger_client.ConstSampler(True),
    scope_manager=ContextVarsScopeManager(),
)
SHIM = create_tracer(PROVIDER)


def leak(spans, tracer):
    spans.watch(tracer)
    KEPT.append(tracer.start_span("open"))
    KEPT.append(tracer.start_active_span("outer"))
    KEPT.append(tracer.start_active_span("inner"))


@pytest.mark.parametrize("tracer", [TLS, CONTEXTVARS, SHIM], ids=["tls", "contextvars", "shim"])
class TestLeaks:
    def test_one(self, spans, tracer):
        leak(spans, tracer)
        assert spans.tree() == ()

    def test_the_next(self, spans, tracer):
        spans.watch(tracer)
        assert tracer.active_span is None
        with tracer.start_active_span("mine"):
            pass
        assert spans.tree() == (("mine", ()),)


def test_a_context(spans):
    KEPT.append(context.attach(trace.set_span_in_context(OTEL.start_span("attached"))))


def test_without_the_fixture_it_leaks_too():
    KEPT.append(OTEL.start_span("unseen"))


def test_the_last(spans):
    assert not trace.get_current_span().is_recording()
    for kept in KEPT:
        if hasattr(kept, "finish"):
            kept.finish()
        if hasattr(kept, "end"):
            kept.end()
    with OTEL.start_as_current_span("mine"):
        pass
    assert spans.tree() == (("mine", ()),)
"""
    )

    result.assert_outcomes(passed=9)
    told = sorted({line.strip().partition("LeftoverWarning: ")[2] for line in result.outlines} - {""})
    opened = "spans that did not end: 'open', 'outer', 'inner'"
    assert told == [
        f"test_it.py::TestLeaks::test_one[contextvars] left {opened};"
        " spans active, taken away now: 'inner', 'outer'",
        f"test_it.py::TestLeaks::test_one[shim] left {opened}; spans active, taken away now: 'inner'",
        f"test_it.py::TestLeaks::test_one[tls] left {opened}; spans active, taken away now: 'inner', 'outer'",
        "test_it.py::test_a_context left spans that did not end: 'attached';"
        " spans active, taken away now: 'attached'",
    ]


def test_a_scope_that_was_left_in_a_thread_of_a_pool_does_not_take_the_next_tests_spans(
    suite: Suite,
) -> None:
    result = suite(
        TRACERS
        + """
POOL = ThreadPoolExecutor(1)


def test_first(spans):
    POOL.submit(JAEGER.start_active_span, "left").result()


def test_second(spans):
    def work():
        with JAEGER.start_active_span("mine"):
            pass

    POOL.submit(work).result()
    assert spans.tree() == (("mine", ()),)
"""
    )

    result.assert_outcomes(passed=2)


def test_a_block_in_a_test_has_its_own_spans_and_the_test_has_all(suite: Suite) -> None:
    result = suite(
        TRACERS
        + """
from ot2otel.testing import captured


def test_it(spans):
    OTEL.start_span("before").end()
    with captured() as inner:
        OTEL.start_span("inside").end()
        thread = threading.Thread(target=lambda: OTEL.start_span("in a thread").end())
        thread.start()
        thread.join()
    OTEL.start_span("after").end()
    assert [span.name for span in inner] == ["inside", "in a thread"]
    assert [span.name for span in spans] == ["before", "inside", "after", "in a thread"]
"""
    )

    result.assert_outcomes(passed=1)


def test_coroutines_of_pytest_asyncio_are_isolated_whatever_the_loops_scope(suite: Suite) -> None:
    pytest.importorskip("pytest_asyncio")
    result = suite(
        TRACERS
        + """
import pytest_asyncio

LEFT = []


async def step(name):
    with OTEL.start_as_current_span(name):
        await asyncio.sleep(0)


async def later(name):
    await asyncio.sleep(0.005)
    await step(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service():
    calls = asyncio.Queue()

    async def serve():
        while True:
            name, answer = await calls.get()
            await step(name)
            answer.set_result(None)

    task = asyncio.create_task(serve())
    yield calls
    task.cancel()


@pytest_asyncio.fixture
async def prepared():
    await step("prepared")


async def call(service, name):
    answer = asyncio.get_running_loop().create_future()
    await service.put((name, answer))
    await answer


@pytest.mark.parametrize("number", range(4))
@pytest.mark.asyncio(loop_scope="session")
async def test_in_one_loop(spans, service, number):
    await asyncio.sleep(0.01)
    await step(f"own {number}")
    await call(service, f"served {number}")
    LEFT.append(asyncio.create_task(later("left")))
    assert sorted(span.name for span in spans) == [f"own {number}", f"served {number}"]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.asyncio
async def test_in_a_loop_of_its_own(prepared, spans, number):
    await asyncio.gather(*(step(f"own {name}") for name in "ba"))
    assert [span.name for span in spans] == ["prepared", "own a", "own b"]
""",
    )

    result.assert_outcomes(passed=7)


def test_many_tests_in_two_processes_see_no_other_tests_spans(suite: Suite) -> None:
    result = suite(TRACERS + MANY.replace("NUMBER", "24"), "-n", "2")

    result.assert_outcomes(passed=24)


MANY = """
POOL = ThreadPoolExecutor(4)
LOOP = asyncio.new_event_loop()


def traced(name):
    with OTEL.start_as_current_span(name):
        OTEL.start_span(f"{name} inner").end()


def slow(name):
    import time

    time.sleep(0.02)
    traced(name)


async def in_tasks(name):
    async def one(number):
        with OTEL.start_as_current_span(f"{name} {number}"):
            await asyncio.sleep(0.001)

    await asyncio.gather(*map(one, range(3)))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("number", range(NUMBER))
def test_one_of_many(spans, number):
    name = f"t{number}"
    traced(f"{name} main")
    with JAEGER.start_active_span(f"{name} legacy"):
        pass
    threads = [threading.Thread(target=traced, args=[f"{name} thread {each}"]) for each in range(3)]
    for thread in threads:
        thread.start()
    list(POOL.map(traced, [f"{name} pool {each}" for each in range(4)]))
    LOOP.run_until_complete(in_tasks(f"{name} task"))
    for thread in threads:
        thread.join()
    # These are left to run on in the time of the tests that follow.
    threading.Thread(target=slow, args=[f"{name} slow"]).start()
    POOL.submit(slow, f"{name} slow in the pool")
    JAEGER.start_active_span(f"{name} left")
    context.attach(trace.set_span_in_context(OTEL.start_span(f"{name} attached")))
    found = spans.wait_for(2 + 1 + 6 + 8 + 3)
    assert {span.name.split()[0] for span in found} == {name}
    slow_ones = [span for span in found if "slow" in span.name]
    assert len(found) - len(slow_ones) == 20
"""
