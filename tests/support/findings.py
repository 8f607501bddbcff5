"""Findings and verdicts written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from ot2otel.compare.answers import Answers
from ot2otel.compare.findings import Finding, LedgerRow, Part
from ot2otel.compare.health import Note
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import TraceIds
from ot2otel.compare.rules.rule import Effect, Rule
from ot2otel.compare.trees import TreePair
from ot2otel.compare.verdict import SideSummary, Verdict
from ot2otel.recording import Answer, Recording

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOST = Rule(
    "lost", Effect.DEGRADED, "it is gone", "https://source/of/the/rule", consequence="alerts go silent"
)
MOVED = Rule("moved", Effect.TRANSLATED, "it has a new name", "https://source/of/the/name")
LEGACY = Recording((), "hello", "legacy", "jaeger")
NATIVE = Recording((), "hello", "native", "otlp")


class FindingFields(TypedDict, total=False):
    """Some fields of `Finding`."""

    service: str
    spans: tuple[str, ...]
    n: int
    of: int
    rules: tuple[Rule, ...]
    expected: str
    examples: tuple[TraceIds, ...]
    parts: tuple[tuple[Part, ...], tuple[Part, ...]]
    more_spans: int
    accepted: str


def finding(
    grade: Grade,
    old: tuple[str, str] = ("", ""),
    new: tuple[str, str] = ("", ""),
    /,
    **fields: Unpack[FindingFields],
) -> Finding:
    """Make a finding; `old` and `new` are a field and its values."""
    n = fields.get("n", 1)
    return Finding(
        grade,
        fields.get("service", "shop"),
        fields.get("spans", ("pay",)),
        old[0],
        new[0],
        old[1],
        new[1],
        n,
        fields.get("of", n),
        fields.get("rules", ()),
        fields.get("expected", ""),
        fields.get("examples", (("a" * 32, "b" * 32),)),
        fields.get("parts", ((), ())),
        fields.get("more_spans", 0),
        fields.get("accepted", ""),
    )


def side(
    recording: Recording,
    *notes: str,
    traces: int = 1,
    spans: int = 1,
    requests: dict[str, Answer] | None = None,
) -> SideSummary:
    """Make the summary of one recording; the notes are about its health."""
    health = tuple(Note("odd", 1, note) for note in notes)
    return SideSummary(recording, traces, spans, ("shop",), health, requests or {})


def verdict(
    *findings: Finding,
    before: SideSummary | None = None,
    after: SideSummary | None = None,
    ledger: tuple[LedgerRow, ...] = (LedgerRow("spans", 1, 1),),
    answers: Answers | None = None,
    trees: tuple[TreePair, ...] = (),
    approximate: bool = False,
) -> Verdict:
    """Make a verdict of these findings."""
    return Verdict(
        before or side(LEGACY),
        after or side(NATIVE),
        findings,
        ledger,
        answers or Answers(0, 0),
        trees,
        approximate,
    )
