"""Twelve faults, each planted into a copy of a committed recording, and what comparisons see of them.

`python -m docs.makers.planted pairs` prints the traces for docs/makers/jaeger_ui.mjs, and
`python -m docs.makers.planted seen VERSION DATE < MARKED` makes jaeger_ui.json of what that prints.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ot2otel import recording_file
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.model import Kind, Span, Status
from ot2otel.recording import Recording
from ot2otel.report.screen import Screen
from ot2otel.report.telling import told
from ot2otel.report.text import what
from tests.support.edits import (
    Fault,
    edit_all,
    edit_first,
    edit_last,
    remove_last,
    with_attribute,
    without_attribute,
    without_events,
    without_status,
)

RECORDINGS = Path(__file__).parents[2] / "tests" / "golden" / "recordings"
# What Jaeger's compare page saw of the same files: docs/makers/jaeger_ui.mjs.
JAEGER_UI = Path(__file__).with_name("jaeger_ui.json")
# What Tempo's trace-diff saw of them: docs/makers/tempo_trace_diff.py.
TEMPO = Path(__file__).with_name("tempo_trace_diff.json")


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: `what` is at fault, `how` is the change of the after; the flow's recordings are over OTLP."""

    what: str
    how: str
    fault: Fault
    flow: str = "hello"

    @property
    def before(self) -> Recording:
        """The recording of the flow's legacy variant."""
        return recording_file.read(RECORDINGS / f"{self.flow}-legacy-jaeger.json")

    @property
    def sound(self) -> Recording:
        """The recording of the flow's native variant, without the fault."""
        return recording_file.read(RECORDINGS / f"{self.flow}-native-otlp.json")

    @property
    def verdict(self) -> Verdict:
        """The verdict on the recordings."""
        return judge(self.before, self.fault(self.sound))


# The faults.


def _under_the_root(recording: Recording) -> Recording:
    root = min(recording.spans, key=lambda span: span.start_ns)
    return edit_first("server-2", lambda span: replace(span, parent_id=root.span_id))(recording)


def _other_error(span: Span) -> Span:
    return replace(span, status=Status(span.status.code, "all is well"))


def _other_key(span: Span) -> Span:
    return with_attribute("greeted", str(span.attributes["hello.name"]))(
        without_attribute("hello.name")(span)
    )


def _without_host(span: Span) -> Span:
    if span.service != "server-2":
        return span
    return replace(span, resource={key: value for key, value in span.resource.items() if key != "host.name"})


def _retyped(span: Span) -> Span:
    key = "http.response.status_code"
    return with_attribute(key, str(span.attributes[key]))(span)


FAULTS = (
    Planted("a span", "the last `server-2` is missing", remove_last("server-2")),
    Planted("its parent", "the first `server-2` is a child of the root", _under_the_root),
    Planted(
        "kind",
        "CLIENT is INTERNAL in the first `db.GetUser`",
        edit_first("db.GetUser", lambda span: replace(span, kind=Kind.INTERNAL)),
        "orders",
    ),
    Planted("status", "ERROR is UNSET in the last `server-1`", edit_last("server-1", without_status)),
    Planted(
        "error message", "the status says `all is well`", edit_last("server-1_to_server-2", _other_error)
    ),
    Planted("an attribute's key", "`hello.name` is `greeted`", edit_first("server-1", _other_key)),
    Planted("its value", "`Bryan` is `Brian`", edit_first("server-1", with_attribute("hello.name", "Brian"))),
    Planted("its type", "the number 400 is a text", edit_last("server-2", _retyped)),
    Planted("an event", "the first of `server-1` is missing", edit_first("server-1", without_events)),
    Planted(
        "a link",
        "the first of a consumer is missing",
        edit_first("event processing", lambda span: replace(span, links=())),
        "events",
    ),
    Planted("a resource attribute", "`host.name` of `server-2` is missing", edit_all(_without_host)),
    Planted(
        "tracestate",
        "the first `server-2` has one",
        edit_first("server-2", lambda span: replace(span, trace_state="a=1")),
    ),
)


