"""The ladder: the same program, on each rung with one more layer of tracing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ot2otel.lab.catalog import VARIANTS, Variant


class Level(Enum):
    """How much tracing a rung has; the values are names for programs."""

    UNTRACED = "untraced"
    REPEATED = "again"
    HOOKS = "hooks"
    UNSAMPLED = "unsampled"
    NULL = "null"
    REAL = "real"


LABELS = {
    Level.UNTRACED: "no tracing",
    Level.REPEATED: "no tracing, measured again",
    Level.HOOKS: "hooks only",
    Level.UNSAMPLED: "unsampled",
    Level.NULL: "recorded, not exported",
    Level.REAL: "exported",
}


class Shape(Enum):
    """How the program's two services run; the values are names for programs."""

    IN_PROCESS = "in-process"
    TWO_PROCESS = "two-process"


# The catalog's variants, the untraced program as their baseline, and the usual instrumentation packages.
SUBJECTS = VARIANTS | {
    variant.name: variant
    for variant in (
        Variant("untraced", "otel_auto", "no tracing", (), ()),
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
    """One rung: a variant up to a level of tracing; `quick` rungs are in the quick run of two processes."""

    variant: str
    level: Level
    exporter: str = ""
    quick: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """The rung's name for programs, in one word."""
        return "-".join(filter(None, (self.variant, self.level.value, self.exporter)))

    @property
    def label(self) -> str:
        """The rung's name for people."""
        exporter = f" over {self.exporter}" if self.exporter else ""
        return f"{self.variant}, {LABELS[self.level]}{exporter}"

    @property
    def subject(self) -> Variant:
        """The variant that is measured."""
        return SUBJECTS[self.variant]


BASELINE = Rung("untraced", Level.UNTRACED, quick=True)
# The untraced program against itself: the difference between two measurements of the same program.
REPEATED_BASELINE = Rung("untraced", Level.REPEATED, quick=True)

LADDER = (
    BASELINE,
    REPEATED_BASELINE,
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
# Under `opentelemetry-instrument`, which traces a process as a whole: only between two processes.
UNDER_AGENT = (
    Rung("auto", Level.REAL, "otlp", quick=True),
    Rung("auto", Level.REAL, "otlp-grpc"),
)
