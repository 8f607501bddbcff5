"""Django: a server with a route, an unknown path, an answer 503 and an exception."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.golden.exchanges.asking import Ask, ask, served
from tests.golden.exchanges.tracing import Started

SERVICES = ("users", "library")
_REQUESTS = (
    (
        *(Ask("GET", "/users/7?q=1"), Ask("GET", "/missing"), Ask("GET", "/down"), Ask("GET", "/boom")),
        Ask("GET", "/users/8"),
    ),
    (
        *(Ask("POST", "/books", "title=Momo"), Ask("DELETE", "/books/Momo"), Ask("GET", "/shelf/2/left")),
        *(Ask("GET", "/nowhere/else?a=b"), Ask("PUT", "/full", "x"), Ask("GET", "/torn")),
    ),
)


def exchange(tracing: Started, scenario: int) -> None:
    """Serve one of the applications and ask it."""
    urls = ModuleType("exchange_urls")
    urls.urlpatterns = (USERS, LIBRARY)[scenario]  # type: ignore[attr-defined]  # where Django looks for it
    sys.modules[urls.__name__] = urls
    more: dict[str, Any] = {}  # Any: settings
    if tracing.tracer is not None:
        import django_opentracing

        more = {
            "MIDDLEWARE": ["django_opentracing.OpenTracingMiddleware"],
            "OPENTRACING_TRACING": django_opentracing.DjangoTracing(tracing.tracer),
            "OPENTRACING_TRACE_ALL": True,
        }
    settings.configure(ROOT_URLCONF=urls.__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="exchange", **more)
    if tracing.tracer is None:
        from opentelemetry.instrumentation.django import DjangoInstrumentor

        DjangoInstrumentor().instrument()
    django.setup()
    with served(get_wsgi_application()) as port:
        ask(port, _REQUESTS[scenario])


def user(request: HttpRequest, uid: int) -> HttpResponse:
    """Answer with the number of a user."""
    return HttpResponse(str(uid))


def down(request: HttpRequest) -> HttpResponse:
    """Answer 503."""
    return HttpResponse("down", status=503)


def boom(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise ValueError("boom")


def books(request: HttpRequest, title: str = "") -> HttpResponse:
    """Answer 201, or 202 for one book."""
    return HttpResponse(title, status=202 if title else 201)


def shelf(request: HttpRequest, number: int, side: str) -> HttpResponse:
    """Answer with a shelf."""
    return HttpResponse(f"{number} {side}")


def full(request: HttpRequest) -> HttpResponse:
    """Answer 507."""
    return HttpResponse("full", status=507)


def torn(request: HttpRequest) -> HttpResponse:
    """Fail in another way."""
    raise LookupError("a page is torn")


USERS = [path("users/<int:uid>", user), path("down", down), path("boom", boom)]
LIBRARY = [
    *(path("books", books), path("books/<str:title>", books), path("shelf/<int:number>/<str:side>", shelf)),
    *(path("full", full), path("torn", torn)),
]
