"""Makes the tables of docs/what-changes.md from the recordings of libraries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ot2otel import recording_file
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from tests.golden.record_libraries import EXCHANGES, GENERATIONS, NEWEST, SCENARIOS, Exchange, pairs, path

_GONE = (Grade.DEGRADED, Grade.GONE)
_NEW = (Grade.ADDED, Grade.NEW)
_HEADINGS = {
    "opentracing": "integration",
    **{generation: generation for generation in GENERATIONS},
    f"old{NEWEST}": "newest lane",
}
# One value in the text of a finding.
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,]+')
# Of the process or the tracer, alike for all libraries.
_LEFT_OUT = ("resource.", "scope.", "status.message", "attributes.sampler.", "event.attributes.")


def library(name: str) -> str:
    """Return the section of a library: its versions, its table, what is lost, and what is new."""
    exchange = EXCHANGES[name]
    first, *later = columns(exchange)
    found = {run: _findings(exchange, first, run) for run in later}
    lines = [_versions(exchange), "", *_table(exchange, found), ""]
    lines += _losses(exchange)
    lines += _new(found)
    return "\n".join(lines)


def columns(exchange: Exchange) -> tuple[str, ...]:
    """Return the runs that a table shows: without the opt-in `new` is as `old`, so that lanes are shown."""
    if exchange.without_opt_in:
        return tuple(run for run in exchange.runs if not run.startswith("new"))
    return exchange.runs


def _findings(exchange: Exchange, before: str, after: str) -> list[Finding]:
    return [
        finding
        for scenario in SCENARIOS
        for old, new in pairs(exchange.library, scenario, before, after)
        for finding in judge(old, new).findings
        if finding.grade is Grade.DEGRADED
        or not f"{finding.old_field or finding.new_field}".startswith(_LEFT_OUT)
    ]


def _versions(exchange: Exchange) -> str:
    first, last = (_recorded(exchange, run)[0] for run in (exchange.runs[0], exchange.runs[-1]))
    counts = [len(_recorded(exchange, run)) for run in exchange.runs]
    scope = last.scope
    versions = dict.fromkeys(_recorded(exchange, run)[0].scope.version for run in exchange.runs)
    made = f"`{scope.name}` {' and '.join(filter(None, versions))}"
    spans = (
        f"{counts[0]} spans before, {counts[-1]} after" if counts[0] != counts[-1] else f"{counts[0]} spans"
    )
    integration = f"{exchange.integration}, then {made}" if first.scope.name != scope.name else made
    return f"Recorded: {integration}; {spans}."


def _recorded(exchange: Exchange, run: str) -> Sequence[Span]:
    recordings: list[Recording] = [
        recording_file.read(path(exchange.library, run, scenario)) for scenario in SCENARIOS
    ]
    return [span for recording in recordings for span in recording.spans]


def _table(exchange: Exchange, found: dict[str, list[Finding]]) -> Iterator[str]:
    """Yield a row for each field of the first run that does not stay as it is in all others."""
    cells: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for run, findings in found.items():
        for finding in findings:
            if finding.old_field and finding.old_field != SPAN:
                sort, text = _cell(finding)
                cells[_key(finding.old_field)][run].setdefault(sort, text)
    shown = columns(exchange)
    later = shown[1:]
    yield f"| {' | '.join(_HEADINGS[run] for run in shown)} |"
    yield "|---" * len(shown) + "|"
    for key, by_run in sorted(cells.items()):
        row = [f"`{key}`", *("; ".join(by_run[run].values()) or "stays" for run in later)]
        yield f"| {' | '.join(row)} |"


def _key(field: str) -> str:
    return ", ".join(part.removeprefix("attributes.") for part in field.split(", "))


def _cell(finding: Finding) -> tuple[str, str]:
    """Return what became of a field, and the text for it, which has one example of another value."""
    if finding.grade in _GONE and not finding.new_field:
        return "lost", "**lost**"
    if not finding.new_field:
        return "told", "told otherwise"
    less = " (**less**)" if finding.grade in _GONE else ""
    if finding.new_field == finding.old_field:
        old, new = (_first(values).replace("|", "\\|") for values in (finding.old, finding.new))
        return f"value{less}", f"`{old}` is `{new}`{less}"
    fields = f"`{_key(finding.new_field)}`"
    return fields, f"{fields}{less}"


def _first(values: str) -> str:
    """Return the first of several values; one in quotes or brackets may have a comma."""
    found = _VALUE.match(values)
    return found[0] if found else values


def _losses(exchange: Exchange) -> Iterator[str]:
    """Yield a line for each loss on the way, with its consequence."""
    lost: dict[str, list[str]] = {}
    for before, after in exchange.steps:
        step = f"{before} -> {after}".replace(f"old{NEWEST}", "newest lane")
        for finding in _findings(exchange, before, after):
            for rule in finding.rules if finding.grade is Grade.DEGRADED else ():
                lost.setdefault(f"{rule.summary}; {rule.consequence}", []).append(step)
    for text, steps in lost.items():
        yield f"- Lost ({', '.join(dict.fromkeys(steps))}): {text}."


def _new(found: dict[str, list[Finding]]) -> Iterator[str]:
    for run, findings in found.items():
        new = {
            _key(finding.new_field)
            for finding in findings
            if finding.grade in _NEW and finding.new_field != SPAN and not finding.old_field
        }
        spans = {finding.new for finding in findings if finding.new_field == SPAN}
        told = [f"`{key}`" for key in sorted(new)] + [f"the spans {', '.join(sorted(spans))}"] * bool(spans)
        if told:
            yield f"- New in {_HEADINGS[run]}: {', '.join(told)}."
