"""The ladder: the same program with one more layer of tracing on every rung."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ot2otel.lab.catalog import VARIANTS, Variant


class Level(Enum):
    """How much of tracing a rung has; the values are names for programs."""

    UNTRACED = "untraced"
    AGAIN = "again"
    HOOKS = "hooks"
    UNSAMPLED = "unsampled"
    NULL = "null"
    REAL = "real"


SAYS = {
    Level.UNTRACED: "no tracing",
    Level.AGAIN: "no tracing, measured again",
    Level.HOOKS: "hooks only",
    Level.UNSAMPLED: "unsampled",
    Level.NULL: "recorded, not exported",
    Level.REAL: "exported",
}


class Shape(Enum):
    """How the program's two services run; the values are names for programs."""

    IN_PROCESS = "in-process"
    TWO_PROCESS = "two-process"


# Beside the variants of the catalog: what they are measured against, and what most people install.
SUBJECTS = VARIANTS | {
    variant.name: variant
    for variant in (
        Variant("untraced", "ot2otel.lab.overhead.programs.untraced", "no tracing", (), ()),
        Variant(
            "instrumented",
            "ot2otel.lab.overhead.programs.instrumented",
            "opentelemetry-instrumentation-flask and -requests",
            ("otlp",),
            ("opentelemetry-instrumentation-flask", "opentelemetry-instrumentation-requests"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: who is measured up to which level; `quick` ones are in the quick run of two processes."""

    variant: str
    level: Level
    exporter: str = ""
    quick: bool = False

    @property
    def name(self) -> str:
        """Name it in one word."""
        return "-".join(filter(None, (self.variant, self.level.value, self.exporter)))

    @property
    def label(self) -> str:
        """Name it for people."""
        exporter = f" over {self.exporter}" if self.exporter else ""
        return f"{self.variant}, {SAYS[self.level]}{exporter}"

    @property
    def subject(self) -> Variant:
        """What is measured."""
        return SUBJECTS[self.variant]


BASELINE = Rung("untraced", Level.UNTRACED, quick=True)
AGAIN = Rung("untraced", Level.AGAIN, quick=True)

LADDER = (
    BASELINE,
    AGAIN,
    Rung("legacy", Level.HOOKS),
    Rung("shim", Level.HOOKS),
    Rung("native", Level.HOOKS),
    Rung("instrumented", Level.HOOKS),
    Rung("legacy", Level.UNSAMPLED),
    Rung("shim", Level.UNSAMPLED),
    Rung("native", Level.UNSAMPLED),
    Rung("instrumented", Level.UNSAMPLED),
    Rung("legacy", Level.NULL),
    Rung("shim", Level.NULL),
    Rung("native", Level.NULL),
    Rung("instrumented", Level.NULL),
    Rung("legacy", Level.REAL, "jaeger", quick=True),
    Rung("shim", Level.REAL, "otlp", quick=True),
    Rung("native", Level.REAL, "otlp", quick=True),
    Rung("instrumented", Level.REAL, "otlp"),
    Rung("shim", Level.REAL, "jaeger"),
    Rung("native", Level.REAL, "jaeger"),
)
