"""The fixture with unittest, with the test clients of Flask and Django; and tests without pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.suites import Suite

UNITTEST = """
import unittest

import pytest
from opentelemetry.sdk.trace import TracerProvider

PROVIDER = TracerProvider()


def pay():
    with PROVIDER.get_tracer("shop").start_as_current_span("pay"):
        pass


class TestWithTheFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _spans(self, spans):
        self.spans = spans
        spans.watch(PROVIDER)

    def test_one(self):
        pay()
        self.assertEqual(self.spans.tree(), (("pay", ()),))

    def test_two(self):
        pay()
        pay()
        self.assertEqual(self.spans.tree(), (("pay", ()), ("pay", ())))


class TestTheLoop(unittest.IsolatedAsyncioTestCase):
    @pytest.fixture(autouse=True)
    def _spans(self, spans):
        self.spans = spans
        spans.watch(PROVIDER)

    async def test_one(self):
        pay()
        self.assertEqual(self.spans.tree(), (("pay", ()),))
"""


def test_classes_of_unittest_take_the_fixture(suite: Suite) -> None:
    suite(UNITTEST).assert_outcomes(passed=3)


PLAIN = """
import unittest
from opentelemetry.sdk.trace import TracerProvider
from ot2otel.testing import captured


class TestPlain(unittest.TestCase):
    def test_one(self):
        provider = TracerProvider()
        with captured("snapshots") as spans:
            spans.watch(provider)
            provider.get_tracer("shop").start_span("pay").end()
        self.assertEqual(spans.tree(), (("pay", ()),))
        spans.assert_equivalent("pay")


unittest.main()
"""


def test_a_program_without_pytest_captures_and_judges(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PLAIN], capture_output=True, text=True, timeout=60, check=False
        )

    missing = run()
    monkeypatch.setenv("OT2OTEL_TRACE_SNAPSHOTS", "update")
    monkeypatch.setenv("CI", "1")
    in_ci = run()
    monkeypatch.delenv("CI")
    updated = run()
    monkeypatch.delenv("OT2OTEL_TRACE_SNAPSHOTS")

    assert missing.returncode == in_ci.returncode == 1
    assert "Write it: run it again with OT2OTEL_TRACE_SNAPSHOTS=update" in missing.stderr
    assert updated.returncode == run().returncode == 0
    assert Path("snapshots", "pay.json").exists()


FLASK = """
import jaeger_client
from flask import Flask
from jaeger_client.reporter import InMemoryReporter
from opentelemetry.sdk.trace import TracerProvider

PROVIDER = TracerProvider()
app = Flask(__name__)


@app.get("/users/<int:number>")
def user(number):
    with PROVIDER.get_tracer("app").start_as_current_span("query"):
        return {"number": number}


@app.before_request
def start():
    from flask import g, request

    g.span = PROVIDER.get_tracer("app").start_as_current_span(f"{request.method} {request.url_rule}")
    g.span.__enter__()


@app.teardown_request
def end(_):
    from flask import g

    g.span.__exit__(None, None, None)


def test_flask(spans):
    spans.watch(PROVIDER)
    client = app.test_client()
    for number in range(2):
        assert client.get(f"/users/{number}").json == {"number": number}
    assert spans.tree() == (("GET /users/<int:number>", (("query", ()),)),) * 2
"""


def test_the_test_client_of_flask(suite: Suite) -> None:
    suite(FLASK).assert_outcomes(passed=1)


DJANGO = """
import django
from django.conf import settings
from django.http import JsonResponse
from django.test import AsyncClient, Client, SimpleTestCase
from django.urls import path

import pytest
from opentelemetry.sdk.trace import TracerProvider

PROVIDER = TracerProvider()


def traced(get_response):
    def middleware(request):
        with PROVIDER.get_tracer("app").start_as_current_span(f"GET {request.path}"):
            return get_response(request)

    return middleware


def user(request, number):
    with PROVIDER.get_tracer("app").start_as_current_span("query"):
        return JsonResponse({"number": number})


urlpatterns = [path("users/<int:number>", user)]
settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.traced"], ALLOWED_HOSTS=["*"])
django.setup()
TREE = (("GET /users/7", (("query", ()),)),)


def test_client(spans):
    spans.watch(PROVIDER)
    assert Client().get("/users/7").json() == {"number": 7}
    assert spans.tree() == TREE


class TestDjango(SimpleTestCase):
    @pytest.fixture(autouse=True)
    def _spans(self, spans):
        self.spans = spans
        spans.watch(PROVIDER)

    def test_client(self):
        self.client.get("/users/7")
        self.assertEqual(self.spans.tree(), TREE)

    async def test_async_client(self):
        # The synchronous middleware and view run in a thread of a pool.
        await AsyncClient().get("/users/7")
        self.assertEqual(self.spans.tree(), TREE)
"""


def test_the_test_clients_of_django(suite: Suite) -> None:
    pytest.importorskip("django")
    suite(DJANGO).assert_outcomes(passed=3)
