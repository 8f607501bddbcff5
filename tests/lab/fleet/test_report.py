"""The recommendation, the rollout orders and the matrix, as text and as a document."""

from __future__ import annotations

from itertools import product

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


def fleet_without_baggage_from_shim_to_native() -> list[Cell]:
    return [
        Cell(caller, callee, NO_BAGGAGE if (caller, callee) == (SHIM, NATIVE) else EVERYTHING)
        for caller, callee in product((LEGACY, NATIVE, SHIM), repeat=2)
    ]


def test_a_cell_is_one_entry_of_the_document() -> None:
    assert document([Cell(LEGACY, NATIVE, frozenset({Property.JOINED, Property.UNSAMPLED}))], 1.23456) == {
        "recommendation": None,
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


def test_the_document_recommends_variables_and_names_what_they_lose() -> None:
    propagators = "tracecontext,baggage,jaeger"
    opentelemetry = {"propagation": propagators, "variables": {"OTEL_PROPAGATORS": propagators}}

    assert document(fleet_without_baggage_from_shim_to_native(), 1.0)["recommendation"] == {
        "settings": {
            "legacy": {"propagation": "jaeger", "variables": {"JAEGER_PROPAGATION": "jaeger"}},
            "native": opentelemetry,
            "shim": opentelemetry,
        },
        "lost": {"baggage": [{"from": "shim", "to": "native"}]},
    }


def test_the_text_begins_with_the_variables_to_set_and_what_they_lose() -> None:
    blocks = text(fleet_without_baggage_from_shim_to_native()).split("\n\n")

    assert blocks[:2] == [
        "Recommendation:\n"
        "  in legacy services, set JAEGER_PROPAGATION=jaeger\n"
        "  in native services, set OTEL_PROPAGATORS=tracecontext,baggage,jaeger\n"
        "  in shim services, set OTEL_PROPAGATORS=tracecontext,baggage,jaeger\n"
        "Then each of the 9 pairs makes one trace with the right parents.",
        "Still lost with these settings:\n  B  the caller's baggage does not arrive: shim -> native",
    ]


def test_settings_that_the_recommended_ones_also_reach_are_named() -> None:
    (w3c,) = chosen(["native/w3c"])
    settings = (LEGACY, NATIVE, SHIM, w3c)
    cells = [
        Cell(caller, callee, frozenset() if {caller, callee} == {LEGACY, w3c} else EVERYTHING)
        for caller, callee in product(settings, repeat=2)
    ]

    blocks = text(cells).split("\n\n")

    assert blocks[0].splitlines()[-2:] == [
        "With these settings, native and shim services also make one trace with services of native/w3c, in",
        "  both directions.",
    ]
    assert blocks[1] == "Nothing is lost with these settings."


def test_a_move_names_the_variables_on_both_sides_and_what_is_lost_meanwhile() -> None:
    (w3c,) = chosen(["native/w3c"])
    cells = [
        Cell(caller, callee, EVERYTHING if caller == callee else NO_BAGGAGE)
        for caller, callee in product((LEGACY, w3c), repeat=2)
    ]

    block = next(block for block in text(cells).split("\n\n") if block.startswith("Rollout:"))

    assert block.splitlines()[2:] == [
        "1. from legacy/jaeger to native/w3c",
        "     not moved yet: JAEGER_PROPAGATION=jaeger",
        "     moved:         OTEL_PROPAGATORS=tracecontext,baggage",
        "     legacy/jaeger     -> legacy/jaeger      JPBSUIDN",
        "     legacy/jaeger     -> native/w3c         JP.SUIDN",
        "     native/w3c        -> legacy/jaeger      JP.SUIDN",
        "     native/w3c        -> native/w3c         JPBSUIDN",
        "     lost meanwhile:",
        "       B  the caller's baggage does not arrive: legacy/jaeger -> native/w3c,",
        "         native/w3c -> legacy/jaeger",
    ]


def test_the_matrix_is_shown_in_a_block_for_each_variant_that_is_called_and_its_legend_last() -> None:
    cells = [
        Cell(LEGACY, LEGACY, EVERYTHING),
        Cell(LEGACY, NATIVE, NO_BAGGAGE),
        Cell(NATIVE, LEGACY, frozenset()),
    ]

    blocks = text(cells).split("\n\n")

    assert blocks[-4:-1] == [
        "Settings:\n"
        "  legacy/jaeger      JAEGER_PROPAGATION=jaeger\n"
        "  native/composite   OTEL_PROPAGATORS=tracecontext,baggage,jaeger",
        "from \\ to          legacy/jaeger\nlegacy/jaeger      JPBSUIDN\nnative/composite   -",
        "from \\ to          native/composite\nlegacy/jaeger      JP.SUIDN\nnative/composite",
    ]
    assert blocks[-1].splitlines()[:2] == [
        "A row's server-1 calls a column's server-2. A letter stands for a kept property:",
        "  J  server-2's span is in server-1's trace",
    ]
    assert len(blocks[-1].splitlines()) == 1 + len(Property) + 2


def test_a_fleet_without_a_recommendation_or_a_rollout() -> None:
    blocks = text([Cell(LEGACY, NATIVE, frozenset())]).split("\n\n")

    assert blocks[:3] == [
        "Recommendation: none. The measured pairs show no settings that keep all legacy, native and shim\n"
        "  services in one trace.",
        "Rollout: none. The measured pairs show no safe sequence of moves.",
        "Rollout with the shim on the way: none. The measured pairs show no safe sequence of moves.",
    ]
