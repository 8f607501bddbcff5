"""Spans of an instrumentation: the premise that one made a span, and changes that all of them make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from ot2otel.compare.facts import KIND, SCOPE_NAME, Stack
from ot2otel.compare.rules.origin import is_of_shim
from ot2otel.compare.rules.rule import (
    SPECIFICATION,
    Added,
    Effect,
    Makes,
    Premise,
    Rule,
    attribute,
    in_resource,
    of_event,
    one_of,
    stands,
    text,
)
from ot2otel.model import Kind

# The version of the sources that the rules for libraries were written from.
CONTRIB = "https://github.com/open-telemetry/opentelemetry-python-contrib/blob/v0.60b1"
_SCOPE = "opentelemetry.instrumentation."
# What a function of a `Split` returns.
_Made: TypeAlias = "Sequence[Makes] | None"


def source(library: str) -> str:
    """Return the source of a library's instrumentation."""
    name = library.replace("_", "-")
    return (
        f"{CONTRIB}/instrumentation/opentelemetry-instrumentation-{name}/src/opentelemetry/instrumentation/"
        f"{library}/__init__.py"
    )


def made_by(*libraries: str) -> Premise:
    """Make the premise that an instrumentation of one of these libraries made the span."""
    return stands(SCOPE_NAME, *(f"{_SCOPE}{library}" for library in libraries))


def _is_instrumentation(scope: object) -> bool:
    return isinstance(scope, str) and scope.startswith(_SCOPE)


def _is_no_instrumentation(scope: object) -> bool:
    return not _is_instrumentation(scope)


# No instrumentation of OpenTelemetry's made the span of the before.
NOT_INSTRUMENTED = Premise((SCOPE_NAME,), _is_no_instrumentation, before=True)
# The facts that tell which part a span had in its request.
ROLE = (KIND, attribute("span.kind"), SCOPE_NAME)
# Some instrumentation of OpenTelemetry's made the span.
INSTRUMENTED = Premise((SCOPE_NAME,), _is_instrumentation)


def if_it_was(role: Kind, function: Callable[..., _Made]) -> Callable[..., _Made]:
    """Return a function of a `Split` that reads `ROLE` first, and moves nothing of a span of another kind."""

    def moved(taken: object, kind: object, tag: object, scope: object, *others: object) -> _Made:
        return function(taken, *others) if _may_have_been(role, kind, tag, scope) else None

    return moved


def _may_have_been(role: Kind, kind: object, tag: object, scope: object) -> bool:
    """Tell whether a span may have had this kind: its own, or none that is known.

    On the shim every span is INTERNAL; an attribute has the kind, unless the thrift exporter lost it.
    """
    if kind is Kind.INTERNAL and is_of_shim(scope):
        return tag is None or str(tag).upper() == role.name
    return kind in (role, Kind.UNSPECIFIED)


def _is_stack(value: object) -> bool:
    return isinstance(value, Stack)


INSTRUMENTATION = (
    Rule(
        "agent-version",
        Effect.BOOKKEEPING,
        "`opentelemetry-instrument` writes its version into `telemetry.auto.version`",
        f"{CONTRIB}/opentelemetry-instrumentation/src/opentelemetry/instrumentation/auto_instrumentation/"
        "__init__.py",
        (Added((in_resource("telemetry.auto.version"),), text),),
    ),
    Rule(
        "exception-recorded",
        Effect.IMPROVED,
        "the instrumentation records the exception of a failed span, which the integration left out",
        f"{SPECIFICATION}/trace/exceptions.md",
        (
            Added((of_event("name"),), one_of("exception"), (INSTRUMENTED,)),
            Added(
                (of_event("attributes", "exception.type"), of_event("attributes", "exception.message")),
                text,
                (INSTRUMENTED, stands(of_event("name"), "exception")),
            ),
            Added(
                (of_event("attributes", "exception.stacktrace"),),
                _is_stack,
                (INSTRUMENTED, stands(of_event("name"), "exception")),
            ),
        ),
    ),
)
