"""Makes the generated blocks of the documents; cog calls these functions (`make docs`)."""

from __future__ import annotations

import ast
import difflib
import json
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

from rich.console import Console

from benchmarks import figures
from docs.makers.hero import Hero, became, in_words
from ot2otel import recording_file
from ot2otel.cli.delivery import closing
from ot2otel.compare.facts import Content, Place, literal
from ot2otel.compare.findings import field_of
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.rows import Row
from ot2otel.compare.rules import Effect
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.headers import report as headers_report
from ot2otel.headers.captured import parse
from ot2otel.headers.examination import examine
from ot2otel.headers.extractors import extract
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.fleet import report as fleet_report
from ot2otel.lab.overhead.ladder import Shape
from ot2otel.receive.ports import STANDARD_PORTS
from ot2otel.recording import Recording
from ot2otel.report import forest
from ot2otel.report.ending import Ending
from ot2otel.report.screen import Screen
from ot2otel.report.telling import label
from ot2otel.report.text import report as report_on
from tests.documents.claims import marks
from tests.golden import fleet as golden

ROOT = Path(__file__).parents[2]
WIDTH = 108
# The column of a code host's first page.
PAGE_WIDTH = 96


@cache
def recording(name: str) -> Recording:
    """Return a committed recording, named like `hello-native-otlp`."""
    return recording_file.read(ROOT / "tests" / "golden" / "recordings" / f"{name}.json")


def shown(path: str, language: str) -> str:
    """Return a committed file as a block."""
    return fenced((ROOT / path).read_text(encoding="utf-8"), language)


def fenced(text: str, language: str = "text") -> str:
    """Return a fenced block of Markdown."""
    return f"```{language}\n{text.rstrip()}\n```"


def verdict(before: str, after: str) -> Verdict:
    """Return the verdict on two committed recordings."""
    return judge(recording(before), recording(after))


def compared(command: str, before: str, *afters: str) -> str:
    """Return a command and its output for committed recordings: verdicts, trees and findings."""
    printed = _report([verdict(before, after) for after in afters], PAGE_WIDTH)
    return fenced(f"$ {command}\n{printed}", "console")


def judged(command: str, before: str, *afters: str) -> str:
    """Return a command and the line of its output for each verdict on committed recordings."""
    return fenced(f"$ {command}\n…\n{_headlines(before, *afters)}\n…", "console")


def headlines(before: str, *afters: str) -> str:
    """Return the lines of the verdicts on committed recordings."""
    return fenced(_headlines(before, *afters))


def hero() -> Hero:
    """Return the data of the README's picture: `hello` on the shim and natively, over OTLP, as recorded."""
    afters = [recording("hello-shim-otlp"), recording("hello-native-otlp")]
    return became(recording("hello-legacy-jaeger"), afters)


def hero_picture(path: str) -> str:
    """Return the README's picture, with its content in words as the alternative text."""
    return f"![{in_words(hero())}]({path})"


def losses(before: str, *afters: str, but: Sequence[str] = ()) -> str:
    """Return the table of losses in committed recordings, without those of the rules in `but`."""
    rows = ["| over | lost | what happens |", "|---|---|---|"]
    for after in afters:
        found = verdict(before, after).findings
        rules = {rule.name: rule for each in found if each.grade is Grade.DEGRADED for rule in each.rules}
        rows += [
            f"| {recording(after).exporter} | `{name}` | {rule.summary} |"
            for name, rule in rules.items()
            if rule.effect is Effect.DEGRADED and name not in but
        ]
    return "\n".join(rows)


# The order in which a worked example shows the grades of facts.
_SHOWN = (
    Grade.KEPT,
    Grade.TRANSLATED,
    Grade.IMPROVED,
    Grade.ADDED,
    Grade.BOOKKEEPING,
    Grade.NOISE,
    Grade.DEGRADED,
    Grade.CHANGED,
    Grade.GONE,
    Grade.NEW,
)
# Characters of a fact in it.
_COLUMN = 36


