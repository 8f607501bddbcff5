"""The flow without tracing: the lowest rung of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ot2otel.lab.overhead.programs.rungs.rung import Variant, make


def open_variant(level: str, services: Sequence[str]) -> Variant:
    """Open the only rung of this variant."""
    return Variant(partial(make, "otel_auto"))