def by_ot2otel(planted: Planted) -> str:
    """Return the verdict on a fault, and its findings that are losses or changes."""
    verdict = planted.verdict
    screen = Screen(120)
    found = [f"{each.grade.value} {what(each, screen)}" for each in told(verdict.findings) if each.is_grave]
    return f"**{verdict.outcome.value}**: {'; '.join(map(_code, found))}"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def by_jaeger_ui(planted: Planted) -> str:
    """Return how many nodes Jaeger's compare page marks, as it was measured."""
    marked: list[str] = json.loads(JAEGER_UI.read_text(encoding="utf-8"))["marked"][planted.what]
    return f"{len(marked)} nodes" if marked else "nothing"


def by_tempo(planted: Planted) -> str:
    """Return how many changes Tempo's trace-diff tells, as it was measured."""
    changes: list[str] = json.loads(TEMPO.read_text(encoding="utf-8"))["changes"][planted.what]
    return f"{len(changes)} change{'s' if len(changes) > 1 else ''}" if changes else "nothing"


def table() -> str:
    """Return the table of all faults."""
    rows = [
        "| fault in | planted | `ot2otel diff` | Jaeger's compare page | Tempo's trace-diff |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {each.what} | {each.how} | {by_ot2otel(each)} | {by_jaeger_ui(each)} | {by_tempo(each)} |"
        for each in FAULTS
    ]
    return "\n".join(rows)


def how_measured() -> str:
    """Return where the cells of the last two columns come from."""
    jaeger, tempo = (json.loads(path.read_text(encoding="utf-8")) for path in (JAEGER_UI, TEMPO))
    return (
        "Jaeger's page draws a graph of services and operations, with the number of spans on each side. "
        "A cell\n"
        f"counts the nodes that Jaeger UI {jaeger['version']} marks, measured on {jaeger['date']} with "
        "[its own\ncode](docs/makers/jaeger_ui.mjs). Tempo's trace-diff is experimental. A cell counts the "
        "changes that it\ntells with the fault and not without it, measured on "
        f"{tempo['date']} with [`tempo-cli`](docs/makers/tempo_trace_diff.py),\n{tempo['version']}. "
        f"Between the recordings of `hello` without a fault it tells {tempo['without_a_fault']} changes,\n"
        "durations and renamed attributes among them."
    )


def pairs() -> list[list[list[dict[str, object]]]]:
    """Return the pairs of traces of each fault, those without it first, as jaeger_ui.mjs reads them."""
    return [
        [_spans(planted.before, old), _spans(after, new)]
        for planted in FAULTS
        for after in (planted.sound, planted.fault(planted.sound))
        for old, new in paired(planted)
    ]


def paired(planted: Planted) -> Iterator[tuple[str, str]]:
    """Yield the ids of traces that belong together."""
    for tree in judge(planted.before, planted.sound).trees:
        yield from tree.examples


def _spans(recording: Recording, trace_id: str) -> list[dict[str, object]]:
    found = sorted(
        (span for span in recording.spans if span.trace_id == trace_id), key=lambda span: span.start_ns
    )
    return [
        {
            "spanID": span.span_id,
            "parentSpanID": span.parent_id or None,
            "name": span.name,
            "service": span.service,
            "kind": span.kind.name,
            "attributes": dict(span.attributes),
        }
        for span in found
    ]


def seen(marked: list[list[list[object]]]) -> dict[str, list[str]]:
    """Return by fault the nodes that the page marks on its traces and not on those without it."""
    found, at = {}, 0
    for planted in FAULTS:
        count = len(list(paired(planted)))
        sound, faulty = marked[at : at + count], marked[at + count : at + 2 * count]
        at += 2 * count
        found[planted.what] = [
            f"{label}: {old} → {new}"
            for without, there in zip(sound, faulty, strict=True)
            for label, old, new in there
            if [label, old, new] not in without
        ]
    return found


if __name__ == "__main__":
    if sys.argv[1] == "pairs":
        json.dump(pairs(), sys.stdout)
    else:
        version, date = sys.argv[2:]
        content = {"version": version, "date": date, "marked": seen(json.load(sys.stdin))}
        JAEGER_UI.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
