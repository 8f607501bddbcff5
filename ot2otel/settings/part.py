"""What one subject of a configuration becomes: variables, warnings, and what only code can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ot2otel.settings.remarks import Remark


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of OpenTelemetry, and the keys that it comes from."""

    name: str
    value: str
    keys: str


@dataclass(frozen=True, slots=True)
class InCode:
    """What OpenTelemetry has no variable for.

    `attributes` are of the resource. The headers are those of jaeger-client's own format, None for its
    defaults. `console` is for spans in standard output.
    """

    attributes: Mapping[str, str | bool | int | float] = field(default_factory=dict)
    trace_id_header: str | None = None
    baggage_prefix: str | None = None
    console: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The translation of one subject."""

    variables: tuple[Variable, ...] = ()
    remarks: tuple[Remark, ...] = ()
