"""The traces of two sides, and the spans of two trees, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ot2otel.compare.forms import Node, Trace
from ot2otel.compare.pairing.rounds import Round

NodePair: TypeAlias = tuple[Node, Node]


@dataclass(slots=True)
class Pairing:
    """The traces side by side. `trees` are pairs of trees whose traces have no counterpart as a whole."""

    traces: list[tuple[Trace, Trace]] = field(default_factory=list)
    trees: list[tuple[Trace, Trace]] = field(default_factory=list)
    missing: list[Trace] = field(default_factory=list)
    extra: list[Trace] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class SpanPairs:
    """The spans of two trees side by side.

    `moved` are pairs as well, under parents that are no pair. `ordered` and `reordered` are pairs of parents
    whose children ran strictly one after the other on both sides, in the same order and in another one.
    """

    pairs: Sequence[NodePair] = ()
    moved: Sequence[NodePair] = ()
    missing: Sequence[Node] = ()
    extra: Sequence[Node] = ()
    ordered: Sequence[NodePair] = ()
    reordered: Sequence[NodePair] = ()
