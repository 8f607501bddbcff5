"""docs/what-changes.md: its tables have every library, and every field that does not stay.

Each sentence of the document that is written by hand names its test, as `[✓](FILE "test")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from docs.makers.what_changes import columns
from ot2otel import recording_file
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Outcome, judge
from ot2otel.model import Kind, Span, StatusCode
from ot2otel.recording import Recording
from ot2otel.report.screen import Screen
from ot2otel.report.text import report
from tests.golden.record_libraries import (
    EXCHANGES,
    GENERATIONS,
    NEWEST,
    SCENARIOS,
    STEPS,
    WITHOUT_OPT_IN,
    pairs,
    path,
)
from tests.support.runs import ROOT

DOCUMENT = (ROOT / "docs" / "what-changes.md").read_text(encoding="utf-8")
SECTIONS = {
    found[1]: section
    for section in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)
    if (found := re.search(r'what_changes\.library\("(\w+)"\)', section))
}
LOST = re.compile(r"^- Lost \(([^)]+)\): ", re.MULTILINE)
# The runs that a document names by other words.
RUNS = {"newest lane": f"old{NEWEST}"}
# jaeger-client's own, which it writes beside the integration.
OF_THE_TRACER = {"sampler.type", "sampler.param"}


def rows(section: str) -> dict[str, list[str]]:
    """Return the cells of a table by the fields of their row."""
    lines = re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.MULTILINE)
    return {field: cells.split(" | ") for fields, cells in lines for field in fields.split(", ")}


def said(recording: Recording) -> list[dict[str, object]]:
    """Return the facts of each span, with the documented ports."""
    return [
        {**span.attributes, "name": span.name, "kind": span.kind, "status.code": span.status.code}
        for span in recording.normalized_spans()
    ]


def facts(library: str, run: str) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """Yield the facts of a span of the first run beside those of the same span in another run.

    If the instrumentation makes more spans of a request, only the first ones are compared.
    """
    first = EXCHANGES[library].runs[0]
    for scenario in SCENARIOS:
        for old, new in pairs(library, scenario, first, run):
            yield from zip(said(old), said(new), strict=False)


def spans(library: str, run: str) -> list[Span]:
    return [
        span
        for scenario in SCENARIOS
        for span in recording_file.read(path(library, run, scenario)).normalized_spans()
    ]


def by_hand() -> str:
    """Return the text of the document without what is made, comments and headings."""
    text = re.sub(r"<!-- \[\[\[cog.*?\[\[\[end\]\]\] -->", "", DOCUMENT, flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()


MARK = re.compile(r"\[✓\]\(\.\./(tests/[\w/]+\.py) \"(test_\w+)\"\)")


def test_each_sentence_by_hand_has_its_test() -> None:
    *sentences, rest = re.split(rf"{MARK.pattern}\s*", by_hand())

    assert rest == ""
    texts, files, tests = sentences[::3], sentences[1::3], sentences[2::3]
    assert [text for text in texts if not text.strip().endswith(".") or ". " in text.strip()] == []
    assert [
        test
        for file, test in zip(files, tests, strict=True)
        if f"\ndef {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ] == []


def test_every_library_that_is_recorded_has_a_section() -> None:
    assert SECTIONS.keys() == EXCHANGES.keys()


def test_each_run_of_each_exchange_is_recorded() -> None:
    recorded = {
        path(library, run, scenario)
        for library, exchange in EXCHANGES.items()
        for run in exchange.runs
        for scenario in SCENARIOS
    }

    assert recorded == set((ROOT / "tests" / "golden" / "libraries").iterdir())


def test_each_step_of_the_recordings_is_judged() -> None:
    [test] = re.findall(r"`(tests/[\w/]+\.py)` judges each step", DOCUMENT)
    judges = 'parametrize(("library", "scenario", "before", "after"), STEPS)\n'

    assert judges + "def test_a_step_is_explained" in (ROOT / test).read_text(encoding="utf-8")
    assert {(library, scenario, run) for library, scenario, *runs in STEPS for run in runs} == {
        (library, scenario, run)
        for library, exchange in EXCHANGES.items()
        for run in exchange.runs
        for scenario in SCENARIOS
    }


def test_the_columns_are_the_values_of_the_opt_in() -> None:
    assert GENERATIONS == {"old": "", "dup": "http/dup,database/dup", "new": "http,database"}
    for library, section in SECTIONS.items():
        if not EXCHANGES[library].without_opt_in:
            [heads] = re.findall(r"^\| ((?:integration \| )?old .*) \|$", section, re.MULTILINE)
            assert heads.removeprefix("integration | ").split(" | ") == list(GENERATIONS)


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_not_in_a_table_stays_in_every_step(library: str) -> None:
    table = rows(SECTIONS[library])

    moved = {
        field
        for run in EXCHANGES[library].runs[1:]
        for old, new in facts(library, run)
        for field, value in old.items()
        if new.get(field) != value
    }
    assert moved - table.keys() - OF_THE_TRACER == set()


def cells(library: str) -> Iterator[tuple[str, str, str]]:
    """Yield the run, the field and the text of each cell of a library's table."""
    later = columns(EXCHANGES[library])[1:]
    for field, texts in rows(SECTIONS[library]).items():
        for run, text in zip(later, texts, strict=True):
            yield run, field, text


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_said_to_stay_does(library: str) -> None:
    wrong = {
        (run, field)
        for run, field, text in cells(library)
        if text == "stays"
        for old, new in facts(library, run)
        if field in old and new.get(field) != old[field]
    }
    assert wrong == set()


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_said_to_be_lost_is_gone(library: str) -> None:
    wrong = {
        (run, field)
        for run, field, text in cells(library)
        if text == "**lost**"
        for span in spans(library, run)
        if field in span.attributes
    }
    assert wrong == set()


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_said_to_say_less_is_a_loss(library: str) -> None:
    first = EXCHANGES[library].runs[0]
    less = {(run, field) for run, field, text in cells(library) if "(**less**)" in text}
    lost = {
        (run, finding.old_field.removeprefix("attributes."))
        for run in dict(less)
        for scenario in SCENARIOS
        for old, new in pairs(library, scenario, first, run)
        for finding in judge(old, new).findings
        if finding.grade is Grade.DEGRADED and finding.new_field
    }
    steps = ", ".join(LOST.findall(SECTIONS[library]))
    told = {RUNS.get(heading, heading) for heading in re.findall(f"{first} -> ([^,]+)", steps)}

    assert less - lost == set()
    assert dict(less).keys() - told - {"dup"} == set()  # its losses are those of the steps before and after


