"""docs/jaeger.md agrees with the catalog, the rules and docker-compose.yml."""

from __future__ import annotations

import re

from ot2otel.compare.rules import JAEGER_STORAGE
from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS
from tests.support.runs import ROOT

TEXT = (ROOT / "docs" / "jaeger.md").read_text()


def rows(first: str) -> list[list[str]]:
    """Return the cells of each row of the table whose first heading this is."""
    table = TEXT.partition(f"| {first} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_table_of_variants_is_that_of_the_catalog() -> None:
    flow = FLOWS["hello"]

    assert rows("variant") == [
        [
            variant.name,
            f"http://127.0.0.1:{variant.port(flow.front)}/Bryan",
            ", ".join(service.name for service in flow.services),
            f"`service.namespace={variant.name}`",
        ]
        for variant in map(VARIANTS.__getitem__, BY_HAND)
    ]


def test_the_table_of_rules_is_complete() -> None:
    assert [row[:2] for row in rows("rule")] == [
        [f"`{transport.rule.name}`", transport.rule.effect.value] for transport in JAEGER_STORAGE
    ]


def test_the_pinned_jaeger_is_that_of_the_compose_file() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()

    assert re.findall(r"jaegertracing/jaeger:(\S+)", compose) == re.findall(r"pins (\d+\.\d+\.\d+)", TEXT)
