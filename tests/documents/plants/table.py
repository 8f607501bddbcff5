"""All plants, and the claims that have none."""

from __future__ import annotations

from collections.abc import Mapping

from tests.documents.plants import decisions, delivery, propagation, spans
from tests.documents.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (*propagation.PLANTS, *spans.PLANTS, *delivery.PLANTS, *decisions.PLANTS)

# Why a claim has no plant; the test of the table refuses a reason for one that has.
UNPLANTED: Mapping[str, str] = {}