@pytest.mark.parametrize("library", EXCHANGES)
def test_what_is_told_otherwise_is_no_loss(library: str) -> None:
    first = EXCHANGES[library].runs[0]
    told = {(run, field) for run, field, text in cells(library) if text == "told otherwise"}
    wrong = {
        (run, field)
        for run in dict(told)
        for scenario in SCENARIOS
        for old, new in pairs(library, scenario, first, run)
        for finding in judge(old, new).findings
        for field in (finding.old_field.removeprefix("attributes."),)
        if (run, field) in told and finding.grade in (Grade.DEGRADED, Grade.GONE, Grade.CHANGED)
    }
    assert wrong == set()


@pytest.mark.parametrize("library", EXCHANGES)
def test_a_field_that_is_said_to_be_new_is_new(library: str) -> None:
    first, *later = columns(EXCHANGES[library])
    before = {key for span in spans(library, first) for key in span.attributes}
    lines = dict(re.findall(r"^- New in ([\w ]+): (.*)\.$", SECTIONS[library], re.MULTILINE))

    for heading, line in lines.items():
        run = RUNS.get(heading, heading)
        assert run in later
        after = {key for span in spans(library, run) for key in span.attributes}
        keys = set(re.findall(r"`([\w.]+)`", line)) - {"status.message", "event.name"}
        assert keys <= after
        # A field may be new in some spans alone: the integration left it out there.
        assert {key for key in keys & before if not _is_new_somewhere(library, run, key)} == set()


