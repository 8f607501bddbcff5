"""The rungs of the ladder: each variant with more and more of its tracing."""

from ot2otel.lab.overhead.programs.rungs.rung import Rung, Variant, make, open_rung

__all__ = ["Rung", "Variant", "make", "open_rung"]
