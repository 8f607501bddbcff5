"""What the documents show that is not typed by hand; cog calls these functions (`make docs`)."""

from __future__ import annotations

import difflib
from pathlib import Path

from rich.console import Console

from ot2otel import recording_file
from ot2otel.catalog import FLOWS, VARIANTS
from ot2otel.diff import Changed, compare
from ot2otel.extractors import read
from ot2otel.headers import examine, parse
from ot2otel.recording import Recording
from ot2otel.report import fleet as fleet_report
from ot2otel.report import headers as headers_report
from ot2otel.report import terminal
from ot2otel.rules import Effect, rules_for
from ot2otel.verdict import judge
from tests.golden import fleet as golden

ROOT = Path(__file__).parents[1]
WIDTH = 108


def recording(name: str) -> Recording:
    """Return a committed recording, named like `hello-native-otlp`."""
    return recording_file.read(ROOT / "tests" / "golden" / "recordings" / f"{name}.json")


def fenced(text: str, language: str = "text") -> str:
    """Return a fenced block of Markdown."""
    return f"```{language}\n{text.rstrip()}\n```"


def report(before: str, after: str) -> str:
    """Return what `ot2otel diff` prints for two committed recordings."""
    old, new = recording(before), recording(after)
    return fenced(_printed(terminal.trees([old, new], WIDTH), terminal.verdict(judge(old, new))))


def headlines(before: str, *afters: str) -> str:
    """Return the last lines that `ot2otel compare` prints for committed recordings."""
    return fenced(
        _printed(*(terminal.headline(judge(recording(before), recording(after))) for after in afters))
    )


def losses(before: str, *afters: str) -> str:
    """Return as a table what the degrading rules say of committed recordings."""
    rows = ["| over | lost | what happens |", "|---|---|---|"]
    for after in afters:
        for explained in judge(recording(before), recording(after)).explained:
            if explained.rule.effect is Effect.DEGRADED:
                rule = explained.rule
                rows.append(f"| {recording(after).exporter} | `{rule.name}` | {rule.says} |")
    return "\n".join(rows)


def worked_example(before: str, after: str, path: str) -> str:
    """Return, rule by rule, how the differences of one aligned span become explained."""
    spans = recording(before).steady_spans(), recording(after).steady_spans()
    pair = next(pair for pair in compare(*spans).pairs if pair.path == path)
    old, new = pair.old, pair.new
    left = pair.changes(old, new)
    lines = [f"{path}: {len(left)} differences", *_listed(left, " ")]
    for rule in rules_for(old, new):
        old, new = rule.before(old), rule.after(new)
        now = pair.changes(old, new)
        if now != left:
            lines += ["", f"{rule.name} ({rule.effect.value}): {rule.says}"]
            lines += [*_listed(left - now, "-"), *_listed(now - left, "+")]
        left = now
    lines += ["", f"{len(left)} differences remain"]
    return fenced("\n".join(lines), "diff")


def fleet(lane: str) -> str:
    """Return what `ot2otel fleet` printed when the lane's golden file was made, and the versions it ran."""
    versions = ", ".join(f"{name} {version}" for name, version in golden.measured_versions(lane).items())
    return f"Measured with {versions}:\n\n{fenced(fleet_report.text(golden.cells(lane)))}"


def headers(name: str) -> str:
    """Return what `ot2otel headers` prints for a file beside the documents."""
    captured = (ROOT / "docs" / name).read_bytes()
    says = headers_report.text(examine(parse(captured), read))
    return fenced(f"$ cat {name}\n{captured.decode()}$ ot2otel headers {name}\n{says}", "console")


def ports() -> str:
    """Return the table of all services' ports, by variant."""
    rows = [f"| flow | service | {' | '.join(VARIANTS)} |", f"|---|---|{'---|' * len(VARIANTS)}"]
    for flow in FLOWS.values():
        for service in flow.services:
            cells = " | ".join(str(variant.port(service)) for variant in VARIANTS.values())
            rows.append(f"| `{flow.name}` | {service.name} | {cells} |")
    return "\n".join(rows)


def source_diff(flow: str) -> str:
    """Return the unified diff that takes a flow from OpenTracing to OpenTelemetry."""
    paths = [f"{package}/{flow}.py" for package in ("legacy_opentracing", "otel_native")]
    texts = [(ROOT / path).read_text(encoding="utf-8").splitlines() for path in paths]
    return fenced("\n".join(difflib.unified_diff(*texts, *paths, lineterm="")), "diff")


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
