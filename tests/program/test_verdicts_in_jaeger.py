"""The flow's variants compared through a Jaeger: the tests' stand-in, or a real one if it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import judge
from ot2otel.lab.catalog import FLOWS
from ot2otel.recording_file import read
from ot2otel.report.json import verdict_entry
from tests.golden import DIRECTORY, JAEGER_URL
from tests.support.fake_jaeger import FakeJaeger
from tests.support.peers import peer
from tests.support.runs import INSTALLED, RUNS, recorded
from tests.support.untyped import Json
from tests.support.verdicts import rules_of, unexplained

# Jaeger shows a link without a type as FOLLOWS_FROM, and so hides that the shim drops the type.
UNSEEN = {"shim-reference-type"}
# The thrift exporter is missing in the newest lane.
EXPORTER = "all" if ("native", "jaeger") in RUNS else "otlp"
# What is compared with legacy: each variant with ports of its own.
JUDGED = [
    (variant, exporter)
    for variant, exporter in RUNS
    if variant in INSTALLED and variant != "legacy" and EXPORTER in ("all", exporter)
]
Judged = dict[tuple[str, str], tuple[str, set[str], int]]  # outcome, losses, number of facts gone or changed


@pytest.fixture(scope="module", params=["stand-in", pytest.param("real", marks=peer("jaeger"))])
def jaeger(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """Give the options that name a Jaeger."""
    if request.param == "stand-in":
        with FakeJaeger() as fake:
            yield tuple(fake.options)
    elif JAEGER_URL in os.environ:
        yield (f"--jaeger={os.environ[JAEGER_URL]}",)
    else:
        pytest.skip(f"{JAEGER_URL} names no running Jaeger, like http://127.0.0.1:16686 with its usual ports")


@cache
def compared(jaeger: tuple[str, ...], flow: str) -> Json:
    variants = f"--variants={','.join(INSTALLED)}"
    arguments = ["--flow", flow, "--exporter", EXPORTER, "--work", "0", "--format", "json"]
    printed = CliRunner().invoke(main, ["compare", variants, *arguments, *jaeger])
    document: Json = json.loads(printed.stdout)
    return document


@pytest.mark.parametrize("flow", FLOWS)
def test_verdicts_through_jaeger_are_those_of_the_embedded_collector(
    jaeger: tuple[str, ...], flow: str
) -> None:
    through_jaeger = compared(jaeger, flow)["verdicts"]

    embedded = recorded(flow)
    judged = [verdict_entry(judge(embedded["legacy", "jaeger"], embedded[run])) for run in JUDGED]
    visible = {run: (word, lost - UNSEEN, left) for run, (word, lost, left) in summaries(judged).items()}
    assert summaries(through_jaeger) == visible


def summaries(verdicts: list[Json]) -> Judged:
    """Return the outcome of each verdict, its losses and its number of facts gone or changed."""
    return {
        (verdict["after"]["variant"], verdict["after"]["exporter"]): (
            verdict["verdict"],
            {
                rule
                for finding in verdict["findings"]
                if finding["grade"] == "degraded"
                for rule in finding["rules"]
                if verdict["rules"][rule]["effect"] == "degraded"
            },
            sum(finding["n"] for finding in verdict["findings"] if finding["grade"] in ("gone", "changed")),
        )
        for verdict in verdicts
    }


def test_a_run_finds_its_own_spans_alone(jaeger: tuple[str, ...]) -> None:
    earlier = compared(jaeger, "hello")["recordings"].values()

    again = CliRunner().invoke(
        main, ["compare", "--variants", "legacy,native", "--work", "0", "--format", "json", *jaeger]
    )

    recordings = json.loads(again.stdout)["recordings"]
    counts = {label: len(spans_of(recording)) for label, recording in recordings.items()}
    old = {trace_id for recording in earlier for trace_id in spans_of(recording)}
    new = {trace_id for recording in recordings.values() for trace_id in spans_of(recording)}
    assert (counts, old & new) == ({"legacy/jaeger": 8, "native/otlp": 8}, set())


def spans_of(recording: Json) -> list[str]:
    """Return the trace id of each span."""
    return [
        span["traceId"]
        for resource in recording["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def test_each_judged_pair_has_links_to_its_three_traces(jaeger: tuple[str, ...]) -> None:
    links = compared(jaeger, "hello")["jaeger"]["compare"]

    assert {label: len(urls) for label, urls in links.items()} == {
        f"legacy/jaeger → {variant}/{exporter}": 3 for variant, exporter in JUDGED
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            ["--jaeger-agent", "127.0.0.1:6831"],
            "need a Jaeger: name it with --jaeger",
            id="no Jaeger",
        ),
        pytest.param(
            ["--jaeger", "localhost:16686"], "is not an address like http://127.0.0.1:16686", id="a URL"
        ),
        pytest.param(
            ["--jaeger", "http://127.0.0.1:1", "--jaeger-agent", "6831"],
            "is not an address like 127.0.0.1:6831",
            id="an agent",
        ),
        pytest.param(
            ["--target", "old=http://127.0.0.1:1"], "'old' is not one of legacy, shim", id="a variant"
        ),
        pytest.param(
            ["--target", "legacy"], "'' is not an address like", id="an attached service without an address"
        ),
        pytest.param(
            ["--target", "legacy=http://127.0.0.1:1"],
            "Name with --jaeger the Jaeger to which the services of --target report",
            id="an attached service that reports nowhere",
        ),
        pytest.param(
            ["--target", "shim=http://127.0.0.1:1", "--target", "shim=http://127.0.0.1:2"],
            "Name each variant only once with --target",
            id="a variant attached twice",
        ),
        pytest.param(
            ["--jaeger", "http://127.0.0.1:1"], "There is no Jaeger at http://127.0.0.1:1", id="none"
        ),
    ],
)
def test_a_mistake_is_answered_in_one_line_with_its_remedy(arguments: list[str], problem: str) -> None:
    printed = CliRunner().invoke(main, ["compare", *arguments])

    assert printed.exit_code == 2
    assert problem in " ".join(printed.stderr.split())


@pytest.mark.parametrize(
    ("after", "outcome", "lost"),
    [
        pytest.param(
            "shim-otlp", "degraded", {"shim-kind-as-attribute", "shim-error-as-attribute"}, id="shim, OTLP"
        ),
        pytest.param(
            "shim-jaeger", "degraded", {"shim-kind-lost", "shim-status-without-kind"}, id="shim, thrift"
        ),
        pytest.param("native-otlp", "equivalent", set(), id="native, OTLP"),
        pytest.param("native-jaeger", "equivalent", set(), id="native, thrift"),
    ],
)
def test_the_verdict_on_the_answers_of_a_real_jaeger(after: str, outcome: str, lost: set[str]) -> None:
    legacy, other = (read(DIRECTORY / "jaeger" / f"hello-{name}.json") for name in ("legacy-jaeger", after))

    judged = judge(legacy, other)

    assert (judged.outcome.value, rules_of(judged, Effect.DEGRADED), unexplained(judged)) == (
        outcome,
        lost,
        [],
    )
