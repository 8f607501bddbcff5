"""The expected changes of a migration: pure, named, each with its source."""

from ot2otel.compare.rules.jaeger_storage import JAEGER_STORAGE
from ot2otel.compare.rules.origin import Origin
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.rules.steps import STEPS, Step, step

__all__ = ["JAEGER_STORAGE", "STEPS", "Effect", "Origin", "Rule", "Step", "step"]