def worked_example(before: str, after: str, span: str, request: int) -> str:
    """Return every fact of a span in committed recordings, its counterpart's, and what became of it.

    The span is the first one of that name in the trace of that request, which is counted from 1.
    """
    judged = verdict(before, after)
    trace_id = list(judged.before.requests)[request - 1]
    found: dict[tuple[Grade, tuple[str, ...]], list[tuple[str, str]]] = defaultdict(list)
    for each in judged.judged:
        for row in each.rows:
            if _is_of(row, span, trace_id):
                for settled in each.settled:
                    key = settled.grade, tuple(rule.name for rule in settled.rules)
                    found[key] += zip_longest(*_sides(settled, row), fillvalue="")
    lines = [("", "before", "after", "by the rule")]
    for (grade, rules), facts in sorted(found.items(), key=lambda one: _SHOWN.index(one[0][0])):
        beside = zip_longest((grade.value,), facts, rules, fillvalue="")
        lines += [(word, *(fact or ("", "")), rule) for word, fact, rule in beside]
    return fenced("\n".join(_aligned(lines)))


def _is_of(row: Row, span: str, trace_id: str) -> bool:
    there = row.old is not None and row.new is not None and row.old.name == span
    return there and any(old == trace_id for old, _ in row.times.examples)


def _sides(settled: Settled, row: Row) -> tuple[list[str], list[str]]:
    """Return the facts of the before and those of the after."""
    olds, news = _facts(row.old, settled.old), _facts(row.new, settled.new)
    return (olds, ["the same"]) if settled.grade is Grade.KEPT and olds == news else (olds, news)


def _facts(content: Content | None, places: Sequence[Place]) -> list[str]:
    """Return facts in words; a place of the span's position has no value here."""
    if content is None:
        return []
    found = [(label(field_of(place)).replace("attribute ", ""), content.value(place)) for place in places]
    return [f"{name} {literal(value)}" if value is not None else name for name, value in found]


