"""A rule: a named, documented change that a migration may make, with licences for the facts that it explains.

A licence is data: it names places of facts. It **moves** facts (takes old ones, makes new ones), lets them
go, or lets new ones come. A fact that stands unchanged in the after needs no licence. In a place of an event
or a link `EACH` stands for its number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from ot2otel.compare.facts import Place, same

SPECIFICATION = "https://github.com/open-telemetry/opentelemetry-specification/blob/main/specification"
CONVENTIONS = "https://opentelemetry.io/docs/specs/semconv"
TRANSLATOR = (
    "https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/translator/jaeger"
)
PYTHON = "https://github.com/open-telemetry/opentelemetry-python"
OPENTRACING_TAGS = "https://github.com/opentracing/specification/blob/master/semantic_conventions.md"
JAEGER_CLIENT = "https://github.com/jaegertracing/jaeger-client-python/blob/master/jaeger_client"

# The number of any event or link in a place.
EACH = "*"


class Effect(Enum):
    """How an expected change affects a reader of the traces, the mildest effect first."""

    BOOKKEEPING = "bookkeeping"  # a fact about the tracer itself, set by no application
    TRANSLATED = "translated"  # the same fact in another place
    ADDED = "added"  # a fact that the old side lacks
    IMPROVED = "improved"  # a fact that the old side had wrong, or could not tell
    DEGRADED = "degraded"  # a fact that readers of the traces had is lost


def attribute(key: str) -> Place:
    """Return the place of an attribute of a span."""
    return ("attributes", key)


def in_resource(key: str) -> Place:
    """Return the place of an attribute of the resource."""
    return ("resource", key)


def of_event(*parts: str) -> Place:
    """Return a place in any event: `of_event("name")`, `of_event("attributes", KEY)`."""
    return ("event", EACH, *parts)


def of_link(*parts: str) -> Place:
    """Return a place in any link."""
    return ("link", EACH, *parts)


Test: TypeAlias = Callable[[Any], bool]  # Any: a value of a fact


def anything(value: object) -> bool:
    """Return True: the test of a place that may have any value."""
    return True


def present(value: object) -> bool:
    """Tell whether there is a fact: the test of a premise for which any value will do."""
    return value is not None


def text(value: object) -> bool:
    """Tell whether a value is text."""
    return isinstance(value, str)


def integer(value: object) -> bool:
    """Tell whether a value is an integer; true is none."""
    return type(value) is int


def one_of(*values: object) -> Test:
    """Make a test for these values; 1, 1.0 and true are three values."""
    return lambda value: any(same(value, each) for each in values)


@dataclass(frozen=True, slots=True)
class Premise:
    """A fact that must hold before a licence applies: at one of `places` a value that passes the test.

    The facts are the after's, or the before's if `before`. The value of an absent fact is None.
    """

    places: tuple[Place, ...]
    test: Test = present
    before: bool = False


def was(place: Place, *values: object) -> Premise:
    """Make a premise: the before has one of these values there, any value if none is named."""
    return Premise((place,), one_of(*values) if values else present, before=True)


def stands(place: Place, *values: object) -> Premise:
    """Make a premise: the after has one of these values there, any value if none is named."""
    return Premise((place,), one_of(*values) if values else present)


class Makes(NamedTuple):
    """A fact that a move makes: `value`, or any value that passes the test if there is one.

    A finding shows `value` as the one expected; None if only the test tells.
    """

    place: Place
    value: Any = None  # Any: a value of a fact
    test: Test | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Renamed:
    """The fact at `old` stands at `new`.

    `convert` returns its value there, or None if it is not this change.
    """

    old: Place
    new: Place
    convert: Callable[[Any], Any] | None = None  # Any: values of facts
    premises: tuple[Premise, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """The facts at `takes` become others.

    `function` gets the before's values at `takes` and at `reads`, and the after's at `reads_after`, None for
    an absent fact. It returns the facts that they make, at least one, or None if it is not this change. The
    first of `takes` must be there. The others go along if they are there.
    """

    takes: tuple[Place, ...]
    function: Callable[..., Sequence[Makes] | None]
    reads: tuple[Place, ...] = ()
    premises: tuple[Premise, ...] = ()
    reads_after: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """The facts at `places` are gone together.

    `instead` says what stands in their place, or why nothing does. The first of `places` must be there and
    pass the test. The others go along if they are there. With `repeats` the first must have the same value as
    the before's fact at that place. With `only_if` that must return True: it gets the first one's value, the
    before's values at `reads` and the after's at `reads_after`, None for an absent fact. There a place with
    `EACH` stands for all events.
    """

    places: tuple[Place, ...]
    instead: str
    test: Test = anything
    premises: tuple[Premise, ...] = ()
    repeats: Place | None = None
    reads: tuple[Place, ...] = ()
    reads_after: tuple[Place, ...] = ()
    only_if: Callable[..., bool] | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The after has facts at `places` that the before lacks; each value passes the test."""

    places: tuple[Place, ...]
    test: Test = anything
    premises: tuple[Premise, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """The after has at `place` what follows from other facts of its own.

    `function` gets the values at `reads`, None where the after has none, and returns the values that the copy
    may have. A place with `EACH` stands for all events.
    """

    place: Place
    reads: tuple[Place, ...]
    function: Callable[..., Sequence[Any]]  # Any: values of facts
    premises: tuple[Premise, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One fact in two values, at whatever place: `test` gets the old value and the new one.

    Such a fact stands as one that is unchanged does, also where another rule moves it.
    """

    test: Callable[[Any, Any], bool]  # Any: values of facts


Licence: TypeAlias = Renamed | Split | Dropped | Added | Copied | Told


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An expected change. `summary` is one sentence for the reader of a verdict; `source` publishes it.

    `consequence` says what a reader of the traces notices, "" if nothing is lost.
    """

    name: str
    effect: Effect
    summary: str
    source: str
    licences: tuple[Licence, ...] = ()
    consequence: str = ""

    @property
    def renames(self) -> Mapping[Place, Place]:
        """The places that the rule renames."""
        return {licence.old: licence.new for licence in self.licences if isinstance(licence, Renamed)}


@dataclass(frozen=True, slots=True)
class Lift:
    """Facts of one side as they were before an exporter or a storage rewrote them.

    `takes` are the places in the file. At `place` they say `value`; without a place they say nothing.
    """

    takes: tuple[Place, ...]
    place: Place | None = None
    value: Any = None  # Any: a value of a fact


@dataclass(frozen=True, slots=True)
class Transport:
    """A change on the way from the tracer to the file, undone before the rules for the tracers apply.

    `lifts` returns what the facts of one span said before.
    """

    rule: Rule
    lifts: Callable[[Mapping[Place, Any]], Sequence[Lift]] = field(default=lambda facts: ())  # Any: values
