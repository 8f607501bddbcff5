"""Makes the generated blocks of the documents; cog calls these functions (`make docs`)."""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import figures
from docs.makers.hero import Hero, became, in_words
from ot2otel import recording_file
from ot2otel.compare.diff import Changed, compare
from ot2otel.compare.rules import Effect, rules_for
from ot2otel.compare.verdict import judge
from ot2otel.headers import report as headers_report
from ot2otel.headers.captured import parse
from ot2otel.headers.examination import examine
from ot2otel.headers.extractors import extract
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.fleet import report as fleet_report
from ot2otel.lab.overhead.ladder import Shape
from ot2otel.receive.ports import STANDARD_PORTS
from ot2otel.recording import Recording
from ot2otel.report import text as verdicts_text
from tests.documents.claims import marks
from tests.golden import fleet as golden

ROOT = Path(__file__).parents[2]
WIDTH = 108


def recording(name: str) -> Recording:
    """Return a committed recording, named like `hello-native-otlp`."""
    return recording_file.read(ROOT / "tests" / "golden" / "recordings" / f"{name}.json")


def fenced(text: str, language: str = "text") -> str:
    """Return a fenced block of Markdown."""
    return f"```{language}\n{text.rstrip()}\n```"


def report(before: str, after: str) -> str:
    """Return the output of `ot2otel diff` for two committed recordings."""
    old, new = recording(before), recording(after)
    return fenced(_printed(verdicts_text.trees([old, new], WIDTH), verdicts_text.verdict(judge(old, new))))


def headlines(before: str, *afters: str) -> str:
    """Return the last lines that `ot2otel compare` prints for committed recordings."""
    return fenced(
        _printed(*(verdicts_text.headline(judge(recording(before), recording(after))) for after in afters))
    )


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
        for explained in judge(recording(before), recording(after)).explained:
            if explained.rule.effect is Effect.DEGRADED and explained.rule.name not in but:
                rule = explained.rule
                rows.append(f"| {recording(after).exporter} | `{rule.name}` | {rule.summary} |")
    return "\n".join(rows)


def worked_example(before: str, after: str, path: str) -> str:
    """Return the differences of one aligned span, and the rules that explain them one after the other."""
    spans = recording(before).normalized_spans(), recording(after).normalized_spans()
    pair = next(pair for pair in compare(*spans).pairs if pair.path == path)
    old, new = pair.old, pair.new
    left = pair.changes(old, new)
    lines = [f"{path}: {len(left)} differences", *_listed(left, " ")]
    for rule in rules_for(old, new):
        old, new = rule.rewrite_old(old), rule.rewrite_new(new)
        now = pair.changes(old, new)
        if now != left:
            lines += ["", f"{rule.name} ({rule.effect.value}): {rule.summary}"]
            lines += [*_listed(left - now, "-"), *_listed(now - left, "+")]
        left = now
    lines += ["", f"{len(left)} differences remain"]
    return fenced("\n".join(lines), "diff")


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


def judged(command: str, before: str, *afters: str, then: str = "") -> str:
    """Return a command and the last line of its output for each verdict on committed recordings.

    `then` is a command below them, without its output.
    """
    verdicts = (judge(recording(before), recording(after)) for after in afters)
    printed = _printed(*map(verdicts_text.headline, verdicts))
    below = f"\n$ {then}" if then else ""
    return fenced(f"$ {command}\n…\n{printed}{below}", "console")


def trees(command: str, *names: str) -> str:
    """Return a command and its output for committed recordings: their span trees."""
    printed = _printed(verdicts_text.trees([recording(name) for name in names], WIDTH))
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


def _listed(changes: frozenset[Changed], mark: str) -> list[str]:
    return [
        f"{mark} {change.field}: {change.before or '(absent)'} → {change.after or '(absent)'}"
        for change in sorted(changes, key=lambda change: change.field)
    ]


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
