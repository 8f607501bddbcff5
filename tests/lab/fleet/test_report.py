"""The matrix and its words."""

from __future__ import annotations

from ot2otel.headers.settings import chosen
from ot2otel.lab.fleet.crossing import Cell, Property
from ot2otel.lab.fleet.report import document, marks, text

LEGACY, NATIVE, SHIM = (
    setting
    for label in ("legacy/jaeger", "native/composite", "shim/composite")
    for setting in chosen([label])
)
EVERYTHING = frozenset(Property)
NO_BAGGAGE = EVERYTHING - {Property.BAGGAGE}


def test_a_cell_has_a_mark_for_each_property_that_is_kept() -> None:
    assert marks(Cell(LEGACY, NATIVE, EVERYTHING)) == "JPBSUIDN"
    assert marks(Cell(LEGACY, NATIVE, NO_BAGGAGE - {Property.DEBUG_KEPT})) == "JP.SUI.N"
    assert marks(Cell(LEGACY, NATIVE, frozenset())) == "-"


def test_a_cell_is_one_entry_of_the_document() -> None:
    assert document([Cell(LEGACY, NATIVE, frozenset({Property.JOINED, Property.UNSAMPLED}))], 1.23456) == {
        "cells": [
            {
                "from": "legacy",
                "from_propagation": "jaeger",
                "to": "native",
                "to_propagation": "tracecontext,baggage,jaeger",
                "joined": True,
                "parent": False,
                "baggage": False,
                "sampled": False,
                "unsampled": True,
                "ids_kept": False,
                "debug_kept": False,
                "no_false_debug": False,
            }
        ],
        "seconds": 1.235,
    }


def test_the_matrix_is_shown_in_a_block_for_each_variant_that_is_called() -> None:
    cells = [
        Cell(LEGACY, LEGACY, EVERYTHING),
        Cell(LEGACY, NATIVE, NO_BAGGAGE),
        Cell(NATIVE, LEGACY, frozenset()),
    ]

    blocks = text(cells).split("\n\n")

    assert blocks[1:4] == [
        "  legacy/jaeger      JAEGER_PROPAGATION=jaeger\n"
        "  native/composite   OTEL_PROPAGATORS=tracecontext,baggage,jaeger",
        "from \\ to          legacy/jaeger\nlegacy/jaeger      JPBSUIDN\nnative/composite   -",
        "from \\ to          native/composite\nlegacy/jaeger      JP.SUIDN\nnative/composite",
    ]


def test_the_finding_names_settings_and_the_pairs_that_still_lose() -> None:
    fleet = (LEGACY, NATIVE, SHIM)
    cells = [
        Cell(caller, callee, NO_BAGGAGE if caller == SHIM and callee == NATIVE else EVERYTHING)
        for caller in fleet
        for callee in fleet
    ]

    found = next(block for block in text(cells).split("\n\n") if block.startswith("Finding"))

    assert found.splitlines() == [
        "Finding: with legacy JAEGER_PROPAGATION=jaeger; native "
        "OTEL_PROPAGATORS=tracecontext,baggage,jaeger;",
        "  shim OTEL_PROPAGATORS=tracecontext,baggage,jaeger, each of the 9 pairs makes one trace with right",
        "  parents.",
        "Still lost, B (the caller's baggage reached server-2): shim/composite -> native/composite.",
    ]


def test_no_finding_and_no_way_are_said_too() -> None:
    blocks = text([Cell(LEGACY, NATIVE, frozenset())]).split("\n\n")

    assert blocks[-3:] == [
        "Finding: no setting here keeps every pair of legacy, native and shim services in one trace.",
        "Rollout: these cells prove no way.",
        "Rollout with the shim on the way: these cells prove no way.",
    ]
