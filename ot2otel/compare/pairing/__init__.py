"""The traces of two sides, and the spans of two traces, side by side."""

from ot2otel.compare.pairing.outcome import NodePair, Pairing, SpanPairs
from ot2otel.compare.pairing.rounds import Round
from ot2otel.compare.pairing.spans import pair_spans
from ot2otel.compare.pairing.traces import pair_sides

__all__ = ["NodePair", "Pairing", "Round", "SpanPairs", "pair_sides", "pair_spans"]