def _is_new_somewhere(library: str, run: str, key: str) -> bool:
    return any(key in new and new[key] != old.get(key) for old, new in facts(library, run))


@pytest.mark.parametrize("library", [name for name, each in EXCHANGES.items() if each.without_opt_in])
@pytest.mark.parametrize("lane", ["", NEWEST])
def test_a_library_without_the_opt_in_writes_the_same_with_it(library: str, lane: str) -> None:
    assert {f"old{lane}", f"new{lane}"} <= set(WITHOUT_OPT_IN)
    for scenario in SCENARIOS:
        old, new = (recording_file.read(path(library, f"{run}{lane}", scenario)) for run in ("old", "new"))

        assert judge(old, new).outcome is Outcome.IDENTICAL


@pytest.mark.parametrize("run", EXCHANGES["celery"].runs)
def test_the_trees_of_celery_stay(run: str) -> None:
    found = spans("celery", run)
    senders = {(span.trace_id, span.span_id): span for span in found if span.kind is Kind.PRODUCER}
    workers = [span for span in found if span.kind is Kind.CONSUMER]

    assert workers
    for worker in workers:
        sender = senders[worker.trace_id, worker.parent_id]
        assert _task(sender) == _task(worker)


def _task(span: Span) -> str:
    return re.sub(r"^(publish |apply_async/|run/)", "", span.name)


@pytest.mark.parametrize("run", EXCHANGES["celery"].runs)
def test_a_task_that_is_tried_again_is_unset(run: str) -> None:
    again = [span for span in spans("celery", run) if "celery.retry.reason" in span.attributes]

    assert [span.status.code for span in again] == [StatusCode.UNSET] * 3


@pytest.mark.parametrize("run", WITHOUT_OPT_IN)
def test_the_host_of_a_workers_span_is_the_sender(run: str) -> None:
    before = {
        (span.attributes.get("celery.task.origin"), span.attributes.get("celery.worker.hostname"))
        for span in spans("celery", "opentracing")
        if span.kind is Kind.CONSUMER
    }
    after = {
        span.attributes.get("celery.hostname") for span in spans("celery", run) if span.kind is Kind.CONSUMER
    }

    [(sender, worker)] = before
    assert after == {sender} != {worker}


FAILING = ("Boom", "Torn", "Cut")


@pytest.mark.parametrize("run", WITHOUT_OPT_IN)
def test_an_exception_in_a_grpc_server_ends_unset_and_is_recorded_twice(run: str) -> None:
    failing = [span for span in spans("grpc", run) if span.name.endswith(FAILING)]
    servers = [span for span in failing if span.kind is Kind.SERVER]
    clients = [span for span in failing if span.kind is Kind.CLIENT]

    assert len(servers) == len(clients) == len(FAILING)
    for server in servers:
        assert (server.status.code, server.attributes["rpc.grpc.status_code"]) == (StatusCode.UNSET, 0)
        assert [event.name for event in server.events] == ["exception", "exception"]
    assert {client.status.code for client in clients} == {StatusCode.ERROR}


def test_diff_names_the_exceptions_that_end_unset() -> None:
    before, after = (recording_file.read(path("grpc", run, 0)) for run in ("opentracing", "old"))
    verdict = judge(before, after)

    first = " ".join(line.plain.strip() for line in report([verdict], Screen(200))[:3])
    assert "1 span of RPC servers recorded an exception and ended UNSET" in first


@pytest.mark.parametrize("run", WITHOUT_OPT_IN)
def test_names_and_kinds_of_grpc_stay(run: str) -> None:
    for old, new in facts("grpc", run):
        assert (old["name"], old["kind"]) == (new["name"], new["kind"])