def _aligned(lines: Sequence[tuple[str, ...]]) -> list[str]:
    """Return lines of columns, their cells cut to a width that a page has room for."""
    cut = [[Screen().cut(cell, _COLUMN) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cut]


def fleet(lane: str) -> str:
    """Return the report of `ot2otel fleet` for the lane's golden file, with the measured versions."""
    versions = ", ".join(f"{name} {version}" for name, version in golden.measured_versions(lane).items())
    return f"Measured with {versions}:\n\n{fenced(fleet_report.text(golden.cells(lane)))}"


def headers(name: str) -> str:
    """Return the output of `ot2otel headers` for a file beside the documents."""
    captured = (ROOT / "docs" / name).read_bytes()
    shown = headers_report.text(examine(parse(captured), extract))
    return fenced(f"$ cat {name}\n{captured.decode()}$ ot2otel headers {name}\n{shown}", "console")


def ports() -> str:
    """Return the table of all services' ports, by variant."""
    rows = [f"| flow | service | {' | '.join(VARIANTS)} |", f"|---|---|{'---|' * len(VARIANTS)}"]
    for flow in FLOWS.values():
        for service in flow.services:
            cells = " | ".join(str(variant.port(service)) for variant in VARIANTS.values())
            rows.append(f"| `{flow.name}` | {service.name} | {cells} |")
    return "\n".join(rows)


def standard_ports() -> str:
    """Return the table of the standard ports of Jaeger and OTLP."""
    rows = ["| port | for | documented at |", "|---|---|---|"]
    rows += [
        f"| {port.number}/{port.transport} | {port.purpose} | {port.source} |" for port in STANDARD_PORTS
    ]
    return "\n".join(rows)


def source_diff(flow: str) -> str:
    """Return the unified diff that takes a flow from OpenTracing to OpenTelemetry."""
    paths = (f"legacy_opentracing/{flow}.py", f"otel_native/{flow}.py")
    old, new = ((ROOT / path).read_text(encoding="utf-8").splitlines() for path in paths)
    return fenced("\n".join(difflib.unified_diff(old, new, *paths, lineterm="")), "diff")


def file_diff(old: str, new: str) -> str:
    """Return the unified diff of two committed files, completely."""
    olds, news = ((ROOT / path).read_text(encoding="utf-8").splitlines() for path in (old, new))
    return fenced("\n".join([*difflib.unified_diff(olds, news, n=len(olds), lineterm="")][3:]), "diff")


def health() -> str:
    """Return the names of each tracer's metrics on itself, as measured in both lanes."""
    rows = ["| tracer | metrics on itself |", "|---|---|"]
    for sdk, found in sorted(_beside().items()):
        if len(rows) == 2:
            rows.append(_health_row("jaeger-client", found["health"]["legacy"]))
        rows.append(_health_row(f"SDK {sdk}, under the shim or not", found["health"]["native"]))
    return "\n".join(rows)


def volumes() -> str:
    """Return the number of traces that each tracer keeps by default, as measured in both lanes."""
    rows = ["| default | SDK | requests | traces |", "|---|---|---|---|"]
    for sdk, found in sorted(_beside().items()):
        for name, traces in sorted(found["traces"].items(), reverse=True):
            with_sdk = sdk if name.startswith("OpenTelemetry") else "none"
            rows.append(f"| {name} | {with_sdk} | {found['requests']} | {traces} |")
    return "\n".join(rows)


def cost() -> str:
    """Return the ratio and the added time of each variant in the committed report run of the benchmarks."""
    if not figures.measured("report"):
        return "Not measured yet: run `python -m benchmarks.evidence report`."
    return "\n\n".join(
        [
            f"Both services in one process, no socket between them, {figures.reference(Shape.IN_PROCESS)}:",
            "![The time that each rung of the ladder adds to a request.](pictures/cost.svg)",
            figures.added(Shape.IN_PROCESS),
            f"Two processes over loopback, {figures.reference(Shape.TWO_PROCESS)}:",
            figures.added(Shape.TWO_PROCESS),
            figures.circumstances("report"),
        ]
    )


def function(path: str, *names: str) -> str:
    """Return functions out of a source file."""
    return fenced("\n\n\n".join(_function(path, name) for name in names), "python")


def function_diff(
    module: str, *names: str, source: str = "legacy_opentracing", target: str = "otel_native"
) -> str:
    """Return the unified diffs of functions, from a module of one variant to that of another."""
    paths = (f"{source}/{module}.py", f"{target}/{module}.py")
    lines: list[str] = []
    for name in names:
        old, new = (_function(path, name).splitlines() for path in paths)
        # Complete functions: unchanged lines are part of the answer.
        diff = [*difflib.unified_diff(old, new, *paths, lineterm="", n=len(old))]
        lines += [*(diff[:2] if not lines else [" "]), *diff[3:]]
    return fenced("\n".join(lines), "diff")


def trees(command: str, *names: str) -> str:
    """Return a command and its output for committed recordings: their span trees."""
    printed = _printed(forest.trees([recording(name) for name in names], WIDTH))
    return fenced(f"$ {command}\n{printed}", "console")


def recommendation(lane: str, command: str) -> str:
    """Return a command and the recommendation that its output begins with, from the lane's golden file."""
    lines = fleet_report.recommended(golden.cells(lane))
    return fenced("\n".join([f"$ {command}", *lines, "…"]), "console")


def kept(contract: str) -> str:
    """Return the last line of `lint-imports` for a contract; raise LookupError if it does not exist."""
    if f'name = "{contract}"' not in (ROOT / "pyproject.toml").read_text(encoding="utf-8"):
        raise LookupError(f"pyproject.toml has no contract {contract!r}")
    return fenced(f"$ lint-imports\n…\n{contract} KEPT", "console")


def claims(document: str) -> str:
    """Return the links from a document's claims, written `[✓][id]`, to their tests."""
    text = (ROOT / "docs" / f"{document}.md").read_text(encoding="utf-8")
    return "\n".join(
        f"[{claim}]: ../tests/documents/claims/{path.name}"
        for claim, path in marks.tests().items()
        if claim in marks.made(text)
    )


def _function(path: str, name: str) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    found = next(node for node in ast.parse(text).body if getattr(node, "name", "") == name)
    assert isinstance(found, ast.FunctionDef)
    start = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    return "\n".join(text.splitlines()[start - 1 : found.end_lineno])


def _report(verdicts: Sequence[Verdict], width: int = WIDTH) -> str:
    lines = report_on(verdicts, Screen(width), closing=closing(Ending(tuple(verdicts))))
    return "\n".join(line.plain for line in lines)


def _headlines(before: str, *afters: str) -> str:
    """Return the lines of a report that have a verdict's word."""
    lines = _report([verdict(before, after) for after in afters]).split("\n\n")
    return lines[1]


def _printed(*renderables: object) -> str:
    console = Console(width=WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        for renderable in renderables:
            console.print(renderable)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _health_row(tracer: str, names: list[str]) -> str:
    return f"| {tracer} | {', '.join(f'`{name}`' for name in names) or 'nothing'} |"


def _beside() -> figures.Json:
    content: figures.Json = json.loads((ROOT / "tests" / "golden" / "beside.json").read_text("utf-8"))
    return content
