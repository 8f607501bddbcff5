"""Ends of judgements that every format has to tell."""

from __future__ import annotations

from dataclasses import replace

from ot2otel.acceptance.entry import Entry
from ot2otel.acceptance.fail_on import FailOn
from ot2otel.acceptance.marking import Unmatched
from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import SPAN, Finding, LedgerRow
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict
from ot2otel.recording import Answer, Recording
from ot2otel.report.ending import Ending
from tests.support.findings import LOST, MOVED, finding, side, verdict

# A terminal's and GitHub's commands, markup, mentions, links, and what XML forbids.
HOSTILE = (
    "\x1b]0;x\x07\x00\ud800\uffff\u202e\n\r::error::x ::set-output name=a::b ##[error]x %0A%25 @root #1 GH-1 "
    "[a](http://evil.example) www.evil.example <img src=x onerror=1> "
    "<!-- ]]> &lt; </details> | \\| ` `` **b** ~~c~~"
)
ANSWERS = Answers(
    3,
    3,
    1,
    tuple(
        AnswerChanged(Answer(f"GET /{name}", 200, "a"), Answer(f"GET /{name}", 502, "b"))
        for name in ("a", "b")
    ),
)


def gone(name: str = "url", accepted: str = "") -> Finding:
    return finding(Grade.GONE, (f"attributes.{name}", '"/a"'), n=2, of=3, accepted=accepted)


DEGRADED = finding(Grade.DEGRADED, ("kind", "SERVER"), ("kind", "INTERNAL"), rules=(LOST,))
TRANSLATED = finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1"), rules=(MOVED,))
NEW_SPAN = finding(Grade.NEW, ("", ""), (SPAN, '"pay"'))
SOME = (gone(), gone("old", accepted="nobody reads it"), DEGRADED, TRANSLATED)


def ending(*verdicts: Verdict, fail_on: tuple[str, ...] = ()) -> Ending:
    return Ending(verdicts, FailOn.of(fail_on))


def hostile() -> Ending:
    """An ending in which every text is hostile."""
    recording = Recording((), flow=HOSTILE, variant=HOSTILE, exporter=HOSTILE)
    both = (HOSTILE, HOSTILE)
    key = f"attributes.{HOSTILE}"
    found = [
        replace(each, service=HOSTILE, spans=(HOSTILE,), examples=(both,))
        for each in (
            finding(Grade.CHANGED, both, both, rules=(MOVED,), expected=HOSTILE),
            finding(Grade.GONE, (key, HOSTILE), accepted=HOSTILE),
            finding(Grade.GONE, (SPAN, HOSTILE)),
            finding(Grade.TRANSLATED, both, (f"{HOSTILE}2", HOSTILE)),
            finding(Grade.DEGRADED, ("status.message", HOSTILE), rules=(LOST,)),
            finding(Grade.NEW, ("", ""), (key, HOSTILE)),
        )
    ]
    answers = Answers(1, 1, 0, (AnswerChanged(Answer(HOSTILE, 200, HOSTILE), Answer(HOSTILE, 200, "a")),))
    judged = verdict(
        *found,
        before=side(recording, HOSTILE),
        after=side(recording, HOSTILE, spans=2),
        ledger=(LedgerRow("spans", 1, 2),),
        answers=answers,
    )
    unmatched = Unmatched(1, Entry(HOSTILE, (Grade.GONE,), (HOSTILE,)), found[0])
    return Ending((judged, judged), FailOn(), (HOSTILE,), HOSTILE, HOSTILE, (unmatched,))


def many(number: int = 10_000) -> Ending:
    """An ending with so many lines that are gone, and as many that are translated."""
    found = [gone(f"key.{each}") for each in range(number)]
    quiet = [
        finding(Grade.TRANSLATED, (f"attributes.a{each}", "1"), (f"attributes.b{each}", "1"), rules=(MOVED,))
        for each in range(number)
    ]
    return ending(verdict(*found, *quiet))
