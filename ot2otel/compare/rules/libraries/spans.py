"""Whole spans that an instrumentation makes and the integration before it did not."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from ot2otel.compare.facts import SCOPE_NAME, Content
from ot2otel.compare.rules.libraries.instrumentation import source
from ot2otel.compare.rules.rule import Effect, Rule, attribute
from ot2otel.model import Kind

_SCOPE = "opentelemetry.instrumentation."


@dataclass(frozen=True, slots=True)
class NewSpan:
    """A span that is new by `rule`, in a service whose integration wrote one of these into `component`."""

    rule: Rule
    components: frozenset[str]
    libraries: frozenset[str]
    is_it: Callable[[Content], bool]


def new_span(content: Content, components: Set[tuple[str, object]]) -> Rule | None:
    """Return the rule by which this span of the after is new, None if there is none.

    `components` are the services of the before, each with a value of `component` there.
    """
    library = str(content.value(SCOPE_NAME) or "").removeprefix(_SCOPE)
    for each in NEW_SPANS:
        known = any((content.service, component) in components for component in each.components)
        if known and library in each.libraries and each.is_it(content):
            return each.rule
    return None


def _is_message(content: Content) -> bool:
    event = content.value(attribute("asgi.event.type"))
    return content.kind is Kind.INTERNAL and isinstance(event, str)


def _has_no_route(content: Content) -> bool:
    status = content.value(attribute("http.response.status_code")) or content.value(
        attribute("http.status_code")
    )
    return content.kind is Kind.SERVER and status == 404 and not content.value(attribute("http.route"))


def _connects(content: Content) -> bool:
    return content.kind is Kind.CLIENT and content.name == "connect"


NEW_SPANS = (
    NewSpan(
        Rule(
            "asgi-messages",
            Effect.ADDED,
            "the ASGI instrumentation makes a span of each message that a server sends or receives",
            source("asgi"),
        ),
        frozenset({"asgi"}),
        frozenset({"asgi", "fastapi", "starlette"}),
        _is_message,
    ),
    NewSpan(
        Rule(
            "unknown-path-span",
            Effect.IMPROVED,
            "a request without a route has a span; Django's integration traces views alone",
            source("django"),
        ),
        frozenset({"django"}),
        frozenset({"django"}),
        _has_no_route,
    ),
    NewSpan(
        Rule(
            "connect-span",
            Effect.ADDED,
            "the instrumentation of SQLAlchemy makes a span of each connection that it takes",
            source("sqlalchemy"),
        ),
        frozenset({"sqlalchemy"}),
        frozenset({"sqlalchemy"}),
        _connects,
    ),
)
