"""The expected changes of a migration: pure, named, each with its source."""

from ot2otel.compare.rules.jaeger_storage import IN_JAEGER
from ot2otel.compare.rules.origin import Origin
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.rules.steps import STEPS, rules_for

__all__ = ["IN_JAEGER", "STEPS", "Effect", "Origin", "Rule", "rules_for"]
