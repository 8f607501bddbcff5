"""The rungs of the ladder that can be measured here."""

from __future__ import annotations

from ot2otel.lab.overhead.ladder import LADDER, Rung
from ot2otel.lab.overhead.measure import missing


def rungs_of(flow: str) -> list[Rung]:
    """Return the rungs that can be measured here; only `hello` has an untraced twin."""
    with_twin = flow == "hello"
    return [
        rung
        for rung in LADDER
        if not missing(rung) and (with_twin or rung.variant not in ("untraced", "instrumented"))
    ]
